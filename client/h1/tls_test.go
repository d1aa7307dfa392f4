package h1

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// selfSigned returns a new certificate for localhost and 127.0.0.1, and its PEM
// file.
func selfSigned(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// tlsServer shows cert(), asked anew for each connection.
func tlsServer(t *testing.T, cert func() *tls.Certificate) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Proxy-Authorization"), r.URL.Path)
	}))
	srv.TLS = &tls.Config{
		GetCertificate:         func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert(), nil },
		SessionTicketsDisabled: true,
	}
	srv.Config.ErrorLog = nil
	srv.StartTLS()
	srv.TLS.Certificates = nil
	t.Cleanup(srv.Close)
	return srv
}

func TestJ3_Certificates(t *testing.T) {
	cert, file := selfSigned(t)
	_, otherFile := selfSigned(t)
	srv := tlsServer(t, pointerTo(cert))
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config Config
		want   Kind
	}{
		"the system's":               {Config{}, Certificate},
		"--cacert":                   {Config{TLS: TLS{CACert: file}}, 0},
		"--cacert, another":          {Config{TLS: TLS{CACert: otherFile}}, Certificate},
		"--cacert, missing":          {Config{TLS: TLS{CACert: "/nonexistent/ca.pem"}}, CAFile},
		"--cacert, empty":            {Config{TLS: TLS{CACert: empty}}, CAFile},
		"SSL_CERT_FILE":              {Config{Getenv: env("SSL_CERT_FILE", file)}, 0},
		"SSL_CERT_FILE, another":     {Config{Getenv: env("SSL_CERT_FILE", otherFile)}, Certificate},
		"SSL_CERT_FILE, missing":     {Config{Getenv: env("SSL_CERT_FILE", "/nonexistent/ca.pem")}, CAFile},
		"SSL_CERT_DIR":               {Config{Getenv: env("SSL_CERT_DIR", filepath.Dir(file))}, 0},
		"SSL_CERT_DIR, two":          {Config{Getenv: env("SSL_CERT_DIR", "/nonexistent:"+filepath.Dir(file))}, 0},
		"file and directory":         {Config{Getenv: env("SSL_CERT_FILE", otherFile, "SSL_CERT_DIR", filepath.Dir(file))}, 0},
		"--cacert over SSL_CERT_DIR": {Config{TLS: TLS{CACert: otherFile}, Getenv: env("SSL_CERT_DIR", filepath.Dir(file))}, Certificate},
	} {
		t.Run(name, func(t *testing.T) {
			s := newEngine(t, c.config)
			if c.want != 0 {
				if _, err := fails(t, s, srv.URL); Classify(err) != c.want {
					t.Errorf("%v: kind %d, want %d", err, Classify(err), c.want)
				}
				return
			}
			if _, _, w := get(t, s, srv.URL); w.Unverified != nil || w.PeerKey == "" {
				t.Errorf("verified peer told as %v, key %q", w.Unverified, w.PeerKey)
			}
		})
	}
}

func TestNoCertificatesAreReadForHTTP(t *testing.T) {
	_, port := okServer(t)
	get(t, newEngine(t, Config{TLS: TLS{CACert: "/nonexistent/ca.pem"}}), "http://127.0.0.1:"+port)
}

func TestR7UnverifiedPeerIsTold(t *testing.T) {
	cert, file := selfSigned(t)
	srv := tlsServer(t, pointerTo(cert))
	for name, c := range map[string]struct {
		config Config
		url    string
		told   string
	}{
		"unknown authority":  {Config{TLS: TLS{Insecure: true}}, srv.URL, "unknown authority"},
		"wrong name":         {Config{TLS: TLS{Insecure: true, CACert: file}}, strings.Replace(srv.URL, "127.0.0.1", "a.localhost", 1), "not a.localhost"},
		"unreadable roots":   {Config{TLS: TLS{Insecure: true, CACert: "/nonexistent/ca.pem"}}, srv.URL, "no such file"},
		"verified after all": {Config{TLS: TLS{Insecure: true, CACert: file}}, srv.URL, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, w := get(t, newEngine(t, c.config), c.url)
			if !strings.HasPrefix(w.PeerKey, "sha256//") || len(w.PeerKey) != 8+44 {
				t.Errorf("key %q", w.PeerKey)
			}
			if told := fmt.Sprint(w.Unverified); c.told == "" && w.Unverified != nil || !strings.Contains(told, c.told) {
				t.Errorf("told %q, want %q", told, c.told)
			}
		})
	}
}

