package store_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// unbound puts an entry of https://a.test into the world that knows no realm.
func (w world) unbound(user, secret string, paths ...string) index.Entry {
	w.t.Helper()
	k := store.Key{
		Space: auth.Space{Party: auth.Server, Origin: originOf(w.t, "https://a.test")}, Kind: auth.Password,
		Account: user, Unbound: true,
	}
	e := index.Entry{Unbound: "git", Prefixes: paths}
	run := &store.Wallet{Keep: store.Place{Name: "keyring", Store: w.keep}, Index: w.ix}
	if err := run.Add(w.t.Context(), k, cred(user, secret), e); err != nil {
		w.t.Fatal(err)
	}
	f := w.file(auth.Server, "https://a.test")
	return *f.Find(k.ID(), "keyring")
}

// It answers the first challenge of its origin, and is of that realm from then
// on.
func TestR14_UnboundBecomesBound(t *testing.T) {
	world := newWorld(t)
	world.unbound("alice", "right")
	run := world.run()
	told := notices(run)
	settled(t, run, basic(t, page, "R"), cred("alice", "right"), auth.Accepted)
	closeRun(t, run)
	e := world.only()
	if e.Unbound != "" || e.Space.Realm != "R" || !e.Space.HasRealm || e.State != index.Saved || e.Strength != auth.StrengthBasic ||
		len(e.Prefixes) != 1 || e.Prefixes[0] != "/docs/" || e.ID != store.KeyOf(e).ID() {
		t.Errorf("entry %+v", e)
	}
	if n, err := world.keep.Items(); n != 1 || err != nil {
		t.Errorf("%d items, %v", n, err)
	}
	if count(told, store.NoticeSaved) != 1 {
		t.Errorf("notices %v", *told)
	}
	u, _ := url.Parse(page)
	if r := world.run().Recall(t.Context(), auth.Server, u); !r.Ready {
		t.Error("once bound it goes unasked")
	}
}

// Never unasked, never to a proxy, never after a redirect, at no other origin.
func TestR14_UnboundOnlyWhereItIsAsked(t *testing.T) {
	world := newWorld(t)
	world.unbound("alice", "right", "/")
	u, _ := url.Parse(page)
	if r := world.run().Recall(t.Context(), auth.Server, u); r.Ready {
		t.Error("an unbound entry went before a challenge")
	}
	redirected := basic(t, page, "R")
	redirected.Redirected = originOf(t, "https://b.test")
	absent := redirected // a challenge without a realm is no unbound space
	absent.Space.Realm, absent.Space.HasRealm = "", false
	proxy := basic(t, page, "R")
	proxy.Space.Party = auth.Proxy
	for what, q := range map[string]auth.Query{
		"after a redirect": redirected, "after a redirect, without a realm": absent, "to a proxy": proxy,
		"to another port": basic(t, "https://a.test:444/", "R"), "in clear": basic(t, "http://a.test/", "R"),
		"to a longer name": basic(t, "https://a.test.attacker.test/", "R"),
	} {
		if c, err := world.run().Fill(t.Context(), q); !errors.Is(err, auth.ErrNobody) {
			t.Errorf("%s: %s, %v", what, c.User, err)
		}
	}
	if n := world.calls("get"); n != 0 {
		t.Errorf("the keyring was asked %d times", n)
	}
}

// What the first realm refused is not tried in the next; and it stays stored
// (R2).
func TestR14_UnboundAnswersOneRealm(t *testing.T) {
	world := newWorld(t)
	world.unbound("alice", "wrong")
	run := world.run()
	settled(t, run, basic(t, page, "R"), cred("alice", "wrong"), auth.Rejected)
	lacks(t, run, basic(t, page, "R"), auth.ErrNobody)
	lacks(t, run, basic(t, page, "S"), auth.ErrNobody)
	closeRun(t, run)
	if e := world.only(); e.Unbound != "git" || e.Refused != 1 {
		t.Errorf("entry %+v", e)
	}
}

// An entry of the realm goes first, and an absent realm is no unbound one.
func TestR14_BoundGoesFirst(t *testing.T) {
	world := newWorld(t)
	world.unbound("alice", "loose")
	q := basic(t, page, "R")
	world.stored(q, "alice", "bound")
	run := world.run()
	settled(t, run, q, cred("alice", "bound"), auth.Rejected)
	settled(t, run, q, cred("alice", "loose"), auth.Undecided)
	absent := q
	absent.Space.Realm, absent.Space.HasRealm = "", false
	lacks(t, run, absent, auth.ErrNobody)
}

