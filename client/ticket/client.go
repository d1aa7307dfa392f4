//go:build !windows

package ticket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"getin/client/auth"
	"getin/client/auth/negotiate"
)

// testOnlyNow stands in for the clock.
var testOnlyNow = time.Now

// serviceName is the first part of the name of every web server and proxy, RFC
// 4559 section 4.1.
const serviceName = "HTTP"

// Client gets tickets and holds them for a run. Getenv must be set; nothing is
// read before a ticket is wanted. It may be used by many goroutines at once and
// must not be copied.
type Client struct {
	Getenv func(string) string

	mu       sync.Mutex
	conf     *config
	confErr  error
	sessions []*session
	down     map[string]error // realms whose KDCs did not answer, which costs time
}

// session is what is held for one client.
type session struct {
	user     string      // as in the credential
	password auth.Secret // empty: from the cache
	tgt      held
	services map[string]held  // of hosts
	none     map[string]error // hosts that there is none for
}

func (c *Client) getenv(name string) string { return c.Getenv(name) }

// Acquire implements negotiate.Mechanism: it gets the ticket for the service at
// the host as well, so that nothing goes wrong later.
func (c *Client) Acquire(ctx context.Context, host string, have auth.Credential, anywhere bool) (auth.Credential, error) {
	conf, err := c.config()
	if err != nil {
		return auth.Credential{}, cannotStart(nil, "krb5.conf: %v", err)
	}
	mayAsk := anywhere || conf.realmOf(host) != "" // rule R9
	if have.Secret.Empty() {
		return c.fromCache(ctx, conf, host, have.User, mayAsk)
	}
	if !mayAsk {
		return auth.Credential{}, cannotStart(ErrRealm, "no realm is known for %s", host)
	}
	who := parsePrincipal(have.User, cmp.Or(conf.realm, conf.realmOf(host)))
	if who.realm == "" {
		return auth.Credential{}, cannotStart(ErrRealm, "no realm is known for %q", have.User)
	}
	s := c.session(have)
	if s == nil {
		tgt, err := c.login(ctx, conf, who, have.Secret)
		if err != nil {
			return auth.Credential{}, err
		}
		s = c.keep(&session{user: have.User, password: have.Secret, tgt: tgt})
	}
	_, err = c.ticketFor(ctx, conf, s, host)
	return have, err
}

// fromCache acquires the credential of a ticket that the user has got before.
func (c *Client) fromCache(ctx context.Context, conf *config, host, user string, mayAsk bool) (auth.Credential, error) {
	s, err := c.cached(conf, user)
	if err == nil {
		_, err = c.ticketFor(ctx, conf, s, host)
	}
	if err != nil {
		return auth.Credential{}, unaskable(err, host, mayAsk)
	}
	return auth.Credential{User: s.user, Kept: true}, nil
}

// unaskable makes of "no ticket" one that no person can mend, unless one may be
// asked for a password.
func unaskable(err error, host string, mayAsk bool) error {
	if mayAsk || !errors.Is(err, auth.ErrNoCredential) {
		return err
	}
	return cannotStart(ErrNoTicket, "%s, and no realm is known for %s", strings.TrimPrefix(err.Error(), "kerberos: "), host)
}

// Held implements negotiate.Mechanism.
func (c *Client) Held(host, user string, anywhere bool) (string, error) {
	conf, err := c.config()
	if err != nil {
		return "", cannotStart(nil, "krb5.conf: %v", err)
	}
	s, err := c.cached(conf, user)
	if err != nil {
		return "", unaskable(err, host, anywhere || conf.realmOf(host) != "")
	}
	return s.user, nil
}

