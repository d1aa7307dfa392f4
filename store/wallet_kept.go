package store

import (
	"context"
	"errors"
	"slices"

	"getin/client/auth"
	"getin/store/index"
)

// kept returns the stored credential that answers, or nil.
func (f *fill) kept(ctx context.Context) (*holding, error) {
	list := f.candidates()
	if len(list) == 0 {
		list = f.unbound()
	}
	if len(list) == 0 {
		return nil, nil
	}
	e, err := f.choose(ctx, list)
	if err != nil || e == nil {
		return nil, err
	}
	if e.Unbound != "" && !f.offer(e.ID) {
		return nil, nil // it answers the first challenge of its origin
	}
	f.mu.Lock()
	f.space.account = e.Account
	f.mu.Unlock()
	if e.Refused >= refusedRuns && !f.Insist {
		f.refusedBefore = true // it takes a person (RULES R2)
		return nil, nil
	}
	h, err := f.fetch(ctx, *e)
	if h != nil {
		f.tellRedirect(h.credential)
	}
	return h, err
}

// candidates returns the entries of this very space that were not looked at in
// this run, in the version that lies there now.
func (f *fill) candidates() []index.Entry {
	if !f.keeps() || f.Renew || f.redirected && !f.safe() {
		return nil
	}
	file := f.load(site{f.query.Space.Party, f.query.Space.Origin})
	var list []index.Entry
	for _, e := range file.Entries {
		if e.Unbound != "" || !f.covered(e) || e.Kind != f.query.Wants || f.account != "" && e.Account != f.account {
			continue
		}
		if f.here(e) && f.open(e) {
			list = append(list, e)
		}
	}
	return list
}

// covered reports whether the entry is of the query's space. A token that nobody
// has issued for one resource (realms add) is for all that its realm has.
func (f *fill) covered(e index.Entry) bool {
	want := f.query.Space
	if e.Kind == auth.Token && e.Issuer == "" && e.Space.Resource == "" {
		want.Resource = ""
	}
	return e.Space == want
}

// here reports whether the entry lies in the store in use; of one that does not,
// it is told.
func (f *fill) here(e index.Entry) bool {
	if e.Store == f.Keep.Name {
		return true
	}
	f.notifyOnce(Notice{Kind: NoticeElsewhere, Space: e.Space, Account: e.Account, Place: e.Store, ID: e.ID})
	return false
}

// open reports whether the entry is still to be tried in this run: in another
// version than the one looked at, and of no other account than the one that was
// chosen.
func (f *fill) open(e index.Entry) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.space.another || f.space.account != "" && f.space.account != e.Account {
		return false
	}
	seen, ok := f.space.seen[e.ID]
	return !ok || !seen.Equal(e.Saved)
}

// choose decides among several accounts (RULES R10); nil is none of them.
func (f *fill) choose(ctx context.Context, list []index.Entry) (*index.Entry, error) {
	if e, ok := pick(list, f.url); ok {
		return &e, nil
	}
	if !f.query.Person || f.Person == nil {
		f.several = accounts(list)
		return nil, nil
	}
	name, err := f.Person.Account(ctx, f.query, accounts(list))
	if err != nil {
		return nil, f.hush(err)
	}
	i := slices.IndexFunc(list, func(e index.Entry) bool { return e.Account == name })
	if i < 0 {
		f.mu.Lock()
		f.space.another = true
		f.mu.Unlock()
		return nil, nil
	}
	return &list[i], nil
}

// fetch reads the entry's secret. A nil holding without an error means that it
// cannot be had, or was refused already.
func (f *fill) fetch(ctx context.Context, e index.Entry) (*holding, error) {
	f.mu.Lock()
	f.space.seen[e.ID] = e.Saved
	f.space.failed = f.failed
	failed := f.failed
	f.mu.Unlock()
	if failed != nil {
		return nil, nil // it is not asked again in this run
	}
	if h := f.held(f.space, e); h != nil {
		return f.unrefused(h), nil
	}
	c, err := f.Keep.Store.Get(ctx, KeyOf(e))
	if e.State == index.Pending && (err == nil || errors.Is(err, ErrNotFound)) {
		f.mend(e, err == nil)
	}
	switch {
	case err == nil:
		return f.unrefused(f.hold(f.space, holding{credential: c, kind: e.Kind, source: fromStore, entry: e})), nil
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	f.storeFailed(e, err)
	return nil, nil
}

func (f *fill) unrefused(h *holding) *holding {
	if f.wasRefused(f.space, h.credential) {
		return nil
	}
	return h
}

// storeFailed remembers that the place does not answer, so that neither a person
// nor another request waits for it again (RULES R12).
func (f *fill) storeFailed(e index.Entry, err error) {
	f.mu.Lock()
	f.space.failed = err
	if !isOfEntry(err) {
		f.failed = err
	}
	f.mu.Unlock()
	if f.Person != nil {
		f.notifyOnce(Notice{Kind: NoticeStoreFailed, Space: e.Space, Account: e.Account, Place: e.Store, ID: e.ID, Err: err})
	}
}

// again looks once more, after a wait for the terminal (RULES R11).
func (f *fill) again(ctx context.Context) *holding {
	list := f.candidates()
	if len(list) == 0 {
		return nil
	}
	// Of several, the newest is what a person has just typed elsewhere.
	e := slices.MaxFunc(list, func(a, b index.Entry) int { return a.Saved.Compare(b.Saved) })
	if e.Refused >= refusedRuns {
		return nil
	}
	h, err := f.fetch(ctx, e)
	if err != nil {
		return nil // the question is put instead
	}
	return h
}
