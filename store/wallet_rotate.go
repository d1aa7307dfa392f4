package store

import (
	"context"
	"fmt"

	"getin/client/auth"
	"getin/store/index"
)

// Rotate puts the next token of a grant in the place of the one that is held, of
// which f makes it. Of all processes one at a time does; f is given what lies in
// the store by then. What f returns is stored before it is returned, whatever is
// saved otherwise (Saving): a server that rotates refresh tokens takes the old
// one no more, and to leave that in the store would end the grant. A grant that
// is not stored is none of the store's business. The error is f's, or ctx's.
func (w *Wallet) Rotate(ctx context.Context, q auth.Query, have auth.Credential, f func(context.Context, auth.Credential) (auth.Credential, error)) (auth.Credential, error) {
	k := Key{Space: q.Space, Kind: auth.Token, Account: have.User}
	if !w.keeps() || have.Given {
		return f(ctx, have)
	}
	release, err := w.Index.Lock(ctx, k.ID())
	if ctx.Err() != nil {
		return auth.Credential{}, fmt.Errorf("waiting for another process: %w", context.Cause(ctx))
	}
	if err == nil {
		defer release() // without the lock the token is refreshed all the same
	}
	at := site{q.Space.Party, q.Space.Origin}
	e := w.rotated(at, k)
	if e == nil {
		return f(ctx, have)
	}
	now, err := w.Keep.Store.Get(ctx, k)
	if err != nil || now.Grant == nil {
		now = have
	}
	next, err := f(ctx, now)
	if err != nil {
		return auth.Credential{}, err
	}
	if !next.Equal(now) || !next.Grant.Refresh.Equal(now.Grant.Refresh) {
		w.replace(ctx, k, next, *e)
		e = w.rotated(at, k)
	}
	h := holding{credential: next, kind: k.Kind, source: fromStore, saved: true}
	if e != nil {
		h.entry = *e
	}
	w.rotatedTo(w.space(q.Space), have, h)
	return next, nil
}

// rotatedTo notes that in this run the next token stands for the one before, which
// may have been lent.
func (w *Wallet) rotatedTo(s *space, have auth.Credential, next holding) {
	w.hold(s, next)
	w.mu.Lock()
	defer w.mu.Unlock()
	if next.entry.ID != "" {
		s.seen[next.entry.ID] = next.entry.Saved
	}
	if s.holder != nil && s.holder.credential.Equal(have) {
		s.holder.renewed = true
	}
}

// rotated returns the entry of the key as it lies in the index now, or nil.
func (w *Wallet) rotated(at site, k Key) *index.Entry {
	f := w.load(at)
	return f.Find(k.ID(), w.Keep.Name)
}

// replace stores the next token, though the request that wants it be over.
func (w *Wallet) replace(ctx context.Context, k Key, next auth.Credential, e index.Entry) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	if err := w.save(ctx, k, next, e); err != nil {
		w.mu.Lock()
		w.unkept = append(w.unkept, err)
		w.mu.Unlock()
		w.notify(Notice{Kind: NoticeNotSaved, Space: k.Space, Account: k.Account, Place: w.Keep.Name, ID: k.ID(), Err: err})
	}
}
