package keypair

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

// readKey reads the first private key. open is called with what opens an
// encrypted one.
func readKey(data []byte, kind string, open func(func(string) ([]byte, error)) ([]byte, error)) (crypto.PrivateKey, error) {
	switch strings.ToUpper(kind) {
	case "DER":
		return parseKey(data)
	case "", "PEM":
	default:
		return nil, fmt.Errorf("type %q not supported", kind)
	}
	block := keyBlock(data)
	if block == nil {
		return nil, errNoKey
	}
	der := block.Bytes
	var err error
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY":
		der, err = open(func(password string) ([]byte, error) { return decrypt(block.Bytes, password) })
	case x509.IsEncryptedPEMBlock(block): //lint:ignore SA1019 the keys of many are such
		der, err = open(func(password string) ([]byte, error) {
			//lint:ignore SA1019 as above; who can read the file can try phrases, whatever the padding tells
			der, err := x509.DecryptPEMBlock(block, []byte(password))
			if err == x509.IncorrectPasswordError {
				err = errWrong
			}
			return der, err
		})
	}
	if err != nil {
		return nil, err
	}
	return parseKey(der)
}

func keyBlock(data []byte) *pem.Block {
	for {
		var block *pem.Block
		block, data = pem.Decode(data)
		if block == nil || block.Type == "PRIVATE KEY" || strings.HasSuffix(block.Type, " PRIVATE KEY") {
			return block
		}
	}
}

// parseKey reads a key in PKCS #8, PKCS #1 or SEC 1.
func parseKey(der []byte) (crypto.PrivateKey, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return nil, errNoKey
}
