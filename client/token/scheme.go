package token

import (
	"context"
	"fmt"

	"getin/client/auth"
	"getin/client/auth/bearer"
)

// Scheme is the Bearer scheme for those who may have to get the token first. A
// challenge that does not say where is bearer.Scheme's.
type Scheme struct {
	bearer.Scheme
	Client *Client
}

// Traits are those of a password, for the issuer, when the challenge names one.
func (s Scheme) Traits(ch auth.Challenge) (auth.Traits, error) {
	t, err := s.Scheme.Traits(ch)
	if err != nil {
		return t, err
	}
	_, t.SignsIn = ch.Param("resource_metadata")
	if d, ok := demandOf(ch); ok {
		t.SignsIn = false
		t.Wants, t.Issuer, t.Anonymous, t.Scope = auth.Password, d.issuer, true, d.name()
	}
	return t, nil
}

// Acquire implements auth.Acquirer. What it returns has the token in Made.
func (s Scheme) Acquire(ctx context.Context, q auth.Query, have auth.Credential, _ func(context.Context, auth.Query) (auth.Credential, error)) (auth.Credential, error) {
	d, ok := demandOf(q.Challenge)
	if !ok {
		return s.Client.acquire(ctx, q, have)
	}
	if have.Grant != nil { // it was issued in an earlier run
		have.Made = &grant{key: key{q.Space, d.service, have.User}, scope: d.scope, token: have.Secret, expires: have.Grant.Expires}
		return have, nil
	}
	if have.Secret.Empty() {
		if have.User != "" {
			return auth.Credential{}, auth.ErrNoCredential // nobody is anonymous under a name
		}
		have.Kept = true
	}
	g, err := s.Client.grant(ctx, d, q.Space, have)
	if err != nil {
		return auth.Credential{}, err
	}
	have.Made = g
	return have, nil
}

// Begin takes the token that Acquire has made. The password itself is never the
// answer.
func (s Scheme) Begin(ch auth.Challenge, cred auth.Credential, live *auth.Live) (auth.Exchange, error) {
	g, ok := cred.Made.(*grant)
	if !ok && cred.Grant != nil {
		return s.Client.begin(s.Scheme, ch, cred, live)
	}
	if !ok {
		if _, named := demandOf(ch); named {
			return nil, fmt.Errorf("bearer: %w: it is to be changed for a token first", auth.ErrCredential)
		}
		return s.Scheme.Begin(ch, cred, live)
	}
	if g.expired() {
		return nil, fmt.Errorf("bearer: %w: the token has expired", auth.ErrCredential)
	}
	x, err := s.Scheme.Begin(ch, auth.Credential{Secret: g.token}, live)
	if err != nil {
		return nil, err
	}
	return &exchange{x, s.Client, g, cred}, nil
}

// exchange answers with a token that was made of the credential.
type exchange struct {
	auth.Exchange
	client *Client
	grant  *grant
	cred   auth.Credential
}

// Challenged tells a token that is spent, or too narrow, from one that proves the
// credential worthless.
func (x *exchange) Challenged(ch auth.Challenge) (auth.Verdict, error) {
	d, ok := demandOf(ch)
	kept := x.cred.Grant != nil // of an earlier run: no reason to make the same again
	if ok && (!x.grant.scope.covers(d.scope) || !kept && x.client.spent(x.grant)) {
		return auth.Renew, nil
	}
	if x.cred.Anonymous() {
		x.client.noAnonymous(x.grant.key.space)
	}
	return auth.Refused, nil
}

// Accepted returns the credential that the token was made of, and with it the
// token if that is worth keeping.
func (x *exchange) Accepted(f auth.Final) (auth.Credential, error) {
	c := x.cred
	if f.Status < 400 {
		c.Issued = x.client.proved(x.grant)
	}
	return c, nil
}
