package token

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"getin/client/auth"
)

// testOnlyNow stands in for the clock.
var testOnlyNow = time.Now

// margin is how long before its end a token is not sent any more, unless that is
// more than a tenth of its life: a request on its way, and clocks that differ.
const margin = 10 * time.Second

// Client gets tokens and holds them for a run. Nothing is done before one is
// wanted. It may be used by many goroutines at once and must not be copied.
type Client struct {
	// Do sends a request and follows no redirect. addrs, when there are any, are
	// the only addresses that the host may have: what was looked at is what is
	// connected to.
	Do func(req *http.Request, addrs []netip.Addr) (*http.Response, error)

	// Lookup returns the addresses of an origin's host. None, and no error:
	// somebody else resolves the name (a proxy), or the user has said where it
	// is.
	Lookup func(context.Context, auth.Origin) ([]netip.Addr, error)

	// Notify is told of each token, and of every other secret that a server
	// gives, before it is used. Nil: nobody is.
	Notify func(token auth.Secret)

	// Person signs in, as long as Present says that somebody is there; it is
	// called before anything is fetched for the sake of a person. Nil: nobody
	// does; somebody is.
	Person  Person
	Present func(context.Context) bool

	// Permit asks for consent to a concern, as client.Client.Consent does. Nil:
	// nobody consents.
	Permit func(context.Context, auth.Concern) error

	// Renew makes what is held new, by f, for the query's space: one process at
	// a time, with what lies in the store by then, and stores what f returns, if
	// that is another, before it returns it itself. Nil: f is called with have,
	// and nothing is stored.
	Renew func(ctx context.Context, q auth.Query, have auth.Credential, f func(context.Context, auth.Credential) (auth.Credential, error)) (auth.Credential, error)

	// Registered returns the client that getin is registered as at the issuer, or
	// "", and Remember takes note of one, or forgets it with "". Nil: none is
	// remembered.
	Registered func(issuer string) (clientID string)
	Remember   func(ctx context.Context, issuer, clientID string)

	// Await waits while another process has somebody sign in for the query's
	// space, and returns what lies in the store by then. Until that is settled,
	// or release is called, others wait. Nil: nobody waits.
	Await func(ctx context.Context, q auth.Query) (c auth.Credential, found bool, release func())

	// Use is what the user has said about signing in.
	Use Use

	mu     sync.Mutex
	grants []*grant
	named  map[auth.Space]bool // an anonymous token does not do there
	places map[auth.Space]*place
	dead   []auth.Secret // tokens not to be sent any more
	issued []auth.Secret // in this run, and not accepted yet
	nonces map[auth.Origin]string
}

// key is what sets the tokens of one account apart. The space's origin is in it:
// a token for one registry never goes to another (RFC 9700 section 4.10).
type key struct {
	space         auth.Space
	service, user string
}

// grant is a token.
type grant struct {
	key     key
	secret  auth.Secret // of the account; empty: anonymous
	scope   scope
	token   auth.Secret
	expires time.Time

	proven bool // it was accepted. Client.mu guards it

	// Of one that is worth keeping for later runs (it lives long enough) and is
	// not kept yet, for what it was wanted and by whom it was issued. Client.mu
	// guards both.
	name, issuer string
}

func (g *grant) expired() bool { return !testOnlyNow().Before(g.expires) }

// keepLife is what a token must live for at least, to be worth keeping.
const keepLife = time.Minute

// lifetime returns until when a token is sent that lives so long from now.
func lifetime(d time.Duration) time.Time { return testOnlyNow().Add(d - min(margin, d/10)) }

// grant returns a token for the demand, one that is held or a new one.
func (c *Client) grant(ctx context.Context, d demand, sp auth.Space, have auth.Credential) (*grant, error) {
	k := key{sp, d.service, have.User}
	c.mu.Lock()
	c.grants = slices.DeleteFunc(c.grants, (*grant).expired)
	wanted := d.scope
	for _, g := range c.grants {
		if g.key != k || !g.secret.Equal(have.Secret) {
			continue
		}
		if g.scope.covers(d.scope) {
			c.mu.Unlock()
			return g, nil
		}
		wanted = wanted.widened(g.scope)
	}
	named := c.named[sp]
	c.mu.Unlock()
	if named && have.Anonymous() {
		return nil, auth.ErrNoCredential
	}
	name := d.name()
	d.scope = wanted
	got, err := c.fetch(ctx, d, sp.Origin, have)
	switch {
	case errors.Is(err, auth.ErrRefused) && have.Anonymous():
		c.noAnonymous(sp)
		return nil, fmt.Errorf("%w: %v", auth.ErrNoCredential, err)
	case err != nil:
		return nil, err
	}
	if c.Notify != nil {
		c.Notify(got.token)
	}
	g := &grant{key: k, secret: have.Secret, scope: wanted, token: got.token, expires: lifetime(got.life)}
	if got.life > keepLife && !have.Anonymous() {
		g.name, g.issuer = name, d.realm.String()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grants = append(c.grants, g)
	return g, nil
}

// spent drops a token that was refused, and reports whether that is the token's
// fault alone: it was good before, or its time is over.
func (c *Client) spent(g *grant) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grants = slices.DeleteFunc(c.grants, func(h *grant) bool { return h == g })
	return g.proven || g.expired()
}

// proved notes that a token was accepted. It returns the token, the first time,
// when it is worth keeping.
func (c *Client) proved(g *grant) *auth.Credential {
	c.mu.Lock()
	defer c.mu.Unlock()
	g.proven = true
	if g.name == "" {
		return nil
	}
	kept := &auth.Grant{Issuer: g.issuer, Resource: g.key.service, Scope: g.name, Type: "Bearer", Expires: g.expires.Round(0)}
	g.name = ""
	return &auth.Credential{User: g.key.user, Secret: g.token, Grant: kept}
}

// noAnonymous notes that the space wants to know who asks.
func (c *Client) noAnonymous(sp auth.Space) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.named == nil {
		c.named = map[auth.Space]bool{}
	}
	c.named[sp] = true
}
