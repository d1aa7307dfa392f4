// Package basic is the Basic authentication scheme, RFC 7617: user-id and
// password in base64, readable by whoever reads the request.
//
// Departures from the standard:
//
//   - A challenge without a realm (section 2 requires one) is not answered: it
//     names no space to find or keep a password for.
//   - Without charset the standard leaves the encoding open. The octets go as
//     they were typed, which on today's terminals is UTF-8.
//   - A charset other than UTF-8 is ignored, as section 2.1 defines no other.
package basic

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"getin/client/auth"
)

// Scheme is the Basic scheme. It has no state.
type Scheme struct{}

// Name returns "Basic".
func (Scheme) Name() string { return "Basic" }

// Traits refuses a challenge without a realm, or with a token68.
func (Scheme) Traits(c auth.Challenge) (auth.Traits, error) {
	if _, ok := c.Param("realm"); !ok {
		return auth.Traits{}, errors.New("basic: challenge without a realm")
	}
	return auth.Traits{
		Wants:       auth.Password,
		Strength:    auth.StrengthBasic,
		SendsSecret: true,
		Unasked:     true,
	}, nil
}

// Begin encodes the credential. Of the challenge only charset matters, so one
// that is made up will do. The error wraps auth.ErrCredential and holds no part
// of the credential.
func (Scheme) Begin(c auth.Challenge, cred auth.Credential, _ *auth.Live) (auth.Exchange, error) {
	pair, err := userPass(c, cred)
	if err != nil {
		return nil, fmt.Errorf("basic: %w: %v", auth.ErrCredential, err)
	}
	value := "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
	return &auth.OneLeg{Credential: cred, Value: auth.NewSecret(value)}, nil
}

// userPass follows RFC 7617 section 2,
//
//	user-pass   = user-id ":" password
//	user-id     = *<TEXT excluding ":" and CTL>
//	password    = *<TEXT excluding CTL>
//
// and section 2.1: a server that says charset="UTF-8" expects Unicode in
// Normalization Form C.
func userPass(c auth.Challenge, cred auth.Credential) (string, error) {
	password := cred.Secret.Reveal()
	switch {
	case strings.Contains(cred.User, ":"):
		return "", errors.New("colon in the user name")
	case strings.ContainsFunc(cred.User, isCTL):
		return "", errors.New("control character in the user name")
	case strings.ContainsFunc(password, isCTL):
		return "", errors.New("control character in the password")
	}
	pair := cred.User + ":" + password
	if charset, _ := c.Param("charset"); !strings.EqualFold(charset, "UTF-8") {
		return pair, nil
	}
	if !utf8.ValidString(pair) {
		return "", errors.New("the server wants UTF-8, and it is not")
	}
	return norm.NFC.String(pair), nil
}

// isCTL follows RFC 5234 appendix B.1: CTL = %x00-1F / %x7F.
func isCTL(r rune) bool { return r < ' ' || r == 0x7f }
