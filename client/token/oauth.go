package token

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"getin/client/auth"
)

// request is what a token is wanted for.
type request struct {
	query auth.Query
	path  *Path
	scope string          // to be asked for
	have  auth.Credential // what is held and does not do, if anything
	key   auth.Secret     // that the token is to be bound to; empty: to none
}

// endpoint returns one of the server's, for the client.
func (r *request) endpoint(address string, client identity) endpoint {
	return endpoint{address: address, challenger: r.query.Space.Origin, issuer: r.path.Server.Issuer, client: client, key: r.key}
}

// oauth is Acquire for a challenge that is no registry's: what is held, as long
// as it does, then what it can be refreshed to, then what a person signs in for.
func (c *Client) oauth(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	if have.Grant == nil && !have.Secret.Empty() {
		return c.givenSecret(ctx, q, have)
	}
	if have.Grant != nil && !isFor(have.Grant, q.Target) {
		have = auth.Credential{User: have.User} // for another resource of the space (SECURITY I7)
	}
	if have.Grant != nil && !tooNarrow(q.Challenge) {
		if c.fresh(have) {
			return have, nil
		}
		if have.Grant.Refreshable() {
			return c.renew(ctx, q, have)
		}
	}
	return c.person(ctx, q, have)
}

// isFor reports whether the grant's token may go to the target.
func isFor(g *auth.Grant, target string) bool {
	return g.Resource == "" || coversTarget(g.Resource, target)
}

// tooNarrow reports whether the challenge says that a token does not allow
// enough, RFC 6750 section 3.1.
func tooNarrow(ch auth.Challenge) bool {
	code, _ := ch.Param("error")
	return code == "insufficient_scope"
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
	return union(scopeOf(have), scope)
}

func scopeOf(c auth.Credential) string {
	if c.Grant == nil {
		return ""
	}
	return c.Grant.Scope
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

// fresh reports whether a token may still be sent.
func (c *Client) fresh(have auth.Credential) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !expired(have.Grant) && !slices.ContainsFunc(c.dead, have.Secret.Equal)
}

// expired reports whether the token's time is over, or nearly.
func expired(g *auth.Grant) bool {
	return !g.Expires.IsZero() && !testOnlyNow().Before(g.Expires)
}

// credential makes of an answer what is used and kept. What it does not say is as
// it was asked for, RFC 6749 sections 5.1 and 6.
func (r *request) credential(e endpoint, a answer) auth.Credential {
	s := r.path.Server
	g := &auth.Grant{
		Issuer: s.Issuer, TokenEndpoint: s.Token, Revocation: s.Revocation, Resource: r.path.Resource.ID, Scope: a.scope,
		ClientID: e.client.id, ClientSecret: e.client.secret, ClientAuth: e.client.method,
		Type: a.kind, Refresh: a.refresh, Expires: a.expires, Key: e.key,
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

// kill notes that a token is not to be sent any more, and reports whether it has
// ever been good: it comes from an earlier run, or was accepted in this one.
func (c *Client) kill(token auth.Secret) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = append(c.dead, token)
	return !slices.ContainsFunc(c.issued, token.Equal)
}

// accepted notes that a token was.
func (c *Client) accepted(token auth.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.issued = slices.DeleteFunc(c.issued, token.Equal)
}

// place is what a run knows of one space.
type place struct {
	turn chan struct{} // holds a token while somebody discovers, or signs in

	path *Path // neither this nor failed before discovery has ended
	fail error

	signed   auth.Credential // what somebody has signed in for
	renewed  auth.Credential // what was refreshed last
	worn     auth.Secret     // a token that cannot be refreshed, and why
	barren   error
	declined error

	own auth.Credential // what the client has got in its own name
}

// at takes the turn of the space, so that parallel requests lead to one question
// (rule R11). leave gives it back.
func (c *Client) at(ctx context.Context, sp auth.Space) (p *place, leave func(), err error) {
	c.mu.Lock()
	p = c.places[sp]
	if p == nil {
		p = &place{turn: make(chan struct{}, 1)}
		if c.places == nil {
			c.places = map[auth.Space]*place{}
		}
		c.places[sp] = p
	}
	c.mu.Unlock()
	select {
	case p.turn <- struct{}{}:
		return p, func() { <-p.turn }, nil
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("%w", context.Cause(ctx))
	}
}