func TestR7KeyMayNotChangeDuringARun(t *testing.T) {
	one, _ := selfSigned(t)
	two, _ := selfSigned(t)
	var use atomic.Pointer[tls.Certificate]
	use.Store(&one)
	srv := tlsServer(t, use.Load)
	s := newEngine(t, Config{TLS: TLS{Insecure: true}})
	_, _, w := get(t, s, srv.URL)
	s.CloseIdleConnections()
	get(t, s, srv.URL) // the same key again is fine
	s.CloseIdleConnections()

	use.Store(&two)
	_, err := fails(t, s, srv.URL)
	if !errors.Is(err, ErrKeyChanged) || Classify(err) != Pin || !strings.Contains(err.Error(), w.PeerKey) {
		t.Errorf("another key: %v", err)
	}
	get(t, newEngine(t, Config{TLS: TLS{Insecure: true}}), srv.URL) // another run begins anew

	other := tlsServer(t, use.Load)
	get(t, s, other.URL) // and so does another origin
}

func TestPins(t *testing.T) {
	cert, file := selfSigned(t)
	srv := tlsServer(t, pointerTo(cert))
	_, _, w := get(t, newEngine(t, Config{TLS: TLS{CACert: file}}), srv.URL)
	wrong := "sha256//" + strings.Repeat("A", 43) + "="
	get(t, newEngine(t, Config{TLS: TLS{CACert: file, Pins: []string{wrong, w.PeerKey}}}), srv.URL)
	if _, _, w := get(t, newEngine(t, Config{TLS: TLS{Insecure: true, Pins: []string{w.PeerKey}}}), srv.URL); w.Unverified != nil {
		t.Errorf("a pinned key counts as unverified: %v", w.Unverified)
	}
	for name, c := range map[string]Config{"verified": {TLS: TLS{CACert: file, Pins: []string{wrong}}}, "insecure": {TLS: TLS{Insecure: true, Pins: []string{wrong}}}} {
		if _, err := fails(t, newEngine(t, c), srv.URL); Classify(err) != Pin {
			t.Errorf("%s: %v (kind %d)", name, err, Classify(err))
		}
	}
	if _, err := fails(t, newEngine(t, Config{TLS: TLS{Pins: []string{w.PeerKey}}}), srv.URL); Classify(err) != Certificate {
		t.Errorf("a pin must not stand in for the check: %v", err)
	}
}

func TestTLSVersions(t *testing.T) {
	cert, file := selfSigned(t)
	srv := tlsServer(t, pointerTo(cert))
	if _, resp, _ := get(t, newEngine(t, Config{TLS: TLS{CACert: file, MaxVersion: tls.VersionTLS12}}), srv.URL); resp.TLS.Version != tls.VersionTLS12 {
		t.Errorf("version %x", resp.TLS.Version)
	}
	old := tlsServer(t, pointerTo(cert))
	old.TLS.MinVersion, old.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if _, err := fails(t, newEngine(t, Config{TLS: TLS{CACert: file}}), old.URL); Classify(err) != TLSHandshake {
		t.Errorf("TLS 1.1: %v (kind %d)", err, Classify(err))
	}
}

func TestSystemDirectoriesOnlyWithoutABundle(t *testing.T) {
	_, inFile := selfSigned(t)
	_, inDir := selfSigned(t)
	files, dirs := bundleFiles, bundleDirs
	defer func() { bundleFiles, bundleDirs = files, dirs }()
	holds := func(file string, files, dirs []string) {
		t.Helper()
		bundleFiles, bundleDirs = files, dirs
		want, err := readBundle(file)
		if err != nil {
			t.Fatal(err)
		}
		if pool, err := readSystem("", ""); err != nil || !pool.Equal(want) {
			t.Errorf("not the certificate of %s alone, or %v", file, err)
		}
	}
	holds(inFile, []string{"/nonexistent", inFile}, []string{filepath.Dir(inDir)})
	holds(inDir, []string{"/nonexistent"}, []string{"/nonexistent", filepath.Dir(inDir)})
	bundleFiles, bundleDirs = nil, nil
	if _, err := readSystem("", ""); !errors.Is(err, errNoRoots) {
		t.Errorf("with nothing: %v", err)
	}
}

func pointerTo(cert tls.Certificate) func() *tls.Certificate {
	return func() *tls.Certificate { return &cert }
}

// TestC11_NoEarlyData: a session is taken up again without data ahead of the
// handshake (SECURITY C11; the extension is early_data, RFC 8446 section
// 4.2.10).
func TestC11_NoEarlyData(t *testing.T) {
	const presharedKey, earlyData = 41, 42
	cert, file := selfSigned(t)
	srv := tlsServer(t, pointerTo(cert))
	srv.TLS.SessionTicketsDisabled = false
	var resumed, early atomic.Int32
	srv.TLS.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if slices.Contains(hello.Extensions, presharedKey) {
			resumed.Add(1)
		}
		if slices.Contains(hello.Extensions, earlyData) {
			early.Add(1)
		}
		return nil, nil
	}
	s := newEngine(t, Config{TLS: TLS{CACert: file}})
	for range 2 {
		get(t, s, srv.URL)
		s.CloseIdleConnections()
	}
	if resumed.Load() != 1 || early.Load() != 0 {
		t.Errorf("%d resumed, %d with early data", resumed.Load(), early.Load())
	}
}
