package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"getin/client/auth"
	"getin/store/index"
)

// ErrDiffers: another secret lies there under the same key.
var ErrDiffers = errors.New("another secret lies there already")

// rebuilt is who brought an unbound entry that the index had lost: who did so
// first is not known any more (RULES R14).
const rebuilt = "rebuild"

// Copy puts the entry's credential, which lies in from, into Keep as well, and
// reads it back. It replaces nothing: when Keep has another secret for the key,
// the error wraps ErrDiffers. What is remembered of the entry goes with it.
// Nothing is changed in from.
func (w *Wallet) Copy(ctx context.Context, e index.Entry, from Place) error {
	if !w.keeps() || from.Store == nil {
		return ErrNowhere
	}
	k := KeyOf(e)
	c, err := from.Store.Get(ctx, k)
	if err != nil {
		return by(from.Name, err)
	}
	there, err := w.has(ctx, k, c)
	if err != nil {
		return by(w.Keep.Name, err)
	}
	// The entry is written in any case: an earlier Copy may have been
	// interrupted.
	e.Store = w.Keep.Name
	if err := w.save(ctx, k, c, e); err != nil || there {
		return err
	}
	return w.readBack(ctx, k, c)
}

// Copied reads an entry back that was copied, once all were: a store that keeps
// one account of a server has the last one alone.
func (w *Wallet) Copied(ctx context.Context, e index.Entry, from Place) error {
	c, err := from.Store.Get(ctx, KeyOf(e))
	if err != nil {
		return by(from.Name, err)
	}
	return w.readBack(ctx, KeyOf(e), c)
}

// readBack looks whether Keep has what was put there.
func (w *Wallet) readBack(ctx context.Context, k Key, c auth.Credential) error {
	there, err := w.has(ctx, k, c)
	if err == nil && !there {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: not what was put there: %w", w.Keep.Name, err)
	}
	return nil
}

// has reports whether that very credential lies in Keep.
func (w *Wallet) has(ctx context.Context, k Key, c auth.Credential) (bool, error) {
	got, err := w.Keep.Store.Get(ctx, k)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case !Same(k, got, c):
		return false, ErrDiffers
	}
	return true, nil
}

// Same reports whether the two are stored alike under the key: the secret, and
// what stands behind it.
func Same(k Key, a, b auth.Credential) bool {
	x, err := Encode(k, a)
	if err != nil {
		return false
	}
	defer clear(x)
	y, err := Encode(k, b)
	defer clear(y)
	return err == nil && bytes.Equal(x, y)
}

// Rebuild lists what lies in Keep and restores the entries that the index has
// lost. What was remembered of them beside (paths, schemes, consents) is lost.
// It returns how many credentials were found, and which entries were restored.
// An error that wraps ErrDamaged comes after the rest was done.
func (w *Wallet) Rebuild(ctx context.Context) (found int, restored []index.Entry, err error) {
	list, ok := w.Keep.Store.(Lister)
	if !w.keeps() || !ok {
		return 0, nil, ErrNowhere
	}
	keys, err := list.List(ctx)
	if err != nil {
		err = by(w.Keep.Name, err)
	}
	for _, k := range keys {
		e := index.Entry{
			ID: k.ID(), Space: k.Space, Kind: k.Kind, Account: k.Account, Scope: k.Scope,
			Store: w.Keep.Name, State: index.Saved, Saved: testOnlyNow(),
		}
		if k.Unbound {
			e.Unbound = rebuilt
		}
		fresh := false
		failed := w.Index.Update(ctx, k.Space.Party, k.Space.Origin, func(f *index.File) error {
			if old := f.Find(e.ID, e.Store); old != nil {
				old.State = index.Saved // the item is there
				if old.Saved.IsZero() {
					old.Saved = e.Saved // the save was interrupted
				}
				return nil
			}
			f.Put(e)
			fresh = true
			return nil
		})
		w.stale(site{k.Space.Party, k.Space.Origin})
		if failed != nil {
			return len(keys), restored, failed
		}
		if fresh {
			restored = append(restored, e)
		}
	}
	return len(keys), restored, err
}
