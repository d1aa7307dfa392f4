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
	r := &request{query: q, path: path, scope: c.wanted(q, path, have), have: have}
	if err := c.consent(ctx, r); err != nil {
		if errors.Is(err, auth.ErrDeclined) {
			p.declined = err
		}
		return auth.Credential{}, err
	}
	if p.signed, err = c.signIn(ctx, r); err != nil {
		p.signed = auth.Credential{}
	}
	return p.signed, err
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