// One that is for some paths answers there; with --no-save it stays what it is.
func TestR14_UnboundKeepsToItsPaths(t *testing.T) {
	world := newWorld(t)
	world.unbound("alice", "right", "/team/")
	lacks(t, world.run(), basic(t, page, "R"), auth.ErrNobody)
	run := world.run()
	run.Saving = store.SaveNone
	settled(t, run, basic(t, "https://a.test/team/x/y", "R"), cred("alice", "right"), auth.Accepted)
	closeRun(t, run)
	if e := world.only(); e.Unbound != "git" || len(e.Prefixes) != 1 || e.Prefixes[0] != "/team/" {
		t.Errorf("entry %+v", e)
	}
	run = world.run()
	settled(t, run, basic(t, "https://a.test/team/x/y", "R"), cred("alice", "right"), auth.Accepted)
	closeRun(t, run)
	if e := world.only(); e.Unbound != "" || len(e.Prefixes) != 1 || e.Prefixes[0] != "/team/x/" {
		t.Errorf("entry %+v", e)
	}
}

// helped begins a run with a helper that has bob's password, and counts calls.
func (w world) helped(keeps bool, calls *int, err error) *store.Wallet {
	run := w.run()
	run.Helper = &store.Helper{Name: "git:x", Keeps: keeps, Get: func(_ context.Context, _ auth.Query, account string) (auth.Credential, error) {
		*calls++
		if account != "" && account != "bob" {
			return auth.Credential{}, store.ErrNotFound
		}
		return cred("bob", "builder"), err
	}}
	return run
}

// A helper's credential is as an unbound entry: after a challenge, at the origin
// that was typed, in one realm.
func TestR14_HelperAnswersTheFirstChallenge(t *testing.T) {
	world := newWorld(t)
	calls := 0
	run := world.helped(false, &calls, nil)
	u, _ := url.Parse(page)
	if r := run.Recall(t.Context(), auth.Server, u); r.Ready || calls != 0 {
		t.Error("the helper was asked before a challenge")
	}
	redirected, proxy := basic(t, page, "R"), basic(t, page, "R")
	redirected.Redirected = originOf(t, "https://b.test")
	proxy.Space.Party = auth.Proxy
	lacks(t, run, redirected, auth.ErrNobody)
	lacks(t, run, proxy, auth.ErrNobody)
	settled(t, run, basic(t, page, "R"), cred("bob", "builder"), auth.Rejected)
	lacks(t, run, basic(t, page, "R"), auth.ErrNobody)
	lacks(t, run, basic(t, page, "S"), auth.ErrNobody)
	if calls != 1 {
		t.Errorf("the helper was called %d times", calls)
	}
	settled(t, world.helped(false, &calls, nil), basic(t, page, "R"), cred("bob", "builder"), auth.Accepted)
	if f := world.file(auth.Server, "https://a.test"); len(f.Entries) != 0 {
		t.Errorf("what a helper gave was saved: %+v", f.Entries)
	}
}

// What is stored goes before the helper, and a person after it. One that fails
// is told, and is the reason when nobody is there.
func TestHelperBetweenStoreAndPerson(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "bob", "stored")
	calls := 0
	run := world.helped(false, &calls, nil)
	run.Person = &person{says: []auth.Credential{cred("bob", "typed")}}
	settled(t, run, q, cred("bob", "stored"), auth.Rejected)
	settled(t, run, q, cred("bob", "builder"), auth.Rejected)
	settled(t, run, q, cred("bob", "typed"), auth.Accepted)

	failing := errors.New("it crashed")
	other := basic(t, "https://b.test/", "R")
	run = world.helped(false, &calls, failing)
	alone := other
	alone.Person = false
	lacks(t, run, alone, auth.ErrNoCredential)
	lacks(t, run, other, auth.ErrStore)
	lacks(t, world.helped(false, &calls, failing), other, failing)
	run = world.helped(false, &calls, failing)
	run.Person = &person{says: []auth.Credential{cred("bob", "typed")}}
	told := notices(run)
	settled(t, run, other, cred("bob", "typed"), auth.Undecided)
	if count(told, store.NoticeStoreFailed) != 1 {
		t.Errorf("notices %v", *told)
	}
}

// A helper that is the store as well gets back what was accepted, and the index
// remembers it.
func TestHelperThatKeeps(t *testing.T) {
	world := newWorld(t)
	calls := 0
	run := world.helped(true, &calls, nil)
	settled(t, run, basic(t, page, "R"), cred("bob", "builder"), auth.Accepted)
	closeRun(t, run)
	if e := world.only(); e.Account != "bob" || e.Unbound != "" || e.Space.Realm != "R" {
		t.Errorf("entry %+v", e)
	}
}
