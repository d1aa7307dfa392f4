package store_test

import (
	"errors"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// R10, in its order: named, longest path, default, last used, menu, error.
func TestR10_Accounts(t *testing.T) {
	q := basic(t, page, "R")
	at := func(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }
	stored := func(t *testing.T, alice, bob func(*index.Entry)) world {
		world := newWorld(t)
		world.stored(q, "alice", "A", alice)
		world.stored(q, "bob", "B", bob)
		return world
	}
	plain := func(*index.Entry) {}
	wide := func(e *index.Entry) { e.Prefixes = []string{"/"}; e.Default = true; e.Used = at(9) }
	t.Run("named", func(t *testing.T) {
		w := stored(t, wide, wide).run()
		w.Account = "bob"
		settled(t, w, q, cred("bob", "B"), auth.Accepted)
		w = stored(t, wide, wide).run()
		w.Account = "carol"
		lacks(t, w, q, auth.ErrNobody)
		if r := w.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
			t.Errorf("%s goes unasked for carol", r.Credential.User)
		}
	})
	for name, bob := range map[string]func(*index.Entry){
		"longest path": func(e *index.Entry) { e.Prefixes = []string{"/docs/"}; e.Used = at(1) },
		"default":      func(e *index.Entry) { e.Prefixes = []string{"/"}; e.Default = true; e.Used = at(1) },
		"last used":    func(e *index.Entry) { e.Prefixes = []string{"/"}; e.Used = at(10) },
	} {
		t.Run(name, func(t *testing.T) {
			alice := func(e *index.Entry) { wide(e); e.Default = name == "longest path" }
			settled(t, stored(t, alice, bob).run(), q, cred("bob", "B"), auth.Accepted)
			r := stored(t, alice, bob).run().Recall(t.Context(), auth.Server, parse(t, page))
			if !r.Ready || r.Credential.User != "bob" {
				t.Errorf("unasked goes %v %q", r.Ready, r.Credential.User)
			}
		})
	}
	t.Run("menu", func(t *testing.T) {
		world := stored(t, plain, plain)
		p := &person{account: "bob"}
		settled(t, world.asking(p), q, cred("bob", "B"), auth.Accepted)
		if len(p.menus) != 1 || len(p.menus[0]) != 2 || p.asked() != 0 {
			t.Errorf("menus %v, %d questions", p.menus, p.asked())
		}
	})
	t.Run("another", func(t *testing.T) {
		p := &person{says: []auth.Credential{cred("carol", "C")}}
		w := stored(t, plain, plain).asking(p)
		settled(t, w, q, cred("carol", "C"), auth.Rejected)
		lacks(t, w, q, auth.ErrDeclined)
		if len(p.menus) != 1 {
			t.Errorf("menus %v", p.menus)
		}
	})
	t.Run("nobody", func(t *testing.T) {
		w := stored(t, plain, plain).run()
		_, err := w.Fill(t.Context(), q)
		var several *store.AccountsError
		if !errors.Is(err, auth.ErrNobody) || !errors.As(err, &several) || len(several.Accounts) != 2 {
			t.Errorf("error %v", err)
		}
		if r := w.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
			t.Errorf("%s goes unasked", r.Credential.User)
		}
	})
}

// A refused account does not make the next one of the space be tried.
func TestR10_NoSprayingOfAccounts(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "A", func(e *index.Entry) { e.Default = true })
	world.stored(q, "bob", "B")
	w := world.run()
	settled(t, w, q, cred("alice", "A"), auth.Rejected)
	lacks(t, w, q, auth.ErrNobody)
}
