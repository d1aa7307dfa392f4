package keypair

import (
	"crypto"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files of testdata were made by OpenSSL 3; the phrase of all is "sesame".
// They are for this test alone.
func file(name string) string { return filepath.Join("testdata", name) }

func phrase(p string) func(string) (string, error) {
	return func(string) (string, error) { return p, nil }
}

func TestLoad(t *testing.T) {
	for _, c := range []struct {
		files     Files
		encrypted bool
	}{
		{Files{Cert: "cert.pem", Key: "plain.pem"}, false},
		{Files{Cert: "cert.pem", CertType: "pem", Key: "pkcs8-aes256.pem", KeyType: "PEM"}, true},
		{Files{Cert: "cert.pem", Key: "pkcs8-aes128-sha512.pem"}, true},
		{Files{Cert: "cert.pem", Key: "pkcs8-des3-sha1.pem"}, true},
		{Files{Cert: "cert.pem", Key: "pkcs8-scrypt.pem"}, true},
		{Files{Cert: "cert.pem", Key: "legacy-ec.pem"}, true},
		{Files{Cert: "both.pem"}, true},
		{Files{Cert: "rsa-cert.pem", Key: "legacy-rsa.pem"}, true},
		{Files{Cert: "rsa-cert.pem", Key: "pkcs1.pem"}, false},
		{Files{Cert: "rsa-cert.der", CertType: "der", Key: "rsa.der", KeyType: "der"}, false},
		{Files{Cert: "new.p12", CertType: "P12"}, true},
		{Files{Cert: "old.p12", CertType: "p12"}, true},
		{Files{Cert: "new.p12"}, true},
		{Files{Cert: "empty.p12"}, false},
	} {
		t.Run(c.files.Cert+" "+c.files.Key, func(t *testing.T) {
			f := c.files
			if f.Cert = file(f.Cert); f.Key != "" {
				f.Key = file(f.Key)
			}
			asked := false
			cert, err := Load(f, func(name string) (string, error) {
				asked = true
				if want := max(f.Key, f.Cert); f.Key != "" && name != f.Key || f.Key == "" && name != f.Cert {
					t.Errorf("asked for the phrase of %s, want %s", name, want)
				}
				return "sesame", nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if asked != c.encrypted {
				t.Errorf("asked %v", asked)
			}
			leaf, err := x509.ParseCertificate(cert.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			if !leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool }).Equal(cert.PrivateKey.(crypto.Signer).Public()) {
				t.Error("key and certificate do not fit")
			}
			if !c.encrypted {
				return
			}
			if _, err := Load(f, phrase("wrong")); !errors.Is(err, ErrPassphrase) || strings.Contains(err.Error(), "wrong pass") {
				t.Errorf("with a wrong phrase: %v", err)
			}
			mine := errors.New("nobody there")
			if _, err := Load(f, func(string) (string, error) { return "", mine }); !errors.Is(err, mine) {
				t.Errorf("when nobody says it: %v", err)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for says, f := range map[string]Files{
		"no such file":                   {Cert: "testdata/nonexistent"},
		"private key: open":              {Cert: file("cert.pem"), Key: "testdata/nonexistent"},
		"no private key in it":           {Cert: file("cert.pem")},
		"no certificate in it":           {Cert: file("plain.pem")},
		"it is not the key":              {Cert: file("cert.pem"), Key: file("rsa.pem")},
		"type \"FOO\" not supported":     {Cert: file("cert.pem"), CertType: "FOO"},
		"key.pem: type \"ENG\"":          {Cert: file("cert.pem"), Key: file("plain-key.pem"), KeyType: "ENG"},
		"junk.pem":                       {Cert: junk},
		"1.2.840.113549.1.12.1.3 not":    {Cert: file("cert.pem"), Key: file("pkcs8-pbes1.pem")},
		"client certificate: testdata/c": {Cert: file("cert.pem"), CertType: "P12"},
	} {
		if f.Key == file("plain-key.pem") {
			f.Key, says = file("plain.pem"), "plain.pem: type \"ENG\""
		}
		if _, err := Load(f, phrase("sesame")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", f, err, says)
		}
	}
}

// Whatever a file says, it is read in bounded time and memory, without a panic.
func FuzzDecrypt(f *testing.F) {
	for _, name := range []string{"pkcs8-aes256.pem", "pkcs8-scrypt.pem", "pkcs8-des3-sha1.pem"} {
		b, err := os.ReadFile(file(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(keyBlock(b).Bytes)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		if out, err := decrypt(der, "sesame"); err == nil && len(out) == 0 {
			t.Error("nothing came out")
		}
	})
}
