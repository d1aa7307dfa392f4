package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/store"
)

func concern(t *testing.T, r auth.Risk) auth.Concern {
	return auth.Concern{Risk: r, Query: basic(t, page, "R"), User: "alice", Key: "sha256//one", Stronger: auth.StrengthDigestSHA256, Issuer: auth.Origin{Scheme: "https", Host: "auth.example", Port: 443}}
}

func consents(t *testing.T, w *store.Wallet, c auth.Concern, want bool) {
	t.Helper()
	err := w.Consent(t.Context(), c)
	if (err == nil) != want || err != nil && !errors.Is(err, auth.ErrNotAllowed) {
		t.Errorf("consent: %v", err)
	}
}

// Nobody there, nothing remembered: no.
func TestR6_NobodyConsents(t *testing.T) {
	for _, r := range []auth.Risk{auth.ClearText, auth.Unverified, auth.Downgrade, auth.Elsewhere} {
		consents(t, newWorld(t).run(), concern(t, r), false)
		consents(t, &store.Wallet{}, concern(t, r), false)
	}
}

// "Always" is remembered for that space and risk; once and no hold for the run.
func TestR6_AnswersAndTheirReach(t *testing.T) {
	for answer, remembered := range map[store.Answer]bool{store.No: false, store.Once: false, store.Always: true} {
		for _, r := range []auth.Risk{auth.ClearText, auth.Unverified, auth.Downgrade, auth.Elsewhere} {
			world := newWorld(t)
			p := &person{consent: answer}
			w := world.asking(p)
			c := concern(t, r)
			consents(t, w, c, answer != store.No)
			consents(t, w, c, answer != store.No)
			if len(p.concerns) != 1 {
				t.Errorf("answer %v to %v: %d questions", answer, r, len(p.concerns))
			}
			// A weaker scheme is never agreed to for good.
			consents(t, world.run(), c, remembered && r != auth.Downgrade)
			other := c
			other.Query = basic(t, page, "another realm")
			consents(t, world.run(), other, false)
		}
	}
}

// A yes to one token server is none to another.
func TestD2_OnceForEachIssuer(t *testing.T) {
	world := newWorld(t)
	c := concern(t, auth.Elsewhere)
	consents(t, world.asking(&person{consent: store.Always}), c, true)
	c.Issuer.Host = "auth.evil.example"
	consents(t, world.run(), c, false)
}

// Agreeing to clear text is not agreeing to anything else.
func TestR6_RisksAreApart(t *testing.T) {
	world := newWorld(t)
	consents(t, world.asking(&person{consent: store.Always}), concern(t, auth.ClearText), true)
	consents(t, world.run(), concern(t, auth.Unverified), false)
	consents(t, world.run(), concern(t, auth.Downgrade), false)
}

// For another key than the one agreed to, the run stops loudly and asks nobody.
func TestR7_AnotherKeyStops(t *testing.T) {
	world := newWorld(t)
	c := concern(t, auth.Unverified)
	consents(t, world.asking(&person{consent: store.Always}), c, true)
	c.Key = "sha256//two"
	p := &person{consent: store.Always}
	err := world.asking(p).Consent(t.Context(), c)
	var changed *store.KeyChangedError
	if !errors.As(err, &changed) || !errors.Is(err, auth.ErrNotAllowed) || len(p.concerns) != 0 {
		t.Errorf("error %v after %d questions", err, len(p.concerns))
	}
	if err != nil && (!strings.Contains(err.Error(), "sha256//one") || !strings.Contains(err.Error(), "sha256//two")) {
		t.Errorf("the keys are not named: %v", err)
	}
}

// A yes for once is for that key alone.
func TestR7_OnceIsForOneKey(t *testing.T) {
	p := &person{consent: store.Once}
	w := newWorld(t).asking(p)
	c := concern(t, auth.Unverified)
	consents(t, w, c, true)
	c.Key = "sha256//two"
	consents(t, w, c, true)
	if len(p.concerns) != 2 {
		t.Errorf("%d questions for two keys", len(p.concerns))
	}
}

// From a peer that was let through for once nothing else is learnt: neither is
// the password saved, nor is a strength or a path remembered.
func TestR7_NothingElseIsLearnt(t *testing.T) {
	for answer, want := range map[store.Answer]int{store.Once: 0, store.Always: 1} {
		world := newWorld(t)
		w := world.asking(&person{consent: answer, says: []auth.Credential{cred("alice", "typed")}})
		c := concern(t, auth.Unverified)
		consents(t, w, c, true)
		settled(t, w, c.Query, cred("alice", "typed"), auth.Accepted)
		settled(t, w, c.Query, cred("alice", "typed"), auth.Accepted)
		closeRun(t, w)
		f := world.file(auth.Server, page)
		if n, _ := world.keep.Items(); n != want || len(f.Entries) != want || len(f.Strengths) != want {
			t.Errorf("answer %v: %d items, %+v", answer, n, f)
		}
	}
}

// Twenty parallel requests, one question.
func TestR11_OneConsent(t *testing.T) {
	p := &person{consent: store.Once}
	w := newWorld(t).asking(p)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() { consents(t, w, concern(t, auth.ClearText), true) })
	}
	wait.Wait()
	if len(p.concerns) != 1 {
		t.Errorf("%d questions", len(p.concerns))
	}
}

// ^C at the question ends the program, not just the request.
func TestConsentInterrupted(t *testing.T) {
	err := newWorld(t).asking(&person{err: auth.ErrCanceled}).Consent(t.Context(), concern(t, auth.ClearText))
	if !errors.Is(err, auth.ErrCanceled) || !errors.Is(err, auth.ErrNotAllowed) {
		t.Errorf("error %v", err)
	}
}
