package store_test

import (
	"fmt"
	"testing"
	"time"

	"getin/client/auth"
)

// bearerFor returns the query of a Bearer challenge of a resource; "" is none.
func bearerFor(t *testing.T, target, resource string) auth.Query {
	t.Helper()
	ch := auth.Challenge{Scheme: "bearer", Params: []auth.Param{{Name: "realm", Value: "API"}}}
	if resource != "" {
		ch.Params = append(ch.Params, auth.Param{Name: "resource_metadata", Value: resource})
	}
	return auth.Query{
		Space: ch.Space(auth.Server, originOf(t, target)), Scheme: "Bearer", Strength: auth.StrengthBearer,
		Wants: auth.Token, Target: target, Challenge: ch, Person: true, Method: "GET",
	}
}

func issued(token, refresh, scope string, expires time.Time) auth.Credential {
	return auth.Credential{Secret: auth.NewSecret(token), Grant: &auth.Grant{
		Issuer: "https://as.test", Scope: scope, Refresh: auth.NewSecret(refresh), Expires: expires,
	}}
}

// I7: tokens of two resources of one realm are kept apart; one that the user has
// stored for the realm is for both.
func TestI7_Resources(t *testing.T) {
	const one, other = "https://a.test/m/1", "https://a.test/m/2"
	world := newWorld(t)
	world.stored(bearerFor(t, page, one), "", "first")
	settled(t, world.run(), bearerFor(t, page, one), cred("", "first"), auth.Accepted)
	lacks(t, world.run(), bearerFor(t, page, other), auth.ErrNobody)
	lacks(t, world.run(), bearerFor(t, page, ""), auth.ErrNobody)

	world = newWorld(t)
	world.stored(bearerFor(t, page, ""), "", "own")
	settled(t, world.run(), bearerFor(t, page, one), cred("", "own"), auth.Accepted)
	settled(t, world.run(), bearerFor(t, page, other), cred("", "own"), auth.Accepted)
}

// What somebody has signed in for is stored with what stands behind it, and what
// takes its place in a later run as well, in the one entry that there is.
func TestR3_SignedIn(t *testing.T) {
	world := newWorld(t)
	later := time.Now().Add(time.Hour).Truncate(time.Second)
	q := acquiring(bearerFor(t, page, "https://a.test/m"), func(string) (auth.Credential, error) {
		return issued("at-1", "rt-1", "read", later), nil
	})
	first := world.asking(&person{})
	settled(t, first, q, cred("", "at-1"), auth.Accepted)
	closeRun(t, first)
	e := world.only()
	if e.Issuer != "https://as.test" || e.Scope != "read" || !e.Refreshable || !e.Expires.Equal(later) || len(e.Prefixes) != 1 {
		t.Errorf("entry %+v", e)
	}

	for _, accepted := range []bool{false, true} {
		run := world.run()
		q.Acquire = nil
		held := fill(t, run, q, cred("", "at-1"))
		if held.Grant == nil || held.Grant.Refresh.Reveal() != "rt-1" {
			t.Fatalf("held %+v", held.Grant)
		}
		if accepted {
			run.Settle(t.Context(), q, held, auth.Accepted) // and then it is too narrow
		}
		run.Settle(t.Context(), q, issued("at-2", "", "read write", time.Time{}), auth.Accepted)
		closeRun(t, run)
		e = world.only()
		if e.Scope != "read write" || e.Refreshable || !e.Expires.IsZero() || len(e.Prefixes) != 1 {
			t.Errorf("entry %+v", e)
		}
		got := fill(t, world.run(), q, cred("", "at-2"))
		if got.Grant == nil || got.Grant.Scope != "read write" {
			t.Errorf("stored %+v", got.Grant)
		}
		back := world.run()
		fill(t, back, q, cred("", "at-2"))
		back.Settle(t.Context(), q, issued("at-1", "rt-1", "read", later), auth.Accepted)
		closeRun(t, back)
	}
}

// R11: who will not sign in is not asked again in the run, and a person who signs
// in anew (--ask) is not asked for a token after that.
func TestR11_SignIn(t *testing.T) {
	world := newWorld(t)
	asked := 0
	q := acquiring(bearerFor(t, page, "https://a.test/m"), func(string) (auth.Credential, error) {
		asked++
		return auth.Credential{}, fmt.Errorf("sign-in: %w", auth.ErrDeclined)
	})
	p := &person{}
	run := world.asking(p)
	for range 3 {
		lacks(t, run, q, auth.ErrDeclined)
	}
	if asked != 1 || p.asked() != 0 {
		t.Errorf("%d sign-ins, %d questions", asked, p.asked())
	}

	again := world.asking(p)
	again.Renew = true
	settled(t, again, acquiring(q, func(string) (auth.Credential, error) { return issued("at", "", "", time.Time{}), nil }), cred("", "at"), auth.Accepted)
	if p.asked() != 0 {
		t.Errorf("%d questions", p.asked())
	}
}

// R11: while somebody signs in for one process the others wait, and take what is
// stored then; when nothing comes of it, the next one's turn is.
func TestR11_SignInOfAnotherProcess(t *testing.T) {
	for _, signed := range []bool{true, false} {
		world := newWorld(t)
		q := bearerFor(t, page, "https://a.test/m")
		first, second := world.run(), world.run()
		if _, found, _ := first.AwaitSignIn(t.Context(), q); found {
			t.Fatal("found in an empty store")
		}
		type result struct {
			token string
			found bool
		}
		done := make(chan result)
		go func() {
			c, found, release := second.AwaitSignIn(t.Context(), q)
			release()
			done <- result{c.Secret.Reveal(), found}
		}()
		select {
		case r := <-done:
			t.Fatalf("did not wait: %+v", r)
		case <-time.After(50 * time.Millisecond): // it can only be seen not to have ended
		}
		if signed {
			first.Settle(t.Context(), q, issued("at", "rt", "read", time.Time{}), auth.Accepted)
		} else {
			first.Settle(t.Context(), q, issued("at", "rt", "read", time.Time{}), auth.Undecided)
		}
		if r := <-done; r.found != signed || r.found && r.token != "at" {
			t.Errorf("signed in %v: %+v", signed, r)
		}
	}
}
