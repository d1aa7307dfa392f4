package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// tidyTime is how long the index may take when a save has failed and its own
// time is over: an fsync on a slow disk.
const tidyTime = 5 * time.Second

// testOnlyStep is called after each step of a save and of a removal.
var testOnlyStep = func(string) {}

// ErrNowhere: there is no store to save in, or none of the entry's name.
var ErrNowhere = errors.New("no such store in use")

// saves reports whether an accepted credential of that source is saved (RULES
// R4).
func (w *Wallet) saves(s source, given int) bool {
	if w.Saving == SaveNone || !w.keeps() {
		return false
	}
	switch s {
	case fromPerson, fromScheme:
		return true
	case fromGiven:
		g := &w.Given[given]
		return !g.Never && (g.Save || w.Saving == SaveAll)
	case fromHelper:
		return w.Helper.Keeps || w.Saving == SaveAll
	}
	return false
}

// saveAccepted saves what was accepted, tells what became of it, and reports
// whether it is saved.
func (w *Wallet) saveAccepted(ctx context.Context, q auth.Query, c auth.Credential, e index.Entry) bool {
	k := Key{Space: q.Space, Kind: q.Wants, Account: c.User}
	n := Notice{Kind: NoticeSaved, Space: q.Space, Account: c.User, Place: w.Keep.Name, ID: k.ID()}
	if err := w.save(ctx, k, c, e); err != nil {
		n.Kind, n.Err = NoticeNotSaved, err
		w.mu.Lock()
		w.unkept = append(w.unkept, err)
		w.mu.Unlock()
	}
	if errors.Is(n.Err, ErrUnavailable) {
		w.notifyOnce(n) // no store is there, for no realm: to hear it once will do
		return false
	}
	w.notify(n)
	return n.Err == nil
}

// Add stores a credential under the key, in Keep, without a request: login and
// realms add. Of the entry, what says where it answers is taken: Strength,
// Charset, Domain, Prefixes, Last and Default. The error wraps ErrNowhere, one
// of the store's, or the index's.
func (w *Wallet) Add(ctx context.Context, k Key, c auth.Credential, e index.Entry) error {
	if !w.keeps() {
		return ErrNowhere
	}
	c.User = k.Account
	return w.save(ctx, k, c, e)
}

// save stores the credential in three steps, so that no item lies anywhere that
// the index does not list (RULES R3): the entry, pending; the item; the entry,
// saved.
func (w *Wallet) save(ctx context.Context, k Key, c auth.Credential, learnt index.Entry) error {
	at := site{k.Space.Party, k.Space.Origin}
	defer w.stale(at)
	e := learnt
	e.ID, e.Space, e.Kind, e.Account, e.Store = k.ID(), k.Space, k.Kind, k.Account, w.Keep.Name
	if c.Grant != nil {
		e.TakeGrant(tokenOf(c))
	}
	var before *index.Entry
	put := func(s index.State) func(*index.File) error {
		return func(f *index.File) error {
			now := e
			if old := f.Find(e.ID, e.Store); old != nil {
				keep := *old
				before = &keep
				now = *old
				now.Used, now.Last, now.Default, now.Unbound = e.Used, e.Last, e.Default || old.Default, e.Unbound
				_ = merge(&now, e) // written whether it is news or not
			}
			if now.State = s; s == index.Saved {
				now.Saved = testOnlyNow()
			}
			f.Put(now)
			f.Accept(e.Strength, directory(e.Last)...)
			return nil
		}
	}
	if err := w.Index.Update(ctx, at.party, at.origin, put(index.Pending)); err != nil {
		return err
	}
	testOnlyStep("pending")
	was := before
	if err := w.Keep.Store.Put(ctx, k, c); err != nil {
		w.undo(ctx, at, e, was, err)
		return by(w.Keep.Name, err)
	}
	testOnlyStep("stored")
	if err := w.Index.Update(ctx, at.party, at.origin, put(index.Saved)); err != nil {
		return err
	}
	testOnlyStep("saved")
	return nil
}

// by says which place an error is of, unless it says so itself.
func by(place string, err error) error {
	if kind, _, _ := strings.Cut(place, ":"); strings.HasPrefix(err.Error(), kind+":") {
		return err
	}
	return fmt.Errorf("%s: %w", place, err)
}

