package token

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"getin/client/auth"
)

// grantClient is the grant type of a client that asks in its own name, RFC 6749
// section 4.4.
const grantClient = "client_credentials"

// givenSecret is Acquire for a secret that the user has given for this run. Where
// the user has also said who getin is for the issuer, it is that client's, and
// goes nowhere but to the issuer: for a token of the client's own, or, where the
// issuer gives none, with the sign-in of a person. Else it is a token itself.
func (c *Client) givenSecret(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	if !have.Given || len(c.Use.Clients) == 0 {
		return have, nil
	}
	path, err := c.Discover(ctx, q)
	if err != nil {
		if name, _ := c.Use.client(""); name == "" {
			return have, nil // the clients are other issuers'
		}
		return auth.Credential{}, fmt.Errorf("%w: %w", auth.ErrCannotStart, err)
	}
	name, named := c.Use.client(path.Server.Issuer)
	switch {
	case name == "":
		return have, nil
	case len(path.Server.Grants) > 0 && !slices.Contains(path.Server.Grants, grantClient):
		return c.person(ctx, q, have)
	}
	p, leave, err := c.at(ctx, q.Space)
	if err != nil {
		return auth.Credential{}, err
	}
	defer leave()
	if held := p.own; held.Grant != nil && c.fresh(held) && !tooNarrow(q.Challenge) {
		return held, nil // for another request
	}
	if !named {
		if err := c.permit(ctx, q, path.Server); err != nil {
			return auth.Credential{}, err
		}
	}
	r := &request{query: q, path: path, scope: c.wanted(q, path, p.own), have: have}
	if r.key, err = r.bound(); err != nil {
		return auth.Credential{}, err
	}
	e := r.endpoint(path.Server.Token, identified(path.Server, name, have.Secret))
	a, err := c.token(ctx, e, clientForm(r.path.Resource.ID, r.scope))
	if err != nil {
		return auth.Credential{}, err
	}
	c.noted(a)
	got := r.credential(e, a)
	got.Grant.Own, got.Given = true, true
	p.own = got
	return got, nil
}

// clientForm asks for a token of the client's own.
func clientForm(resource, scope string) url.Values {
	form := url.Values{"grant_type": {grantClient}}
	if resource != "" {
		form.Set("resource", resource)
	}
	if scope != "" {
		form.Set("scope", scope)
	}
	return form
}

// permit asks whether a secret may go to a server that a challenge has led to,
// unless that is on the host which the user has named.
func (c *Client) permit(ctx context.Context, q auth.Query, server *Server) error {
	_, at, err := endpointURL(server.Token)
	if err != nil {
		return err
	}
	if at.Host == q.Space.Origin.Host {
		return nil
	}
	if c.Permit == nil {
		return fmt.Errorf("%w: %w", auth.ErrCannotStart, auth.ErrNotAllowed)
	}
	return c.Permit(ctx, auth.Concern{Risk: auth.Elsewhere, Query: q, Issuer: at})
}
