package token

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"getin/client/auth"
)

// ErrSignIn: a person has to sign in, and none is there. It wraps
// auth.ErrNoCredential.
var ErrSignIn = fmt.Errorf("%w: a person has to sign in", auth.ErrNoCredential)

// request is what a token is wanted for.
type request struct {
	query auth.Query
	path  *Path
	scope string          // to be asked for
	have  auth.Credential // what is held and does not do, if anything
}

// endpoint returns one of the server's, for the client.
func (r *request) endpoint(address string, client identity) endpoint {
	return endpoint{address: address, challenger: r.query.Space.Origin, issuer: r.path.Server.Issuer, client: client}
}

// oauth is Acquire for a challenge that is no registry's: what is held, as long
// as it does, then what it can be refreshed to, then what a person signs in for.
func (c *Client) oauth(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	switch {
	case have.Grant == nil && !have.Secret.Empty():
		return have, nil // somebody's own token
	case have.Grant != nil && !c.tooNarrow(q.Challenge):
		if c.fresh(have) {
			return have, nil
		}
		if have.Grant.Refreshable() {
			return c.renew(ctx, q, have)
		}
	}
	return c.person(ctx, q, have)
}

// person gets a token by somebody's signing in.
func (c *Client) person(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	if !q.Person {
		return auth.Credential{}, auth.ErrNoCredential
	}
	if _, named := q.Challenge.Param("resource_metadata"); c.Person == nil && (named || have.Grant != nil) {
		return auth.Credential{}, ErrSignIn
	}
	if c.Person == nil {
		return auth.Credential{}, auth.ErrNoCredential
	}
	path, err := c.Discover(ctx, q)
	if err != nil {
		return auth.Credential{}, err
	}
	r := &request{query: q, path: path, scope: c.wanted(q, path, have), have: have}
	yes, err := c.Person.Consent(ctx, Consent{
		Query: q, Issuer: path.Server.Issuer, Resource: path.Resource.ID, Scope: r.scope, Held: held(have),
	})
	switch {
	case errors.Is(err, auth.ErrNobody):
		return auth.Credential{}, fmt.Errorf("%w (%v)", ErrSignIn, err)
	case err != nil:
		return auth.Credential{}, err
	case !yes:
		return auth.Credential{}, fmt.Errorf("%w: %w: the answer was no", auth.ErrDeclined, auth.ErrCannotStart)
	}
	return c.signIn(ctx, r)
}

func held(c auth.Credential) string {
	if c.Grant == nil {
		return ""
	}
	return c.Grant.Scope
}

// wanted returns the scope to ask for: what the user says, else what the
// challenge says, else all that the resource has (RFC 9728 section 2); with
// what is held already, so that nothing is lost.
func (c *Client) wanted(q auth.Query, p *Path, have auth.Credential) string {
	scope, named := q.Challenge.Param("scope")
	switch {
	case c.Use.Scope != "":
		scope = c.Use.Scope
	case !named:
		scope = strings.Join(p.Resource.Scopes, " ")
	}
	return union(held(have), scope)
}

// union returns the scopes of both, each once, RFC 6749 section 3.3.
func union(a, b string) string {
	var list []string
	for _, word := range strings.Fields(a + " " + b) {
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return strings.Join(list, " ")
}

// tooNarrow reports whether the challenge says that a token does not allow
// enough, RFC 6750 section 3.1.
func (c *Client) tooNarrow(ch auth.Challenge) bool {
	code, _ := ch.Param("error")
	return code == "insufficient_scope"
}

// fresh reports whether a token may still be sent.
func (c *Client) fresh(have auth.Credential) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !expired(have.Grant) && !slices.ContainsFunc(c.dead, have.Secret.Equal)
}

// expired reports whether the token's time is over, or nearly.
func expired(g *auth.Grant) bool {
	return !g.Expires.IsZero() && !testOnlyNow().Before(g.Expires.Add(-margin))
}

// credential makes of an answer what is used and kept. What it does not say is as
// it was asked for, RFC 6749 sections 5.1 and 6.
func (r *request) credential(e endpoint, a answer) auth.Credential {
	s := r.path.Server
	g := &auth.Grant{
		Issuer: s.Issuer, TokenEndpoint: s.Token, Revocation: s.Revocation, Resource: r.path.Resource.ID, Scope: a.scope,
		ClientID: e.client.id, ClientSecret: e.client.secret, ClientAuth: e.client.method,
		Type: a.kind, Refresh: a.refresh, Expires: a.expires,
	}
	if g.Scope == "" {
		g.Scope = r.scope
	}
	return auth.Credential{User: r.have.User, Secret: a.access, Grant: g, Expires: g.Expires}
}

// noted takes note of what a server has given.
func (c *Client) noted(a answer) {
	c.mu.Lock()
	c.issued = append(c.issued, a.access)
	c.mu.Unlock()
	for _, s := range []auth.Secret{a.access, a.refresh} {
		if c.Notify != nil && !s.Empty() {
			c.Notify(s)
		}
	}
}
