package token

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"getin/client/auth"
	"getin/client/auth/bearer"
)

const (
	dpopName = "DPoP"
	useNonce = "use_dpop_nonce" // RFC 9449 sections 8 and 9
)

// DPoP is the scheme of RFC 9449 section 7: a token that is worth nothing without
// the key that it is bound to.
type DPoP struct{ Client *Client }

// Name returns "DPoP".
func (DPoP) Name() string { return dpopName }

// Traits are those of a token that nobody types. A challenge that does without
// our algorithm is refused.
func (DPoP) Traits(ch auth.Challenge) (auth.Traits, error) {
	t, err := bearer.Scheme{}.Traits(ch)
	if algs, ok := ch.Param("algs"); err == nil && ok && !slices.Contains(strings.Fields(algs), algES256) {
		err = fmt.Errorf("dpop: algorithms %s not supported", shown(algs))
	}
	t.SignsIn = true
	return t, err
}

// Acquire implements auth.Acquirer.
func (s DPoP) Acquire(ctx context.Context, q auth.Query, have auth.Credential, _ func(context.Context, auth.Query) (auth.Credential, error)) (auth.Credential, error) {
	return s.Client.acquire(ctx, q, have)
}

// acquire is oauth; a token that it returns is for the query's origin alone.
func (c *Client) acquire(ctx context.Context, q auth.Query, have auth.Credential) (auth.Credential, error) {
	got, err := c.oauth(ctx, q, have)
	if got.Grant != nil {
		got.Made = q.Space.Origin
	}
	return got, err
}

// Begin takes a token that is bound to a key, and no other.
func (s DPoP) Begin(_ auth.Challenge, cred auth.Credential, _ *auth.Live) (auth.Exchange, error) {
	if !isBound(cred.Grant) {
		return nil, fmt.Errorf("dpop: %w: the token is bound to no key", auth.ErrCredential)
	}
	return s.Client.prover(cred)
}

// isBound reports whether the grant's token goes with a proof. It goes in no
// other way.
func isBound(g *auth.Grant) bool { return g != nil && strings.EqualFold(g.Type, dpopName) }

// proven answers with a token and a proof of holding its key.
type proven struct {
	granted
	key   *ecdsa.PrivateKey
	at    auth.Origin
	fresh bool // a nonce has come since the last answer
	again bool // the answer has been repeated for one
}

// prover answers with the token of a grant that is bound to a key.
func (c *Client) prover(cred auth.Credential) (auth.Exchange, error) {
	at, ok := cred.Made.(auth.Origin)
	if !ok {
		return nil, fmt.Errorf("dpop: %w: it is not known whom the token is for", auth.ErrCredential)
	}
	if !c.fresh(cred) {
		return nil, fmt.Errorf("dpop: %w: the token has expired", auth.ErrCredential)
	}
	key, err := keyOf(cred.Grant.Key)
	if err != nil {
		return nil, err
	}
	// What is no token is no DPoP token either.
	if _, err := (bearer.Scheme{}).Begin(auth.Challenge{}, cred, nil); err != nil {
		return nil, err
	}
	return &proven{granted: granted{client: c, cred: cred}, key: key, at: at}, nil
}

// Answer returns the token and the proof.
func (x *proven) Answer(_ context.Context, p *auth.Party, m auth.Message) ([]auth.Field, error) {
	u, err := url.ParseRequestURI(m.Target)
	if err != nil {
		return nil, fmt.Errorf("dpop: %w", err)
	}
	u.Scheme, u.Host = x.at.Scheme, x.at.HostPort()
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; port != "" {
		u.Host = strings.TrimSuffix(u.Host, port) // RFC 9449 section 4.3: normalized
	}
	x.fresh = false
	signed, err := dpopProof(x.key, m.Method, u, x.client.nonce(x.at), x.cred.Secret)
	if err != nil {
		return nil, err
	}
	return []auth.Field{{Name: p.Answer, Value: dpopName + " " + x.cred.Secret.Reveal()}, {Name: "DPoP", Value: signed}}, nil
}

// Observe implements auth.Observer: the server's nonce, RFC 9449 section 9.
func (x *proven) Observe(field func(name string) string) {
	x.fresh = x.client.takeNonce(x.at, field("DPoP-Nonce")) || x.fresh
}

// Continues implements auth.Continuer: who wants a nonce need not name the space
// again, as in the example of RFC 9449 section 9.
func (*proven) Continues(ch auth.Challenge) bool {
	code, _ := ch.Param("error")
	return code == useNonce
}

// Challenged repeats the answer once when a nonce was missing in it. A proof that
// does not do says nothing against the token.
func (x *proven) Challenged(ch auth.Challenge) (auth.Verdict, error) {
	switch code, _ := ch.Param("error"); code {
	case useNonce:
		if !x.fresh || x.again {
			return auth.Refused, errors.New("dpop: the server wants another nonce than it gives")
		}
		x.again = true
		return auth.Continue, nil
	case "invalid_dpop_proof":
		return auth.Refused, errors.New("dpop: the server does not accept the proof of the token's key: is the clock of this machine right?")
	}
	return x.granted.Challenged(ch)
}
