package token

import (
	"context"
	"errors"
	"fmt"

	"getin/client/auth"
)

// ErrSignIn: a person has to sign in, and none is there. It wraps
// auth.ErrNoCredential.
var ErrSignIn = fmt.Errorf("%w: a person has to sign in", auth.ErrNoCredential)

// person gets a token by somebody's signing in, who agrees to it first. A no
// holds for the run, and leaves the answer to another scheme.
func (c *Client) person(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	_, named := q.Challenge.Param("resource_metadata")
	if !q.Person {
		return auth.Credential{}, auth.ErrNoCredential
	}
	switch nobody := c.Person == nil || c.Present != nil && !c.Present(ctx); {
	case nobody && (named || have.Grant != nil):
		return auth.Credential{}, ErrSignIn
	case nobody:
		return auth.Credential{}, auth.ErrNoCredential
	}
	path, err := c.Discover(ctx, q)
	if err != nil {
		return auth.Credential{}, err
	}
	p, leave, err := c.at(ctx, q.Space)
	if err != nil {
		return auth.Credential{}, err
	}
	defer leave()
	if s := p.signed; s.Grant != nil && c.fresh(s) && !s.Secret.Equal(have.Secret) {
		return s, nil // for another request, meanwhile
	}
	if p.declined != nil {
		return auth.Credential{}, p.declined
	}
	release := func() {}
	if c.Await != nil {
		now, found, done := c.Await(ctx, q)
		if found && c.does(now, q) {
			return now, nil
		}
		release = done
	}
	r := &request{query: q, path: path, scope: c.wanted(q, path, have), have: have}
	if r.key, err = r.bound(); err == nil {
		err = c.consent(ctx, r)
	}
	if err == nil {
		p.signed, err = c.signIn(ctx, r)
	}
	switch {
	case err == nil:
		return p.signed, nil
	case errors.Is(err, auth.ErrDeclined):
		p.declined = err
	}
	release()
	p.signed = auth.Credential{}
	return auth.Credential{}, err
}

// does reports whether what somebody else has signed in for answers the query.
func (c *Client) does(now auth.Credential, q auth.Query) bool {
	if now.Grant == nil {
		return !now.Secret.Empty()
	}
	scope, _ := q.Challenge.Param("scope")
	enough := !tooNarrow(q.Challenge) || scope != "" && union(now.Grant.Scope, scope) == union(now.Grant.Scope, "")
	return enough && c.fresh(now) && isFor(now.Grant, q.Target)
}

// consent asks whether to sign in.
func (c *Client) consent(ctx context.Context, r *request) error {
	yes, err := c.Person.Consent(ctx, Consent{
		Query: r.query, Issuer: r.path.Server.Issuer, Resource: r.path.Resource.ID, Scope: r.scope, Held: scopeOf(r.have),
	})
	switch {
	case errors.Is(err, auth.ErrNobody):
		return ErrSignIn
	case err != nil || yes:
		return err
	}
	return fmt.Errorf("%w: %w: the answer was no", auth.ErrCannotStart, auth.ErrDeclined)
}
