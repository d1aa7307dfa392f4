package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

// forgetful takes what it is given and has nothing afterwards.
type forgetful struct{ storetest.Dir }

func (forgetful) Put(context.Context, store.Key, auth.Credential) error { return nil }

// stored returns an index with one entry, and the folder in which its secret
// lies.
func stored(t *testing.T) (*index.Index, storetest.Dir, index.Entry) {
	t.Helper()
	ix, from := index.Open(t.TempDir()), storetest.Dir{Path: t.TempDir()}
	w := &store.Wallet{Index: ix, Keep: store.Place{Name: "old", Store: from}}
	k := storetest.Key("https://a.test", "R", "alice")
	learnt := index.Entry{Strength: auth.StrengthBasic, Prefixes: []string{"/docs/"}, Last: "/docs/x", Default: true}
	if err := w.Add(t.Context(), k, auth.Credential{Secret: auth.NewSecret("sesame")}, learnt); err != nil {
		t.Fatal(err)
	}
	all, problems := ix.All()
	if len(all) != 1 || len(problems) != 0 {
		t.Fatal(all, problems)
	}
	return ix, from, all[0]
}

func TestCopyTakesWhatIsRemembered(t *testing.T) {
	ix, from, e := stored(t)
	to := storetest.Dir{Path: t.TempDir()}
	w := &store.Wallet{Index: ix, Keep: store.Place{Name: "new", Store: to}}
	for range 2 { // a second time, as after an interruption
		if err := w.Copy(t.Context(), e, store.Place{Name: "old", Store: from}); err != nil {
			t.Fatal(err)
		}
	}
	storetest.MustGet(t, to, store.KeyOf(e), "sesame")
	storetest.MustGet(t, from, store.KeyOf(e), "sesame")
	f, err := ix.Load(e.Space.Party, e.Space.Origin)
	if err != nil {
		t.Fatal(err)
	}
	got := f.Find(e.ID, "new")
	if len(f.Entries) != 2 || got == nil || got.State != index.Saved || got.Strength != e.Strength ||
		len(got.Prefixes) != 1 || got.Last != e.Last || !got.Default {
		t.Errorf("%+v", f.Entries)
	}
}

// RULES R3: what was not read back is not there.
func TestR3_CopyIsReadBack(t *testing.T) {
	ix, from, e := stored(t)
	to := forgetful{storetest.Dir{Path: t.TempDir()}}
	w := &store.Wallet{Index: ix, Keep: store.Place{Name: "new", Store: to}}
	if err := w.Copy(t.Context(), e, store.Place{Name: "old", Store: from}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestCopyReplacesNothing(t *testing.T) {
	ix, from, e := stored(t)
	to := storetest.Dir{Path: t.TempDir()}
	storetest.MustPut(t, to, store.KeyOf(e), "another")
	w := &store.Wallet{Index: ix, Keep: store.Place{Name: "new", Store: to}}
	if err := w.Copy(t.Context(), e, store.Place{Name: "old", Store: from}); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("got %v", err)
	}
	storetest.MustGet(t, to, store.KeyOf(e), "another")
}

// A lost index comes back from what lies in the store, for every key.
func TestRebuild(t *testing.T) {
	ix, dir := index.Open(t.TempDir()), storetest.Dir{Path: t.TempDir()}
	keys := storetest.NearKeys()
	for _, k := range keys {
		storetest.MustPut(t, dir, k, "sesame")
	}
	w := &store.Wallet{Index: ix, Keep: store.Place{Name: "here", Store: dir}}
	found, restored, err := w.Rebuild(t.Context())
	if err != nil || found != len(keys) || len(restored) != len(keys) {
		t.Fatalf("%d found, %d restored of %d, %v", found, len(restored), len(keys), err)
	}
	all, _ := ix.All()
	ids := map[string]bool{}
	for _, e := range all {
		ids[store.KeyOf(e).ID()] = true
	}
	for _, k := range keys {
		if !ids[k.ID()] {
			t.Errorf("not restored: %+v", k)
		}
	}
	if _, restored, err := w.Rebuild(t.Context()); err != nil || len(restored) != 0 {
		t.Errorf("a second time: %d, %v", len(restored), err)
	}
}

// A save that was interrupted after its item lay there is ended.
func TestRebuildEndsWhatIsPending(t *testing.T) {
	ix, dir, e := stored(t)
	err := ix.Update(t.Context(), e.Space.Party, e.Space.Origin, func(f *index.File) error {
		f.Entries[0].State, f.Entries[0].Saved = index.Pending, time.Time{}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &store.Wallet{Index: ix, Keep: store.Place{Name: "old", Store: dir}}
	if found, restored, err := w.Rebuild(t.Context()); err != nil || found != 1 || len(restored) != 0 {
		t.Errorf("%d found, restored %v, %v", found, restored, err)
	}
	if all, _ := ix.All(); all[0].State != index.Saved || all[0].Saved.IsZero() {
		t.Errorf("%+v", all[0])
	}
}
