package cli

import (
	"context"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/store"
)

// watched returns the same place, with stores that make known to the mask every
// secret that goes through them.
func watched(m *mask.Mask, p store.Place) store.Place {
	if p.Store != nil {
		p.Store = watchedStore{p.Store, m}
	}
	if p.Quiet != nil {
		p.Quiet = watchedStore{p.Quiet, m}
	}
	return p
}

type watchedStore struct {
	store.Store
	mask *mask.Mask
}

// Get implements store.Store.
func (w watchedStore) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	w.mask.Expect()
	c, err := w.Store.Get(ctx, k)
	w.mask.Add(c)
	return c, err
}

// Put implements store.Store.
func (w watchedStore) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	w.mask.Add(c)
	return w.Store.Put(ctx, k, c)
}

// List implements store.Lister: an error that wraps store.ErrNowhere is that of a
// store which cannot.
func (w watchedStore) List(ctx context.Context) ([]store.Key, error) {
	w.mask.Expect()
	if l, ok := w.Store.(store.Lister); ok {
		return l.List(ctx)
	}
	return nil, store.ErrNowhere
}

// Same implements store.Merging.
func (w watchedStore) Same(a, b store.Key) bool {
	m, ok := w.Store.(store.Merging)
	return ok && m.Same(a, b)
}
