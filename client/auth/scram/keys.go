package scram

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/subtle"
	"hash"

	"getin/client/auth"
)

// keys are what is made of a password, a salt and a count, RFC 5802 section 3:
//
//	SaltedPassword := Hi(Normalize(password), salt, i)
//	ClientKey      := HMAC(SaltedPassword, "Client Key")
//	ServerKey      := HMAC(SaltedPassword, "Server Key")
type keys struct {
	password       auth.Secret
	salt           string
	iterations     int
	client, server []byte
}

// keysFor returns the keys of a server's first message: those of the last time in
// this run, when it was the same salt.
func keysFor(live *auth.Live, s Scheme, password auth.Secret, m first) *keys {
	var known *keys
	live.Update(func(state any) any {
		known, _ = state.(*keys)
		return state
	})
	if known != nil && known.salt == m.salt && known.iterations == m.iterations && known.password.Equal(password) {
		return known
	}
	// The error is for lengths that no hash has, and for FIPS 140 alone, which
	// wants a longer salt and password than a server may have chosen.
	salted, err := pbkdf2.Key(s.hash(), password.Reveal(), []byte(m.salt), m.iterations, s.hash()().Size())
	if err != nil {
		salted = nil
	}
	k := &keys{
		password: password, salt: m.salt, iterations: m.iterations,
		client: mac(s.hash(), salted, "Client Key"), server: mac(s.hash(), salted, "Server Key"),
	}
	live.Update(func(any) any { return k })
	return k
}

// proof follows RFC 5802 section 3:
//
//	StoredKey       := H(ClientKey)
//	ClientSignature := HMAC(StoredKey, AuthMessage)
//	ClientProof     := ClientKey XOR ClientSignature
func (k *keys) proof(s Scheme, message string) []byte {
	h := s.hash()()
	h.Write(k.client)
	signature := mac(s.hash(), h.Sum(nil), message)
	subtle.XORBytes(signature, signature, k.client)
	return signature
}

// signature is ServerSignature := HMAC(ServerKey, AuthMessage).
func (k *keys) signature(s Scheme, message string) []byte {
	return mac(s.hash(), k.server, message)
}

func mac(h func() hash.Hash, key []byte, message string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}
