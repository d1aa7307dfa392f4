package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// A refusal costs neither the item nor the entry; it is counted, once a run.
func TestR2_RejectionErasesNothing(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	for run := 1; run <= 2; run++ {
		w := world.run()
		told := notices(w)
		settled(t, w, q, cred("alice", "stored"), auth.Rejected)
		w.Settle(t.Context(), q, cred("alice", "stored"), auth.Rejected) // of a request in parallel
		lacks(t, w, q, auth.ErrNobody)
		closeRun(t, w)
		if e := world.only(); e.Refused != run || e.RefusedAt.IsZero() || e.State != index.Saved {
			t.Errorf("after run %d: %+v", run, e)
		}
		if count(told, store.NoticeRefused) != 1 {
			t.Errorf("told %+v", *told)
		}
	}
	if n, _ := world.keep.Items(); n != 1 || world.calls("delete") != 0 {
		t.Errorf("%d items are left", n)
	}
}

// After three runs of refusal it takes a person; the account is not locked by a
// cron job.
func TestR2_ThreeRunsThenAPerson(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	for range 3 {
		w := world.run()
		settled(t, w, q, cred("alice", "stored"), auth.Rejected)
		closeRun(t, w)
	}
	lacks(t, world.run(), q, auth.ErrRefusedBefore)
	first := q
	first.Person = false
	lacks(t, world.run(), first, auth.ErrNoCredential)
	p := &person{says: []auth.Credential{cred("alice", "new")}}
	w := world.asking(p)
	settled(t, w, q, cred("alice", "new"), auth.Accepted)
	if p.questions[0].User != "alice" || p.questions[0].Refused {
		t.Errorf("asked %+v", p.questions[0])
	}
	closeRun(t, w)
	if e := world.only(); e.Refused != 0 || !e.RefusedAt.IsZero() {
		t.Errorf("entry %+v", e)
	}
	settled(t, world.run(), q, cred("alice", "new"), auth.Accepted)
}

// Who asks for it by name (realms check) may try it however often it was
// refused, once a run.
func TestR2_InsistTriesItAllTheSame(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored", func(e *index.Entry) { e.Refused = 7 })
	w := world.run()
	w.Insist = true
	settled(t, w, q, cred("alice", "stored"), auth.Rejected)
	lacks(t, w, q, auth.ErrNobody)
}

// Acceptance clears what was held against an entry.
func TestR2_AcceptanceClearsTheCount(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored", func(e *index.Entry) { e.Refused, e.RefusedAt = 2, time.Now() })
	w := world.run()
	if r := w.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
		t.Error("a refused entry goes unasked")
	}
	settled(t, w, q, cred("alice", "stored"), auth.Accepted)
	closeRun(t, w)
	if e := world.only(); e.Refused != 0 || !e.RefusedAt.IsZero() {
		t.Errorf("entry %+v", e)
	}
}

// A secret that another process has stored meanwhile is not held to account for
// the old one.
func TestR2_RefusalIsOfThatVersion(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "old")
	w := world.run()
	c := fill(t, w, q, cred("alice", "old"))
	world.stored(q, "alice", "new")
	w.Settle(t.Context(), q, c, auth.Rejected)
	closeRun(t, w)
	if e := world.only(); e.Refused != 0 {
		t.Errorf("entry %+v", e)
	}
}

// What is undecided serves the run, and is neither saved nor held against.
func TestR1_UndecidedIsKeptForTheRun(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	p := &person{says: []auth.Credential{cred("alice", "typed")}}
	w := world.asking(p)
	for range 3 {
		settled(t, w, q, cred("alice", "typed"), auth.Undecided)
	}
	closeRun(t, w)
	if n, _ := world.keep.Items(); n != 0 || p.asked() != 1 {
		t.Errorf("%d items, %d questions", n, p.asked())
	}
	if f := world.file(auth.Server, page); len(f.Entries)+len(f.Strengths) != 0 {
		t.Errorf("learnt %+v", f)
	}
}

