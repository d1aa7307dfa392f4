package store

import (
	"context"
	"slices"

	"getin/client/auth"
	"getin/store/index"
)

// maxIssued is how many tokens are kept for the passwords of one origin: what
// takes tokens by the hundred works through a catalogue, and comes back to few.
const maxIssued = 20

// issued returns a token that an earlier run was given for what the query wants,
// for a password that is stored; or nil.
func (f *fill) issued(ctx context.Context) (*holding, error) {
	if f.query.Scope == "" || !f.keeps() || f.Renew || f.redirected && !f.safe() {
		return nil, nil
	}
	file := f.load(site{f.query.Space.Party, f.query.Space.Origin})
	list := slices.DeleteFunc(slices.Clone(file.Entries), func(e index.Entry) bool {
		mine := e.Space == f.query.Space && e.Scope == f.query.Scope && (f.account == "" || f.account == e.Account)
		return !mine || !lives(e) || e.Store != f.Keep.Name || e.State != index.Saved
	})
	e, ok := pick(list, f.url)
	if !ok {
		return nil, nil
	}
	h, err := f.fetch(ctx, e)
	if h != nil {
		f.tellRedirect(h.credential)
	}
	return h, err
}

// lives reports whether the entry is a token of kind Access that may be sent.
func lives(e index.Entry) bool { return e.Kind == auth.Access && testOnlyNow().Before(e.Expires) }

// keepsIssued reports whether a token is kept that was issued for what is held:
// where that is stored itself. Wallet.mu is held.
func (w *Wallet) keepsIssued(h *holding) bool {
	return w.saves(h.source, h.given) || h.source == fromStore && w.Saving != SaveNone && w.keeps()
}

// keepIssued keeps a token until it expires. That it cannot is no loss: the next
// run is given another.
func (w *Wallet) keepIssued(ctx context.Context, q auth.Query, c auth.Credential, of index.Entry) {
	w.issuing.Lock()
	defer w.issuing.Unlock()
	k := Key{Space: q.Space, Kind: auth.Access, Account: c.User, Scope: c.Grant.Scope}
	learnt := index.Entry{Strength: q.Strength, Prefixes: directory(of.Last), Last: of.Last, Used: testOnlyNow()}
	if w.save(ctx, k, c, learnt) != nil {
		return
	}
	f := w.load(site{q.Space.Party, q.Space.Origin})
	kept := keepIf(f.Entries, func(e index.Entry) bool { return e.Kind == auth.Access && e.Store == w.Keep.Name })
	slices.SortFunc(kept, func(a, b index.Entry) int { return b.Expires.Compare(a.Expires) })
	for i, e := range kept {
		if i >= maxIssued || !lives(e) {
			w.discard(ctx, e)
		}
	}
}

// dropIssued removes a token that was refused, for the next is had for the asking.
// That one may lie in its place by now: then it stays.
func (w *Wallet) dropIssued(ctx context.Context, e index.Entry) {
	w.issuing.Lock()
	defer w.issuing.Unlock()
	f, err := w.Index.Load(e.Space.Party, e.Space.Origin)
	if err != nil {
		return
	}
	if now := f.Find(e.ID, e.Store); now != nil && now.Saved.Equal(e.Saved) {
		w.discard(ctx, *now)
	}
}

// issuedFor returns the tokens that are kept beside a password.
func (w *Wallet) issuedFor(e index.Entry) []index.Entry {
	if e.Kind != auth.Password {
		return nil
	}
	f := w.load(site{e.Space.Party, e.Space.Origin})
	return keepIf(f.Entries, func(t index.Entry) bool { return IsIssuedFor(t, e) })
}

// IsIssuedFor reports whether the entry t is a token that is kept beside e. It goes
// with that when e is removed.
func IsIssuedFor(t, e index.Entry) bool {
	return t.Kind == auth.Access && e.Kind == auth.Password && t.Space == e.Space && t.Account == e.Account && t.Store == e.Store
}
