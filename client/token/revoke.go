package token

import (
	"context"
	"errors"
	"net/url"

	"getin/client/auth"
)

// Revoke gives the tokens of a grant back to the server that has issued them, RFC
// 7009, in the name of the origin that they are for. The refresh token goes
// first: with it servers forget what was made of it, and those that do not get
// the access token as well. A server that takes none back is no error.
func (c *Client) Revoke(ctx context.Context, challenger auth.Origin, have auth.Credential) error {
	g := have.Grant
	if g == nil || g.Revocation == "" {
		return nil
	}
	e := grantEndpoint(g, g.Revocation, challenger)
	for _, t := range []struct {
		hint  string
		token auth.Secret
	}{{"refresh_token", g.Refresh}, {"access_token", have.Secret}} {
		if t.token.Empty() {
			continue
		}
		_, _, err := c.post(ctx, e, url.Values{"token": {t.token.Reveal()}, "token_type_hint": {t.hint}})
		var said *Error
		if errors.As(err, &said) && said.Code == "unsupported_token_type" {
			continue // it expires by itself, RFC 7009 section 2.2.1
		}
		if err != nil {
			return err
		}
	}
	return nil
}
