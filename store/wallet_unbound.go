package store

import (
	"context"
	"errors"
	"fmt"

	"getin/client/auth"
	"getin/store/index"
)

// Helper is another program's store, which knows origins and accounts and no
// realms. What it has is as an unbound entry (RULES R14): it answers the first
// challenge of its origin, and nothing else.
type Helper struct {
	Name string // for people: "git:cache"

	// Get returns what the program has for the query's origin and the account,
	// of which "" is any, or an error that wraps ErrNotFound.
	Get func(ctx context.Context, q auth.Query, account string) (auth.Credential, error)

	// Keeps: the program is the Keep of the wallet as well, so what it gave and
	// a server accepted is saved there, and remembered.
	Keeps bool
}

// unbound returns the unbound entries that may answer: at a server that the user
// named himself, and below the paths that an entry is for.
func (f *fill) unbound() []index.Entry {
	if !f.keeps() || f.Renew || f.redirected || f.query.Space.Party != auth.Server {
		return nil
	}
	file := f.load(site{f.query.Space.Party, f.query.Space.Origin})
	var list []index.Entry
	for _, e := range file.Entries {
		if e.Unbound == "" || e.Kind != f.query.Wants || f.account != "" && e.Account != f.account {
			continue
		}
		if len(e.Prefixes) > 0 && e.Covering(f.url) == "" {
			continue
		}
		if f.here(e) && f.open(e) {
			list = append(list, e)
		}
	}
	return list
}

// offer reports whether what is bound to no realm may answer in this space: the
// first that asked for it in this run.
func (f *fill) offer(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	first, ok := f.offered[id]
	if !ok {
		if f.offered == nil {
			f.offered = map[string]auth.Space{}
		}
		f.offered[id] = f.query.Space
	}
	return !ok || first == f.query.Space
}

// helped returns what the helper has, or nil.
func (f *fill) helped(ctx context.Context) (*holding, error) {
	if f.Helper == nil || f.Renew || f.redirected || f.query.Space.Party != auth.Server || !f.offer("helper of "+f.query.Space.Origin.String()) {
		return nil, nil
	}
	f.mu.Lock()
	again := f.space.helped
	f.space.helped = true
	f.mu.Unlock()
	if again {
		return nil, nil // it would say the same
	}
	c, err := f.Helper.Get(ctx, f.query, f.account)
	switch {
	case err == nil:
		return f.unrefused(f.hold(f.space, holding{credential: c, kind: f.query.Wants, source: fromHelper})), nil
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	f.mu.Lock()
	f.space.unhelpful = fmt.Errorf("helper %s: %w", f.Helper.Name, err)
	f.mu.Unlock()
	if f.Person != nil {
		f.notifyOnce(Notice{Kind: NoticeStoreFailed, Space: f.query.Space, Place: "helper " + f.Helper.Name, Err: err})
	}
	return nil, nil
}

// binds reports whether what was accepted lies in an unbound entry, which is now
// to become one of its realm. Wallet.mu is held.
func (w *Wallet) binds(h *holding) bool {
	return h.source == fromStore && h.entry.Unbound != "" && w.Saving != SaveNone && w.keeps()
}

// rebind makes the holding's entry one of the query's space, and returns what it
// was. Wallet.mu is held.
func (h *holding) rebind(q auth.Query) index.Entry {
	was := h.entry
	k := Key{Space: q.Space, Kind: q.Wants, Account: h.credential.User}
	// The paths that it was for are no paths where it may go unasked.
	h.entry = index.Entry{ID: k.ID(), Space: k.Space, Kind: k.Kind, Account: k.Account, Store: was.Store, Default: was.Default}
	h.noted = false
	return was
}

// discard removes an unbound entry whose credential is bound now. One that stays
// is tried in no realm that has an entry of its own.
func (w *Wallet) discard(ctx context.Context, e index.Entry) {
	if err := w.Remove(ctx, e); err != nil {
		w.notifyOnce(Notice{Kind: NoticeIndexFailed, Err: err})
	}
}
