package helper

import (
	"context"
	"errors"
	"slices"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// testOnlyNow stands in for the clock.
var testOnlyNow = time.Now

// keep stores what a tool gave as an unbound entry, marked with the protocol
// (RULES R15). What lies in an entry of that origin and account already makes
// nothing.
func (s *Server) keep(ctx context.Context, at site, protocol string, kind auth.Kind, c auth.Credential, expires time.Time) error {
	list, err := s.entries(at.origins[:1])
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Kind != kind || e.Account != c.User {
			continue
		}
		if have, err := s.Wallet.Keep.Store.Get(ctx, store.KeyOf(e)); err == nil && have.Secret.Equal(c.Secret) {
			return nil
		}
	}
	k := store.Key{
		Space: auth.Space{Party: auth.Server, Origin: at.origins[0]}, Kind: kind, Account: c.User, Unbound: true,
	}
	return s.Wallet.Add(ctx, k, c, index.Entry{Unbound: protocol, Prefixes: at.prefix(), Expires: expires})
}

// erase removes the unbound entries that the protocol made for the site and the
// user, of which "" is any; and only where the value matches, unless the protocol
// has none to compare (RULES R15). Nothing is no error.
func (s *Server) erase(ctx context.Context, at site, protocol, user string, matches func(auth.Secret) bool) error {
	list, err := s.entries(at.origins)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Unbound != protocol || user != "" && user != e.Account || !slices.Equal(e.Prefixes, at.prefix()) {
			continue
		}
		if matches != nil {
			c, err := s.Wallet.Keep.Store.Get(ctx, store.KeyOf(e))
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if !matches(c.Secret) {
				continue
			}
		}
		if err := s.Wallet.Remove(ctx, e); err != nil {
			return err
		}
	}
	return nil
}
