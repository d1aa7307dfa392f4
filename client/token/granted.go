package token

import (
	"fmt"
	"strings"

	"getin/client/auth"
	"getin/client/auth/bearer"
)

// begin answers with a token that has a grant.
func (c *Client) begin(s bearer.Scheme, ch auth.Challenge, cred auth.Credential, live *auth.Live) (auth.Exchange, error) {
	if isBound(cred.Grant) {
		return c.prover(cred)
	}
	if t := cred.Grant.Type; t != "" && !strings.EqualFold(t, s.Name()) {
		return nil, fmt.Errorf("bearer: %w: the token is of type %s", auth.ErrCredential, shown(t))
	}
	if !c.fresh(cred) {
		return nil, fmt.Errorf("bearer: %w: the token has expired", auth.ErrCredential)
	}
	x, err := s.Begin(ch, cred, live)
	if err != nil {
		return nil, err
	}
	return &granted{x, c, cred}, nil
}

// granted answers with the token of a grant.
type granted struct {
	auth.Exchange
	client *Client
	cred   auth.Credential
}

// Challenged tells a token that can be refreshed from one that is worthless.
// What was issued a moment ago and is refused all the same is worthless.
func (x *granted) Challenged(auth.Challenge) (auth.Verdict, error) {
	if x.client.kill(x.cred.Secret) && x.cred.Grant.Refreshable() {
		return auth.Renew, nil
	}
	return auth.Refused, nil
}

// Widens implements auth.Widener.
func (*granted) Widens(ch auth.Challenge) bool { return tooNarrow(ch) }

// Accepted returns the credential, with the time of its expiry.
func (x *granted) Accepted(auth.Final) (auth.Credential, error) {
	x.client.accepted(x.cred.Secret)
	c := x.cred
	c.Expires = c.Grant.Expires
	return c, nil
}
