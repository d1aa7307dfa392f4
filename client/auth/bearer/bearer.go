// Package bearer is the Bearer authentication scheme, RFC 6750: a token in the
// request, good for whoever holds it.
//
// Departures from the standard:
//
//   - Section 3 wants at least one parameter in a challenge. A bare "Bearer",
//     which many servers send, is answered all the same.
//   - Section 2.1 gives a token the alphabet of token68. Tokens with other
//     visible ASCII characters are in use and go as they are; a space, a control
//     character or anything beyond ASCII is refused.
//   - Tokens in the content or in the query (sections 2.2 and 2.3) are not sent.
package bearer

import (
	"errors"
	"fmt"
	"strings"

	"getin/client/auth"
)

// Scheme is the Bearer scheme. It has no state.
type Scheme struct{}

// Name returns "Bearer".
func (Scheme) Name() string { return "Bearer" }

// Traits refuses a challenge with a token68.
func (Scheme) Traits(c auth.Challenge) (auth.Traits, error) {
	if c.Token68 != "" {
		return auth.Traits{}, errors.New("bearer: challenge with a token68")
	}
	return auth.Traits{
		Wants:       auth.Token,
		Strength:    auth.StrengthBearer,
		SendsSecret: true,
		Unasked:     true,
	}, nil
}

// Begin takes the credential's secret as the token; its user name does not
// matter. What is kept of it has the time of its expiry. The error wraps auth.ErrCredential and holds no part of the token.
func (Scheme) Begin(_ auth.Challenge, cred auth.Credential, _ *auth.Live) (auth.Exchange, error) {
	token := cred.Secret.Reveal()
	if token == "" {
		return nil, fmt.Errorf("bearer: %w: the token is empty", auth.ErrCredential)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, fmt.Errorf("bearer: %w: a character in the token that no token has", auth.ErrCredential)
	}
	cred.Expires = Expiry(cred.Secret)
	return &auth.OneLeg{Credential: cred, Value: auth.NewSecret("Bearer " + token)}, nil
}
