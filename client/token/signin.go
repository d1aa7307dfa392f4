package token

import (
	"context"
	"fmt"

	"getin/client/auth"
)

// signIn has a person sign in, who has agreed to it.
func (c *Client) signIn(_ context.Context, r *request) (auth.Credential, error) {
	return auth.Credential{}, fmt.Errorf("%w: %s: no way to sign in that is known", auth.ErrCannotStart, r.path.Server.Issuer)
}