// Three refusals, or one ^D, and the space is silent for the run.
func TestR11_SilenceAfterThreeTries(t *testing.T) {
	q := basic(t, page, "R")
	p := &person{says: []auth.Credential{cred("a", "1"), cred("a", "2"), cred("b", "3"), cred("b", "4")}}
	w := newWorld(t).asking(p)
	for _, c := range []auth.Credential{cred("a", "1"), cred("a", "2"), cred("b", "3")} {
		settled(t, w, q, c, auth.Rejected)
	}
	lacks(t, w, q, auth.ErrDeclined)
	lacks(t, w, q, auth.ErrDeclined)
	for i, want := range []struct {
		left    int
		refused bool
		user    string
	}{{3, false, ""}, {2, true, "a"}, {1, true, "a"}} {
		if got := p.questions[i]; got.Left != want.left || got.Refused != want.refused || got.User != want.user {
			t.Errorf("question %d: left %d, refused %v, user %q; want %+v", i, got.Left, got.Refused, got.User, want)
		}
	}
	if p.asked() != 3 {
		t.Errorf("%d questions", p.asked())
	}
	settled(t, w, basic(t, page, "another"), cred("b", "4"), auth.Accepted)
}

func TestR11_SilenceAfterDecline(t *testing.T) {
	for _, reason := range []error{auth.ErrDeclined, auth.ErrCanceled} {
		p := &person{err: reason}
		w := newWorld(t).asking(p)
		lacks(t, w, basic(t, page, "R"), reason)
		lacks(t, w, basic(t, page, "R"), reason)
		if p.asked() != 1 {
			t.Errorf("%v: %d questions", reason, p.asked())
		}
	}
}

// A refused value that is typed again is not sent; it costs a try.
func TestR11_RefusedValueIsNotSentAgain(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "old")
	p := &person{says: []auth.Credential{cred("alice", "old"), cred("alice", "old"), cred("alice", "new")}}
	w := world.asking(p)
	settled(t, w, q, cred("alice", "old"), auth.Rejected)
	settled(t, w, q, cred("alice", "new"), auth.Accepted)
	if p.asked() != 3 || !p.questions[1].Refused || p.questions[2].Left != 1 {
		t.Errorf("questions %+v", p.questions)
	}
}

// Twenty parallel requests, one question.
func TestR11_OneQuestion(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	p := &person{says: []auth.Credential{cred("alice", "wrong"), cred("alice", "right")}}
	w := world.asking(p)
	var wrong, right atomic.Int32
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			for {
				c, err := w.Fill(t.Context(), q)
				if err != nil {
					t.Errorf("fill: %v", err)
					return
				}
				time.Sleep(time.Millisecond) // the way to the server
				if c.Equal(cred("alice", "right")) {
					right.Add(1)
					w.Settle(t.Context(), q, c, auth.Accepted)
					return
				}
				wrong.Add(1)
				w.Settle(t.Context(), q, c, auth.Rejected)
			}
		})
	}
	wait.Wait()
	if p.asked() != 2 || wrong.Load() != 1 || right.Load() != 20 {
		t.Errorf("%d questions; the wrong one was sent %d times, the right one %d times", p.asked(), wrong.Load(), right.Load())
	}
	closeRun(t, w)
	if world.calls("put") != 1 {
		t.Errorf("saved %d times", world.calls("put"))
	}
}

// Who waits is let go when the first is not judged, is given up, or when the
// wait is.
func TestR11_NobodyWaitsForEver(t *testing.T) {
	q := basic(t, page, "R")
	w := newWorld(t).asking(&person{says: []auth.Credential{cred("alice", "typed")}})
	ctx, giveUp := context.WithCancel(t.Context())
	if _, err := w.Fill(ctx, q); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := w.Fill(short, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second one got %v before the first was judged", err)
	}
	giveUp()
	settled(t, w, q, cred("alice", "typed"), auth.Undecided)
	settled(t, w, q, cred("alice", "typed"), auth.Undecided)
}

// Another space is not held up.
func TestR11_SpacesAreApart(t *testing.T) {
	w := newWorld(t).asking(&person{says: []auth.Credential{cred("alice", "1"), cred("alice", "2")}})
	fill(t, w, basic(t, page, "one"), cred("alice", "1"))
	fill(t, w, basic(t, page, "two"), cred("alice", "2"))
}

// After the wait for the terminal the store is looked at again: what another
// process has stored answers without a question.
func TestR11_LookAgainAfterTheLock(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	p := &person{before: func() { world.stored(q, "alice", "by another process") }}
	w := world.asking(p)
	settled(t, w, q, cred("alice", "by another process"), auth.Accepted)
	if p.asked() != 0 {
		t.Errorf("%d questions", p.asked())
	}
	closeRun(t, w)
	if world.calls("put") != 1 {
		t.Error("it was saved again")
	}
	// What was refused already is no answer, stored anew or not.
	p = &person{says: []auth.Credential{cred("alice", "new")}, before: func() { world.stored(q, "alice", "by another process") }}
	w = world.asking(p)
	settled(t, w, q, cred("alice", "by another process"), auth.Rejected)
	settled(t, w, q, cred("alice", "new"), auth.Accepted)
}

