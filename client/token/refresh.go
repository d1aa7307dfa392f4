package token

import (
	"context"
	"errors"
	"net/url"
	"time"

	"getin/client/auth"
)

// grantRefresh is the grant type of RFC 6749 section 6.
const grantRefresh = "refresh_token"

// grace is how long a refresh goes on when its request is given up: a server
// that rotates has then forgotten the old token, and the next one is to be kept.
const grace = 5 * time.Second

// renew gets the next token of a grant: one that somebody else has got meanwhile,
// here or in another process, or else by its refresh token. One at a time does,
// for a server that rotates takes a refresh token that comes twice for stolen,
// and ends the grant (RFC 9700 section 4.14.2).
func (c *Client) renew(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	p, leave, err := c.at(ctx, q.Space)
	if err != nil {
		return auth.Credential{}, err
	}
	defer leave()
	if r := p.renewed; r.Grant != nil && r.User == have.User && !r.Secret.Equal(have.Secret) && c.fresh(r) {
		return r, nil
	}
	if p.barren != nil && p.worn.Equal(have.Secret) {
		return auth.Credential{}, p.barren
	}
	refresh := func(ctx context.Context, now auth.Credential) (auth.Credential, error) {
		switch {
		case !now.Secret.Equal(have.Secret) && now.Grant != nil && c.fresh(now):
			return now, nil
		case !now.Grant.Refreshable():
			return auth.Credential{}, auth.ErrNoCredential
		}
		return c.refresh(ctx, q, now)
	}
	rotate := c.Renew
	if rotate == nil {
		rotate = func(ctx context.Context, _ auth.Query, have auth.Credential, f func(context.Context, auth.Credential) (auth.Credential, error)) (auth.Credential, error) {
			return f(ctx, have)
		}
	}
	next, err := rotate(ctx, q, have, refresh)
	if err != nil {
		if ctx.Err() == nil {
			p.worn, p.barren = have.Secret, err // to ask again would not help
		}
		return auth.Credential{}, err
	}
	p.renewed = next
	return next, nil
}

// refresh asks the token endpoint for the next token, RFC 6749 section 6. Where
// the answer does not say, things stay as they were.
func (c *Client) refresh(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	ctx, cancel := outlive(ctx, grace)
	defer cancel()
	g := *have.Grant
	form := url.Values{"grant_type": {grantRefresh}, "refresh_token": {g.Refresh.Reveal()}}
	if g.Own {
		form = clientForm("", g.Scope)
	}
	if g.Resource != "" {
		form.Set("resource", g.Resource)
	}
	a, err := c.token(ctx, grantEndpoint(&g, g.TokenEndpoint, q.Space.Origin), form)
	if err != nil {
		return auth.Credential{}, err
	}
	if !a.refresh.Empty() {
		g.Refresh = a.refresh
	}
	if a.scope != "" {
		g.Scope = a.scope
	}
	g.Type, g.Expires = a.kind, a.expires
	have.Secret, have.Grant, have.Expires = a.access, &g, g.Expires
	return have, nil
}

// grantEndpoint is an endpoint of the grant's issuer, for the client that the
// grant was given to.
func grantEndpoint(g *auth.Grant, address string, challenger auth.Origin) endpoint {
	return endpoint{
		address: address, challenger: challenger, issuer: g.Issuer,
		client: identity{g.ClientID, g.ClientSecret, g.ClientAuth}, key: g.Key,
	}
}

// outlive returns a context that ends some time after ctx does.
func outlive(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(d, func() { cancel(context.Cause(ctx)) })
	})
	return longer, func() { stop(); cancel(errors.New("it is done")) }
}
