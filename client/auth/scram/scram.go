// Package scram is the SCRAM authentication scheme for HTTP, RFC 7804, with
// SHA-256 (RFC 7677) and SHA-1 (RFC 5802): client and server each prove to know
// the password, or what was made of it, and neither sends it.
//
// Departures from the standard:
//
//   - RFC 7804 section 5.1 lets a server offer a shorter exchange for later
//     requests (sr, ttl). It is not used: each request has both legs. What the
//     iterations cost is spent once for a salt, in a run.
//   - A server that lets a proven client in and does not prove itself is not
//     believed: RFC 5802 section 5 has the proof as the end of the exchange.
//   - RFC 7677 section 4 recommends at least 4096 iterations; fewer are refused,
//     and so are more than two million: the server says how long we compute.
//   - The examples of RFC 7804 section 5 have data with "=" outside of quotes, which
//     RFC 9110 section 11.2 has no place for. Data is quoted when sent; what comes
//     is read quoted, or without its padding.
//   - No channel is bound (RFC 7804 section 3 defines none).
package scram

import (
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"

	"getin/client/auth"
)

// Scheme is SCRAM with one hash. It has no state.
type Scheme struct {
	SHA1 bool // else SHA-256
}

// Name returns "SCRAM-SHA-256" or "SCRAM-SHA-1".
func (s Scheme) Name() string { return s.strength().String() }

func (s Scheme) strength() auth.Strength {
	if s.SHA1 {
		return auth.StrengthSCRAMSHA1
	}
	return auth.StrengthSCRAMSHA256
}

func (s Scheme) hash() func() hash.Hash {
	if s.SHA1 {
		return sha1.New
	}
	return sha256.New
}

// Traits refuses a challenge with a token68.
func (s Scheme) Traits(c auth.Challenge) (auth.Traits, error) {
	if c.Token68 != "" {
		return auth.Traits{}, fmt.Errorf("scram: challenge with a token68")
	}
	return auth.Traits{Wants: auth.Password, Strength: s.strength(), Unasked: true}, nil
}

// nonceOctets is the entropy of a client's nonce: as much as a key of AES-128.
const nonceOctets = 16

// Begin prepares user name and password. The error wraps auth.ErrCredential and
// holds no part of either.
func (s Scheme) Begin(c auth.Challenge, cred auth.Credential, live *auth.Live) (auth.Exchange, error) {
	user, err := prepare(cred.User)
	if err != nil {
		return nil, fmt.Errorf("scram: %w: user name: %v", auth.ErrCredential, err)
	}
	password, err := prepare(cred.Secret.Reveal())
	if err != nil {
		return nil, fmt.Errorf("scram: %w: password: %v", auth.ErrCredential, err)
	}
	nonce := make([]byte, nonceOctets)
	_, _ = rand.Read(nonce) // it never fails: crypto/rand ends the program first
	e := &exchange{
		scheme: s, cred: cred, live: live, password: auth.NewSecret(password),
		nonce: base64.RawStdEncoding.EncodeToString(nonce), user: saslname(user),
	}
	e.realm, e.hasRealm = c.Param("realm")
	return e, nil
}

// saslname follows RFC 5802 section 5.1:
//
//	saslname = 1*(value-safe-char / "=2C" / "=3D")
func saslname(user string) string {
	return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
}
