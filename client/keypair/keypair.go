package keypair

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// Files says where the certificate and the key lie.
type Files struct {
	Cert     string // the chain, the client's own certificate first
	CertType string // "PEM", "DER" or "P12", in any case; "" is PEM, or P12 by its content
	Key      string // "" is in Cert as well
	KeyType  string // "PEM" or "DER"; "" is PEM
}

var (
	// ErrPassphrase: the key is encrypted, and the pass phrase is not the one,
	// or there is none.
	ErrPassphrase = errors.New("it is encrypted")

	errWrong = fmt.Errorf("%w, and the pass phrase is wrong", ErrPassphrase)
	errNoKey = errors.New("no private key in it")
)

// Load reads the files. An encrypted key is opened with what ask returns, which
// is called with the file's name when it is needed, once for a call of Load; its
// errors are returned as they are. The other errors name the file.
func Load(f Files, ask func(file string) (string, error)) (*tls.Certificate, error) {
	data, err := os.ReadFile(f.Cert)
	if err != nil {
		return nil, fmt.Errorf("client certificate: %w", err)
	}
	kind := strings.ToUpper(f.CertType)
	if kind == "" && !isPEM(data) {
		kind = "P12"
	}
	switch kind {
	case "P12":
		return loadP12(f.Cert, data, ask)
	case "", "PEM", "DER":
	default:
		return nil, fmt.Errorf("client certificate: type %q not supported", f.CertType)
	}
	c := &tls.Certificate{}
	if c.Certificate, err = chain(data, kind == "DER"); err != nil {
		return nil, fmt.Errorf("client certificate: %s: %w", f.Cert, err)
	}
	if c.Leaf, err = x509.ParseCertificate(c.Certificate[0]); err != nil {
		return nil, fmt.Errorf("client certificate: %s: %w", f.Cert, err)
	}
	file := f.Key
	if file == "" {
		file = f.Cert
	} else if data, err = os.ReadFile(file); err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	if c.PrivateKey, err = readKey(data, f.KeyType, opener(file, ask)); err != nil {
		return nil, fmt.Errorf("private key: %s: %w", file, err)
	}
	return c, fits(c, file)
}

// fits compares the public keys of the two.
func fits(c *tls.Certificate, file string) error {
	public, ok := c.Leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	signer, isSigner := c.PrivateKey.(crypto.Signer)
	if !ok || !isSigner || !public.Equal(signer.Public()) {
		return fmt.Errorf("private key: %s: it is not the key of the certificate", file)
	}
	return nil
}

func isPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN ")) }

// chain returns the certificates in DER; there is one at least.
func chain(data []byte, der bool) ([][]byte, error) {
	if der {
		return [][]byte{data}, nil
	}
	var list [][]byte
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			list = append(list, block.Bytes)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("no certificate in it")
	}
	return list, nil
}

// opener returns what opens an encrypted key with what ask says.
func opener(file string, ask func(string) (string, error)) func(func(password string) ([]byte, error)) ([]byte, error) {
	return func(open func(string) ([]byte, error)) ([]byte, error) {
		password, err := ask(file)
		if err != nil {
			return nil, err
		}
		return open(password)
	}
}

func loadP12(file string, data []byte, ask func(string) (string, error)) (*tls.Certificate, error) {
	c := &tls.Certificate{}
	decode := func(password string) error {
		key, leaf, more, err := pkcs12.DecodeChain(data, password)
		if err != nil {
			return err
		}
		c.PrivateKey, c.Leaf, c.Certificate = key, leaf, [][]byte{leaf.Raw}
		for _, m := range more {
			c.Certificate = append(c.Certificate, m.Raw)
		}
		return nil
	}
	err := decode("") // one without a password is never asked about
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		var password string
		if password, err = ask(file); err == nil {
			err = decode(password)
		}
	}
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, fmt.Errorf("client certificate: %s: %w", file, errWrong)
	case err != nil:
		return nil, fmt.Errorf("client certificate: %s: %w", file, err)
	}
	return c, fits(c, file)
}
