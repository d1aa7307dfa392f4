package store

import (
	"context"
	"errors"

	"getin/client/auth"
)

// acquired returns what the scheme gets without a person, or nil. It says first
// whether a person can help at all, so it is called even when nothing that it
// returns would be wanted.
func (f *fill) acquired(ctx context.Context) (*holding, error) {
	if f.query.Acquire == nil {
		return nil, nil
	}
	f.mu.Lock()
	silent := f.space.silent
	f.mu.Unlock()
	if silent != nil && f.query.Person {
		return nil, silent
	}
	c, err := f.query.Acquire(ctx, f.account)
	switch {
	case errors.Is(err, auth.ErrNoCredential):
		if err != auth.ErrNoCredential { // it says more than that
			f.unacquired = err
		}
		return nil, nil
	case err != nil:
		return nil, f.hush(err)
	case f.query.Person && c.Grant != nil: // somebody has signed in just now
	case f.Renew, f.redirected && !f.safe():
		return nil, nil // a person decides (--ask; RULES R5)
	}
	h := f.unrefused(f.hold(f.space, holding{credential: c, kind: f.query.Wants, source: fromScheme}))
	if h != nil && !c.Anonymous() {
		f.tellRedirect(c)
	}
	return h, nil
}

// usable reports whether the scheme can begin with the credential: one without
// a secret is good for a scheme that knows where it lies.
func (f *fill) usable(c auth.Credential) bool { return !c.Kept || f.query.Acquire != nil }
