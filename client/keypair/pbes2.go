package keypair

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/scrypt"
)

// encryptedKey is RFC 5208 section 6:
//
//	EncryptedPrivateKeyInfo ::= SEQUENCE {
//	    encryptionAlgorithm  AlgorithmIdentifier,
//	    encryptedData        OCTET STRING }
type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// pbes2Params is RFC 8018 appendix A.4.
type pbes2Params struct{ KDF, Scheme pkix.AlgorithmIdentifier }

// pbkdf2Params is RFC 8018 appendix A.2.
type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// scryptParams is RFC 7914 section 7.
type scryptParams struct {
	Salt      []byte
	N, R, P   int
	KeyLength int `asn1:"optional"`
}

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidScrypt = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
)

// cipherOf returns the encryption scheme of RFC 8018 appendix B.2, all in CBC, and
// the size of its key, in octets.
func cipherOf(oid string) (size int, newBlock func([]byte) (cipher.Block, error)) {
	switch oid {
	case "1.2.840.113549.3.7":
		return 24, des.NewTripleDESCipher
	case "2.16.840.1.101.3.4.1.2":
		return 16, aes.NewCipher
	case "2.16.840.1.101.3.4.1.22":
		return 24, aes.NewCipher
	case "2.16.840.1.101.3.4.1.42":
		return 32, aes.NewCipher
	}
	return 0, nil
}

// prfOf returns the hash of a pseudorandom function of RFC 8018 appendix B.1; the
// default is HMAC with SHA-1.
func prfOf(oid string) func() hash.Hash {
	switch oid {
	case "", "1.2.840.113549.2.7":
		return sha1.New
	case "1.2.840.113549.2.8":
		return sha256.New224
	case "1.2.840.113549.2.9":
		return sha256.New
	case "1.2.840.113549.2.10":
		return sha512.New384
	case "1.2.840.113549.2.11":
		return sha512.New
	}
	return nil
}

const (
	// maxIterations bounds the work that a file may ask for: ten times what
	// OpenSSL's -iter is recommended at, some seconds.
	maxIterations = 20_000_000

	// maxScrypt bounds the memory that a file may ask for, in octets.
	maxScrypt = 1 << 30
)

var errMalformed = errors.New("the encrypted key cannot be read")

// decrypt opens an EncryptedPrivateKeyInfo, and returns what is in it.
func decrypt(der []byte, password string) ([]byte, error) {
	var e encryptedKey
	if _, err := asn1.Unmarshal(der, &e); err != nil {
		return nil, errMalformed
	}
	if !e.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, fmt.Errorf("encryption %s not supported: \"openssl pkcs8 -topk8 -v2 aes256\" writes one that is", e.Algorithm.Algorithm)
	}
	var p pbes2Params
	if _, err := asn1.Unmarshal(e.Algorithm.Parameters.FullBytes, &p); err != nil {
		return nil, errMalformed
	}
	size, newBlock := cipherOf(p.Scheme.Algorithm.String())
	if newBlock == nil {
		return nil, fmt.Errorf("encryption %s not supported", p.Scheme.Algorithm)
	}
	key, err := derive(p.KDF, password, size)
	if err != nil {
		return nil, err
	}
	block, err := newBlock(key)
	if err != nil {
		return nil, err
	}
	var iv []byte
	if _, err := asn1.Unmarshal(p.Scheme.Parameters.FullBytes, &iv); err != nil || len(iv) != block.BlockSize() ||
		len(e.Data) == 0 || len(e.Data)%block.BlockSize() != 0 {
		return nil, errMalformed
	}
	out := make([]byte, len(e.Data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, e.Data)
	return unpad(out, block.BlockSize())
}

// derive makes the key of so many octets from the password.
func derive(kdf pkix.AlgorithmIdentifier, password string, size int) ([]byte, error) {
	switch {
	case kdf.Algorithm.Equal(oidPBKDF2):
		var p pbkdf2Params
		if _, err := asn1.Unmarshal(kdf.Parameters.FullBytes, &p); err != nil || p.Iterations < 1 || p.Iterations > maxIterations {
			return nil, errMalformed
		}
		prf := prfOf(p.PRF.Algorithm.String())
		if prf == nil {
			return nil, fmt.Errorf("PBKDF2 with %s not supported", p.PRF.Algorithm)
		}
		return pbkdf2.Key(prf, password, p.Salt, p.Iterations, size)
	case kdf.Algorithm.Equal(oidScrypt):
		var p scryptParams
		_, err := asn1.Unmarshal(kdf.Parameters.FullBytes, &p)
		if err != nil || p.N < 2 || p.R < 1 || p.P < 1 || p.N > maxScrypt/128/p.R || p.P > 1<<10 {
			return nil, errMalformed
		}
		return scrypt.Key([]byte(password), p.Salt, p.N, p.R, p.P, size)
	}
	return nil, fmt.Errorf("key derivation %s not supported", kdf.Algorithm)
}

// unpad removes the padding of RFC 8018 section 6.1.1 step 4. A wrong password
// shows here, mostly.
func unpad(b []byte, size int) ([]byte, error) {
	n := int(b[len(b)-1])
	if n == 0 || n > size || n > len(b) {
		return nil, errWrong
	}
	for _, c := range b[len(b)-n:] {
		if int(c) != n {
			return nil, errWrong
		}
	}
	out := b[:len(b)-n]
	var outer asn1.RawValue
	if rest, err := asn1.Unmarshal(out, &outer); err != nil || len(rest) > 0 {
		return nil, errWrong
	}
	return out, nil
}
