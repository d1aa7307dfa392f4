package store_test

import (
	"context"
	"fmt"
	"testing"

	"getin/client/auth"
	"getin/store"
)

func acquiring(q auth.Query, f func(account string) (auth.Credential, error)) auth.Query {
	q.Acquire = func(_ context.Context, account string) (auth.Credential, error) { return f(account) }
	return q
}

func ticketOf(user string) func(string) (auth.Credential, error) {
	return func(string) (auth.Credential, error) { return auth.Credential{User: user, Kept: true}, nil }
}

// What a scheme gets by itself comes after what is stored and before a person;
// a ticket is never stored, and serves no scheme that cannot find it.
func TestR9_Acquired(t *testing.T) {
	world := newWorld(t)
	plain := basic(t, page, "R")
	q := acquiring(plain, ticketOf("alice"))
	p := &person{says: []auth.Credential{cred("bob", "typed")}}
	run := world.asking(p)
	run.Saving = store.SaveAll
	c := fill(t, run, q, auth.Credential{User: "alice"})
	if !c.Kept {
		t.Error("it is not told to be kept elsewhere")
	}
	run.Settle(t.Context(), q, c, auth.Accepted)
	settled(t, run, q, auth.Credential{User: "alice"}, auth.Accepted)
	settled(t, run, plain, cred("bob", "typed"), auth.Undecided)
	closeRun(t, run)
	if p.asked() != 1 || world.calls("put") != 0 || len(world.file(auth.Server, "https://a.test").Entries) != 0 {
		t.Errorf("%d questions, %d saves", p.asked(), world.calls("put"))
	}
	world.stored(plain, "carol", "stored")
	settled(t, world.run(), q, cred("carol", "stored"), auth.Undecided)
}

// A ticket that was refused is not sent again: a person is asked.
func TestR2_AcquiredRefused(t *testing.T) {
	q := acquiring(basic(t, page, "R"), ticketOf("alice"))
	run := newWorld(t).asking(&person{says: []auth.Credential{cred("bob", "typed")}})
	settled(t, run, q, auth.Credential{User: "alice"}, auth.Rejected)
	fill(t, run, q, cred("bob", "typed"))
}

// The account that the user names is the one that is looked for; why there is
// none is told when nobody can be asked; what no person can mend asks none.
func TestAcquireErrors(t *testing.T) {
	missing := fmt.Errorf("no ticket for dave: %w", auth.ErrNoCredential)
	asked := ""
	q := acquiring(basic(t, page, "R"), func(account string) (auth.Credential, error) {
		asked = account
		return auth.Credential{}, missing
	})
	run := newWorld(t).run()
	run.Account = "dave"
	lacks(t, run, q, missing)
	lacks(t, run, q, auth.ErrNobody)
	if asked != "dave" {
		t.Errorf("looked for %q", asked)
	}
	p := &person{says: []auth.Credential{cred("bob", "typed")}}
	run = newWorld(t).asking(p)
	run.Renew = true
	q = acquiring(q, func(string) (auth.Credential, error) { return auth.Credential{}, auth.ErrCannotStart })
	lacks(t, run, q, auth.ErrCannotStart)
	if p.asked() != 0 {
		t.Error("a person was asked in vain")
	}
}

// --ask passes over a ticket, and so does a redirect that changes something.
func TestR5_AcquiredPassedOver(t *testing.T) {
	q := acquiring(basic(t, page, "R"), ticketOf("alice"))
	run := newWorld(t).asking(&person{says: []auth.Credential{cred("bob", "typed")}})
	run.Renew = true
	fill(t, run, q, cred("bob", "typed"))
	q.Redirected, q.Method = originOf(t, "https://typed.test"), "POST"
	lacks(t, newWorld(t).run(), q, auth.ErrNobody)
	q.Method = "GET"
	run = newWorld(t).run()
	told := notices(run)
	fill(t, run, q, auth.Credential{User: "alice"})
	if count(told, store.NoticeUsedAfterRedirect) != 1 {
		t.Errorf("told %v", *told)
	}
}
