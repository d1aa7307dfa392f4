package token

import (
	"context"

	"getin/client/auth"
)

// renew gets the next token of a grant.
func (c *Client) renew(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	return c.person(ctx, q, have)
}
