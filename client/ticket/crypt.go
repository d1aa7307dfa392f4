//go:build !windows

package ticket

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/crypto/etype"
)

// Key usages, RFC 4120 section 7.5.1.
const (
	usagePreauth      = 1
	usageASReply      = 3
	usageTGSBody      = 6
	usageTGSAuth      = 7
	usageTGSReply     = 8
	usageAPAuth       = 11
	usageAPReply      = 12
	usageTGSReplySub  = 9
	maxIterations     = 1 << 20 // string-to-key rounds; the default is 4096, and each million takes a second
	etypeAES256SHA384 = 20
	etypeAES128SHA256 = 19
	etypeAES256SHA1   = 18
	etypeAES128SHA1   = 17
)

// etypes are the encryption types that are asked for, best first. RC4 and DES
// are not (RFC 8429).
var etypes = []int64{etypeAES256SHA384, etypeAES128SHA256, etypeAES256SHA1, etypeAES128SHA1}

// key is an EncryptionKey, RFC 4120 section 5.2.9.
type key struct {
	etype int32
	value []byte
}

func (k key) crypt() (etype.EType, error) { return cryptOf(int64(k.etype)) }

func cryptOf(n int64) (etype.EType, error) {
	for _, known := range etypes {
		if n == known {
			return crypto.GetEtype(int32(n))
		}
	}
	return nil, fmt.Errorf("encryption type %d is not supported", n)
}

// errDecrypt: the key is not the one that was encrypted with.
var errDecrypt = errors.New("cannot be decrypted")

// decrypt opens an EncryptedData, RFC 4120 section 5.2.9:
//
//	EncryptedData ::= SEQUENCE {
//		etype  [0] Int32,
//		kvno   [1] UInt32 OPTIONAL,
//		cipher [2] OCTET STRING }
func (k key) decrypt(in []byte, usage uint32) ([]byte, error) {
	r := open(in)
	n := r.int(0)
	r.skip(1)
	cipher := r.octets(2)
	if err := r.err(); err != nil {
		return nil, err
	}
	if n != int64(k.etype) {
		return nil, fmt.Errorf("%w: encryption type %d, and the key is of %d", errDecrypt, n, k.etype)
	}
	e, err := k.crypt()
	if err != nil {
		return nil, err
	}
	if len(cipher) < e.GetConfounderByteSize()+e.GetHMACBitLength()/8 {
		return nil, errDER
	}
	plain, err := e.DecryptMessage(k.value, cipher, usage)
	if err != nil {
		return nil, errDecrypt
	}
	return plain, nil
}

// encrypt is its inverse; the octets are a whole EncryptedData.
func (k key) encrypt(plain []byte, usage uint32) ([]byte, error) {
	e, err := k.crypt()
	if err != nil {
		return nil, err
	}
	_, cipher, err := e.EncryptMessage(k.value, plain, usage)
	if err != nil {
		return nil, err
	}
	return build(func(b *builder) {
		addSequence(b, func(b *builder) {
			addInt(b, 0, int64(k.etype))
			addOctets(b, 2, cipher)
		})
	}), nil
}

// checksum is that of the octets, with its type.
func (k key) checksum(of []byte, usage uint32) (kind int64, sum []byte, err error) {
	e, err := k.crypt()
	if err != nil {
		return 0, nil, err
	}
	sum, err = e.GetChecksumHash(k.value, of, usage)
	return int64(e.GetHashID()), sum, err
}

// hint is how a realm makes a key of the password: an entry of ETYPE-INFO2, RFC
// 4120 section 5.2.7.5.
type hint struct {
	etype   int64
	salt    string
	hasSalt bool
	params  []byte // the rounds, four octets; nil is the type's own
}

// keyOf makes the key of a password.
func (h hint) keyOf(who principal, password string) (key, error) {
	e, err := cryptOf(h.etype)
	if err != nil {
		return key{}, err
	}
	params := e.GetDefaultStringToKeyParams()
	if len(h.params) == 4 {
		if rounds := uint32(h.params[0])<<24 | uint32(h.params[1])<<16 | uint32(h.params[2])<<8 | uint32(h.params[3]); rounds == 0 || rounds > maxIterations {
			return key{}, fmt.Errorf("%d rounds are asked for to make a key of the password", rounds)
		}
		params = hex.EncodeToString(h.params)
	}
	salt := who.salt()
	if h.hasSalt {
		salt = h.salt
	}
	value, err := e.StringToKey(password, salt, params)
	return key{int32(h.etype), value}, err
}
