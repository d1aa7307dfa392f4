package store

import (
	"context"
	"errors"

	"getin/client/auth"
)

// acquired returns what the scheme gets without a person, or nil.
func (f *fill) acquired(ctx context.Context) (*holding, error) {
	c, got, err := f.acquire(ctx)
	if !got {
		return nil, err
	}
	h := f.unrefused(f.hold(f.space, holding{credential: c, kind: f.query.Wants, source: fromScheme}))
	if h != nil && !c.Anonymous() {
		f.tellRedirect(c)
	}
	return h, nil
}

// acquire gets a credential from the scheme, if it has one and it is wanted. The
// scheme says first whether a person can help at all, so it is asked even when
// nothing that it returns would be wanted.
func (f *fill) acquire(ctx context.Context) (c auth.Credential, got bool, err error) {
	if f.query.Acquire == nil {
		return c, false, nil
	}
	f.mu.Lock()
	silent := f.space.silent
	f.mu.Unlock()
	if silent != nil && f.query.Person {
		return c, false, silent
	}
	c, err = f.query.Acquire(ctx, f.account)
	switch {
	case errors.Is(err, auth.ErrNoCredential):
		if err != auth.ErrNoCredential { // it says more than that
			f.unacquired = err
		}
		return c, false, nil
	case err != nil:
		return c, false, f.hush(err)
	case f.query.Person && c.Grant != nil: // somebody has signed in just now
		return c, true, nil
	}
	return c, !f.Renew && (!f.redirected || f.safe()), nil // else a person decides (--ask; RULES R5)
}

// usable reports whether the scheme can begin with the credential: one without
// a secret is good for a scheme that knows where it lies.
func (f *fill) usable(c auth.Credential) bool { return !c.Kept || f.query.Acquire != nil }