// The time of use is written once an hour, or when another account was used
// since, and never waits for a lock.
func TestR13_UsedIsWrittenHourly(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	store.At(t, func() time.Time { return now })
	world.stored(q, "alice", "A")
	use := func(account, secret string) {
		w := world.run()
		w.Account = account
		settled(t, w, q, cred(account, secret), auth.Accepted)
		closeRun(t, w)
	}
	used := func(account string) time.Time {
		for _, e := range world.file(auth.Server, page).Entries {
			if e.Account == account {
				return e.Used
			}
		}
		return time.Time{}
	}
	first := now
	use("alice", "A")
	now = first.Add(59 * time.Minute)
	use("alice", "A")
	if got := used("alice"); !got.Equal(first) {
		t.Errorf("within the hour: %v", got)
	}
	now = first.Add(61 * time.Minute)
	use("alice", "A")
	if got := used("alice"); !got.Equal(now) {
		t.Errorf("after the hour: %v", got)
	}
	world.stored(q, "bob", "B")
	now = now.Add(time.Minute)
	use("bob", "B")
	now = now.Add(time.Minute)
	use("alice", "A")
	if got := used("alice"); !got.Equal(now) {
		t.Errorf("after another account: %v", got)
	}
	now = now.Add(2 * time.Hour)
	begin := time.Now()
	err := world.ix.Update(t.Context(), auth.Server, q.Space.Origin, func(*index.File) error {
		use("alice", "A") // another process holds the lock, and the run ends all the same
		return nil
	})
	if got := used("alice"); err != nil || got.Equal(now) || time.Since(begin) > 5*time.Second {
		t.Errorf("%v, %v after %v", err, got, time.Since(begin))
	}
}

// New paths are learnt, one that an older covers is not news.
func TestR13_PathsAreLearnt(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "A")
	w := world.run()
	for _, target := range []string{"https://a.test/docs/deep/x", "https://a.test/img/y?q=secret", "https://a.test/img/z"} {
		settled(t, w, basic(t, target, "R"), cred("alice", "A"), auth.Accepted)
	}
	closeRun(t, w)
	e := world.only()
	if len(e.Prefixes) != 2 || e.Prefixes[0] != "/docs/" || e.Prefixes[1] != "/img/" {
		t.Errorf("prefixes %v", e.Prefixes)
	}
}

// Between the answer and its saving another process waits, and finds it; it does
// not wait for one that has not been answered for long, nor after a refusal.
func TestR11_AnotherProcessWaitsForTheSave(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	first := world.asking(&person{says: []auth.Credential{cred("alice", "wrong"), cred("alice", "right")}})
	settled(t, first, q, cred("alice", "wrong"), auth.Rejected)
	c := fill(t, first, q, cred("alice", "right"))
	p := &person{says: []auth.Credential{cred("bob", "typed needlessly")}}
	second := world.asking(p)
	asked := make(chan struct{})
	p.before = func() { close(asked) }
	done := make(chan struct{})
	go func() {
		defer close(done)
		settled(t, second, q, cred("alice", "right"), auth.Accepted)
	}()
	<-asked
	time.Sleep(20 * time.Millisecond) // the second is at its claim, or past it
	begin := time.Now()
	first.Settle(t.Context(), q, c, auth.Accepted)
	<-done
	if d := time.Since(begin); p.asked() != 0 || d > 3*time.Second {
		t.Errorf("%d questions, after %v", p.asked(), d)
	}
	for _, o := range []auth.Outcome{auth.Rejected, auth.Undecided} {
		q := basic(t, page, o.String())
		settled(t, world.asking(&person{says: []auth.Credential{cred("alice", "1")}}), q, cred("alice", "1"), o)
		begin := time.Now()
		settled(t, world.asking(&person{says: []auth.Credential{cred("alice", "2")}}), q, cred("alice", "2"), o)
		lacks(t, world.asking(&person{err: auth.ErrDeclined}), q, auth.ErrDeclined)
		lacks(t, world.asking(&person{err: auth.ErrDeclined}), q, auth.ErrDeclined)
		if d := time.Since(begin); d > 3*time.Second {
			t.Errorf("after an answer that was %v: %v", o, d)
		}
	}
}