// undo takes a pending entry back when its item was surely not stored. When that
// is not sure (the store did not answer in time and may yet put it there) the
// entry stays, and the next run that meets it looks.
func (w *Wallet) undo(ctx context.Context, at site, e index.Entry, was *index.Entry, why error) {
	sure := errors.Is(why, ErrLocked) || errors.Is(why, ErrTooLarge) || errors.Is(why, ErrDenied) || errors.Is(why, ErrUnavailable)
	if !sure || ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	w.update(ctx, at, func(f *index.File) error {
		now := f.Find(e.ID, e.Store)
		switch {
		case now == nil || now.State != index.Pending:
		case was != nil:
			f.Put(*was)
		default:
			f.Remove(e.ID, e.Store)
		}
		return nil
	})
}

// mend ends what an interrupted process left half done: an entry whose item is
// there becomes saved, one without goes.
func (w *Wallet) mend(e index.Entry, found bool) {
	w.later(func(ctx context.Context) {
		w.update(ctx, site{e.Space.Party, e.Space.Origin}, func(f *index.File) error {
			now := f.Find(e.ID, e.Store)
			switch {
			case now == nil || now.State != index.Pending:
			case found:
				now.State = index.Saved
				if now.Saved.IsZero() {
					now.Saved = testOnlyNow()
				}
			default:
				f.Remove(e.ID, e.Store)
			}
			return nil
		})
	})
}

// Remove removes the entry's item and the entry, in the reverse order of saving
// (RULES R3). When the item cannot be removed, the entry stays and the error,
// which wraps the store's or ErrNowhere, says so. An item that is gone already
// is no error. With a password go the tokens that were issued for it.
func (w *Wallet) Remove(ctx context.Context, e index.Entry) error {
	from := w.place(e.Store)
	if from == nil || w.Index == nil {
		return fmt.Errorf("%s: %w", e.Store, ErrNowhere)
	}
	for _, t := range w.issuedFor(e) {
		if err := w.Remove(ctx, t); err != nil {
			return err
		}
	}
	at := site{e.Space.Party, e.Space.Origin}
	defer w.stale(at)
	shared := false
	state := func(s index.State) func(*index.File) error {
		return func(f *index.File) error {
			if now := f.Find(e.ID, e.Store); now != nil {
				now.State = s
			}
			shared = sharesItem(from, e, f.Entries)
			return nil
		}
	}
	if err := w.Index.Update(ctx, at.party, at.origin, state(index.Pending)); err != nil {
		return err
	}
	testOnlyStep("pending")
	if err := deleteItem(ctx, from, e, shared); err != nil && !errors.Is(err, ErrNotFound) {
		tidy, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
		defer cancel()
		w.update(tidy, at, state(e.State))
		return fmt.Errorf("not removed from %s: %w", e.Store, err)
	}
	testOnlyStep("deleted")
	return w.Index.Update(ctx, at.party, at.origin, func(f *index.File) error {
		f.Remove(e.ID, e.Store)
		return nil
	})
}

// deleteItem deletes the entry's item, unless it is that of another entry too.
func deleteItem(ctx context.Context, from Store, e index.Entry, shared bool) error {
	if shared {
		return nil
	}
	return from.Delete(ctx, KeyOf(e))
}

// sharesItem reports whether another of the entries, which are of one origin,
// lies in the entry's item. One that is being removed does not count: of two that
// go at once the later takes the item along.
func sharesItem(from Store, e index.Entry, entries []index.Entry) bool {
	m, ok := from.(Merging)
	return ok && slices.ContainsFunc(entries, func(other index.Entry) bool {
		return other.Store == e.Store && other.ID != e.ID && other.State == index.Saved && m.Same(KeyOf(other), KeyOf(e))
	})
}

// place returns the place of that name, or nil.
func (w *Wallet) place(name string) Store {
	if w.Keep.Name == name && w.Keep.Store != nil {
		return w.Keep.Store
	}
	for _, p := range w.Others {
		if p.Name == name {
			return p.Store
		}
	}
	return nil
}
