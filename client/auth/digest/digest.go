// Package digest is the Digest authentication scheme, RFC 7616: a hash over the
// password, the server's nonce and the request proves knowledge of the password
// without sending it, and the server may prove the same in return.
//
// All algorithms of section 6.1 are there (MD5, SHA-256, SHA-512-256 and the
// -sess form of each), qop auth and auth-int, userhash, username*, nextnonce
// and rspauth. One nonce serves many requests, at once and one after the other,
// with a count that never repeats.
//
// Departures from the standard:
//
//   - A challenge without qop is answered in the form of RFC 2069, which
//     section 3.4 gives up; old devices know no other. The -sess algorithms are
//     not: without qop they define no client nonce to make the session key of.
//   - auth-int is used only when auth is not offered: it hashes the whole
//     content before the request can go.
//   - Without charset="UTF-8" section 4 leaves the encoding open. The octets go
//     as they were typed, and a user name with others than ASCII goes in a
//     quoted-string rather than in username*.
//   - A user name or password with control characters is refused: RFC 8265,
//     which section 4 refers to, allows none.
//   - Section 3.3 lets a server say stale=true as often as it likes. After the
//     second time in a row an exchange gives up.
package digest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"getin/client/auth"
)

// Scheme is the Digest scheme, with every algorithm. It has no state.
type Scheme struct{}

// Name returns "Digest".
func (Scheme) Name() string { return "Digest" }

// Traits tells the strength by the challenge's algorithm. It refuses a challenge
// that has no realm or nonce, repeats a parameter, or has an algorithm or only
// qop values that are not known.
func (Scheme) Traits(c auth.Challenge) (auth.Traits, error) {
	a, err := readAsk(c)
	if err != nil {
		return auth.Traits{}, err
	}
	return auth.Traits{Wants: auth.Password, Strength: a.algorithm.strength, Unasked: true}, nil
}

// Begin starts an exchange. A challenge that was answered before in the same
// Live goes on where its nonce stands now. The error is that of Traits, or wraps
// auth.ErrCredential and holds no part of the credential.
func (Scheme) Begin(c auth.Challenge, cred auth.Credential, live *auth.Live) (auth.Exchange, error) {
	e := &exchange{cred: cred, live: live}
	if err := e.take(c); err != nil {
		return nil, err
	}
	return e, nil
}

// prepare returns user name and password as they enter the hash. A server that
// says charset=UTF-8 expects Unicode in Normalization Form C, RFC 7616 section
// 4.
func prepare(a ask, cred auth.Credential) (user, password string, err error) {
	user, password = cred.User, cred.Secret.Reveal()
	reason := ""
	switch {
	case strings.ContainsFunc(user, isCTL):
		reason = "control character in the user name"
	case strings.ContainsFunc(password, isCTL):
		reason = "control character in the password"
	case a.utf8 && !utf8.ValidString(user+password):
		reason = "the server wants UTF-8, and it is not"
	}
	if reason != "" {
		return "", "", fmt.Errorf("digest: %w: %s", auth.ErrCredential, reason)
	}
	if a.utf8 {
		user, password = norm.NFC.String(user), norm.NFC.String(password)
	}
	return user, password, nil
}

// isCTL follows RFC 5234 appendix B.1: CTL = %x00-1F / %x7F.
func isCTL(r rune) bool { return r < ' ' || r == 0x7f }