// cached returns the session of the user's own ticket, of that user if one is
// named.
func (c *Client) cached(conf *config, user string) (*session, error) {
	list, name, err := c.caches(conf)
	if err != nil {
		return nil, noTicket("%v", err)
	}
	i := 0
	if user != "" {
		who := parsePrincipal(user, conf.realm)
		if i = slices.IndexFunc(list, func(k cache) bool { return k.client.equal(who) }); i < 0 {
			return nil, noTicket("no ticket of %s in %s", who, name)
		}
	}
	k, s := list[i], &session{services: map[string]held{}}
	s.user = k.client.String()
	if old := c.session(auth.Credential{User: s.user}); old != nil {
		return old, nil
	}
	now := testOnlyNow()
	for _, t := range k.tickets {
		switch {
		case !t.valid(now) || !t.client.equal(k.client):
		case t.server.forRealm() == k.client.realm && t.server.realm == k.client.realm:
			s.tgt = t
		case len(t.server.parts) == 2 && t.server.parts[0] == serviceName:
			s.services[t.server.parts[1]] = t
		}
	}
	if s.tgt.ticket == nil && len(s.services) == 0 {
		return nil, noTicket("the ticket of %s in %s has expired", s.user, name)
	}
	return c.keep(s), nil
}

// noTicket is an error that a person may mend, with a password.
func noTicket(format string, args ...any) error {
	return &failure{fmt.Sprintf(format, args...), []error{auth.ErrNoCredential, ErrNoTicket}}
}

// Begin implements negotiate.Mechanism.
func (c *Client) Begin(ctx context.Context, host string, cred auth.Credential, endPoint []byte) (negotiate.Context, error) {
	conf, err := c.config()
	if err != nil {
		return nil, err
	}
	s := c.session(cred)
	if s == nil {
		return nil, noTicket("no ticket of %s", cred.User)
	}
	t, err := c.ticketFor(ctx, conf, s, host)
	if err != nil {
		return nil, err
	}
	return &bound{ticket: t, endPoint: endPoint}, nil
}

// ticketFor returns the ticket for the service at the host, which it gets once.
func (c *Client) ticketFor(ctx context.Context, conf *config, s *session, host string) (held, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	c.mu.Lock()
	t, tgt, none := s.services[host], s.tgt, s.none[host]
	c.mu.Unlock()
	now := testOnlyNow()
	switch {
	case none != nil:
		return held{}, none
	case t.ticket != nil && t.valid(now):
		return t, nil
	case tgt.ticket == nil || !tgt.valid(now):
		return held{}, noTicket("the ticket of %s has expired", s.user)
	}
	t, err := c.serviceTicket(ctx, conf, tgt, serviceAt(conf, host))
	if errors.Is(err, ErrService) && conf.follow {
		if name := canonical(ctx, host); name != "" {
			if other, err2 := c.serviceTicket(ctx, conf, tgt, serviceAt(conf, name)); err2 == nil {
				t, err = other, nil
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		s.services[host] = t
	case errors.Is(err, ErrService):
		s.none[host] = err // the next request need not ask again
	}
	return t, err
}

func serviceAt(conf *config, host string) principal {
	return principal{kind: ntHost, parts: []string{serviceName, host}, realm: conf.realmOf(host)}
}

// canonical returns the name that the DNS gives a host of several, or "".
func canonical(ctx context.Context, host string) string {
	name, err := net.DefaultResolver.LookupCNAME(ctx, host)
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if err != nil || name == host {
		return ""
	}
	return name
}

func (c *Client) config() (*config, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conf == nil && c.confErr == nil {
		c.conf, c.confErr = readConfig(c.Getenv)
	}
	return c.conf, c.confErr
}

// session returns what is held for the credential, or nil.
func (c *Client) session(cred auth.Credential) *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		if s.user == cred.User && s.password.Equal(cred.Secret) && (s.tgt.ticket == nil || s.tgt.valid(testOnlyNow())) {
			return s
		}
	}
	return nil
}

func (c *Client) keep(s *session) *session {
	if s.services == nil {
		s.services = map[string]held{}
	}
	s.none = map[string]error{}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions = append(c.sessions, s)
	return s
}
