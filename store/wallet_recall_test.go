package store_test

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

func parse(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// What was accepted by Basic goes unasked below its path, and only there.
func TestR12_RecallUnderRememberedPaths(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "stored", func(e *index.Entry) { e.Charset = "UTF-8" })
	for target, want := range map[string]bool{
		"https://a.test/docs/other": true, "https://a.test/docs/": true, "https://a.test/docs/x/y?z": true,
		"https://a.test/": false, "https://a.test/docsx": false, "https://a.test/docs/../x": false,
		"https://a.test/docs/..%2fx": false, "http://a.test/docs/": false, "https://b.test/docs/": false,
		"https://a.test:8443/docs/": false,
	} {
		r := world.run().Recall(t.Context(), auth.Server, parse(t, target))
		if r.Ready != want {
			t.Errorf("%s: ready %v", target, r.Ready)
		}
		if !r.Ready {
			continue
		}
		realm, _ := r.Query.Challenge.Param("realm")
		charset, _ := r.Query.Challenge.Param("charset")
		if !r.Credential.Equal(cred("alice", "stored")) || r.Credential.Given || !r.Query.Unasked || !r.Query.Challenge.Is("Basic") ||
			realm != "R" || charset != "UTF-8" || r.Query.Space != basic(t, page, "R").Space {
			t.Errorf("%s: %+v", target, r)
		}
	}
	if r := world.run().Recall(t.Context(), auth.Proxy, parse(t, page)); r.Ready {
		t.Error("a server's password goes to a proxy")
	}
}

// R5: whoever trusts all redirects trusts those over https, and http only with
// a second word; never a proxy.
func TestR5_GivenAnywhere(t *testing.T) {
	world := newWorld(t)
	for target, want := range map[string][2]bool{
		"https://typed.test/": {true, true}, "https://other.test/": {true, true}, "http://other.test/": {false, true},
	} {
		for i, cleartext := range []bool{false, true} {
			run := world.run()
			run.Given = []store.Given{{
				Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, "https://typed.test")}, Unasked: true,
				Anywhere: true, ClearText: cleartext,
			}}
			if r := run.Recall(t.Context(), auth.Server, parse(t, target)); r.Ready != want[i] {
				t.Errorf("%s, clear text %v: ready %v", target, cleartext, r.Ready)
			}
			if r := run.Recall(t.Context(), auth.Proxy, parse(t, target)); r.Ready {
				t.Errorf("%s: a server's password goes to a proxy", target)
			}
		}
	}
}

// Where nothing is remembered, the keyring is left alone.
func TestR12_NoKeyringCallWithoutAPath(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "stored")
	world.stored(digest(t, "https://d.test/", "R"), "alice", "stored")
	world.stored(basic(t, "https://refused.test/", "R"), "alice", "stored", func(e *index.Entry) { e.Refused = 1 })
	run := world.run()
	for _, target := range []string{"https://a.test/", "https://b.test/docs/", "https://d.test/", "https://refused.test/"} {
		if r := run.Recall(t.Context(), auth.Server, parse(t, target)); r.Ready {
			t.Errorf("%s is ready", target)
		}
	}
	if n := world.calls("get"); n != 0 {
		t.Errorf("the keyring was asked %d times", n)
	}
}

// One call serves the run.
func TestR12_OneKeyringCallARun(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "stored")
	run := world.run()
	for range 50 {
		r := run.Recall(t.Context(), auth.Server, parse(t, page))
		if !r.Ready {
			t.Fatal("not ready")
		}
		run.Settle(t.Context(), r.Query, r.Credential, auth.Accepted)
	}
	if n := world.calls("get"); n != 1 {
		t.Errorf("the keyring was asked %d times", n)
	}
}

// A keyring that hangs costs a quarter of a second, once; that it is locked
// costs nothing. The request goes bare, and the challenge makes it matter.
func TestR12_KeyringIsNotInTheWay(t *testing.T) {
	q := basic(t, page, "R")
	for _, fault := range []storetest.Fault{storetest.Hanging, storetest.Locked, storetest.Failing} {
		t.Run(string(fault), func(t *testing.T) {
			world := newWorld(t)
			world.stored(q, "alice", "stored")
			if err := world.keep.Set(fault); err != nil {
				t.Fatal(err)
			}
			run := world.run()
			begin := time.Now()
			for range 20 {
				if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
					t.Error("ready")
				}
			}
			// Twenty look-ups would take five seconds.
			if d := time.Since(begin); d > 3*time.Second {
				t.Errorf("it took %v", d)
			}
			if n := world.calls("get"); n != 1 {
				t.Errorf("the keyring was asked %d times", n)
			}
		})
	}
}

// Nobody opened the keyring quietly: it is not looked into.
func TestR12_NoQuietPlace(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "stored")
	run := world.run()
	run.Keep.Quiet = nil
	if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready || world.calls("get") != 0 {
		t.Errorf("ready %v after %d calls", r.Ready, world.calls("get"))
	}
}

// A locked keyring is exit 94 when nobody can be asked, and else a question,
// with one notice; it is not asked again in the run.
func TestR12_LockedKeyring(t *testing.T) {
	world := newWorld(t)
	q, other := basic(t, page, "R"), basic(t, "https://b.test/", "R")
	world.stored(q, "alice", "stored")
	world.stored(other, "alice", "stored")
	if err := world.keep.Set(storetest.Locked); err != nil {
		t.Fatal(err)
	}
	run := world.run()
	lacks(t, run, q, auth.ErrStore)
	lacks(t, run, q, store.ErrLocked)
	lacks(t, run, other, store.ErrLocked)
	lacks(t, run, basic(t, "https://never.test/", "R"), auth.ErrNobody)
	if n := world.calls("get"); n != 1 {
		t.Errorf("the keyring was asked %d times", n)
	}
	asking := world.asking(&person{says: []auth.Credential{cred("alice", "a"), cred("alice", "b")}})
	told := notices(asking)
	settled(t, asking, q, cred("alice", "a"), auth.Undecided)
	settled(t, asking, other, cred("alice", "b"), auth.Undecided)
	if count(told, store.NoticeStoreFailed) != 1 {
		t.Errorf("told %+v", *told)
	}
}

// D7: a store that fails never makes another origin's secret answer.
func TestD7_NoOtherOriginsSecret(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, "https://b.test/", "R"), "alice", "other")
	world.stored(basic(t, page, "R"), "alice", "stored")
	run := world.run()
	settled(t, run, basic(t, "https://b.test/", "R"), cred("alice", "other"), auth.Accepted)
	if err := world.keep.Set(storetest.Failing); err != nil {
		t.Fatal(err)
	}
	lacks(t, run, basic(t, page, "R"), auth.ErrStore)
}

// -u goes at once where it was typed for, unless it is to be saved: without a
// challenge there would be no realm to save it for.
func TestR4_GivenGoesUnasked(t *testing.T) {
	given := store.Given{Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, page)}, Unasked: true}
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "bob", "stored")
	run := world.run()
	run.Given = []store.Given{given}
	r := run.Recall(t.Context(), auth.Server, parse(t, page))
	if !r.Ready || !r.Credential.Equal(cred("alice", "given")) || !r.Credential.Given || r.Query.Space.HasRealm || !r.Query.Unasked {
		t.Errorf("recalled %+v", r)
	}
	for _, u := range []string{"https://b.test/", "http://a.test/"} {
		if r := run.Recall(t.Context(), auth.Server, parse(t, u)); r.Ready {
			t.Errorf("it goes to %s", u)
		}
	}
	for name, change := range map[string]func(*store.Wallet){
		"--digest": func(w *store.Wallet) { w.Given[0].Unasked = false },
		"--save":   func(w *store.Wallet) { w.Saving = store.SaveAll },
	} {
		run := world.run()
		run.Given = []store.Given{given}
		change(run)
		// Nor does what is stored go in its place: the user's own word is first.
		if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Sent unasked to a public page, a secret proves nothing: it is not saved, nor
// is anything learnt.
func TestR1_UnaskedProvesNothing(t *testing.T) {
	world := newWorld(t)
	run := world.run()
	run.Given = []store.Given{{Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, page)}, Unasked: true}}
	r := run.Recall(t.Context(), auth.Server, parse(t, page))
	run.Given[0].Save = true // as if it were to be saved
	run.Settle(t.Context(), r.Query, r.Credential, auth.Accepted)
	closeRun(t, run)
	if f := world.file(auth.Server, page); len(f.Entries)+len(f.Strengths) != 0 || world.calls("put") != 0 {
		t.Errorf("learnt %+v", f)
	}
}

// A given credential that was refused unasked goes neither unasked again, nor
// to the space that refused it; another realm of the origin may have it.
func TestR11_RefusedUnaskedIsNotRepeated(t *testing.T) {
	run := newWorld(t).run()
	run.Given = []store.Given{{Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, page)}, Unasked: true}}
	r := run.Recall(t.Context(), auth.Server, parse(t, page))
	q := basic(t, page, "R")
	refused := r.Query
	refused.Space, refused.Challenge = q.Space, q.Challenge
	run.Settle(t.Context(), refused, r.Credential, auth.Rejected)
	if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
		t.Error("it goes unasked again")
	}
	lacks(t, run, q, auth.ErrNobody)
	settled(t, run, basic(t, "https://a.test/other/", "S"), cred("alice", "given"), auth.Accepted)
}

// Of twenty parallel requests with a stale stored password one sends it; with a
// good one all do, and none takes a round trip for it.
func TestR11_ParallelRecall(t *testing.T) {
	for _, outcome := range []auth.Outcome{auth.Rejected, auth.Accepted} {
		t.Run(outcome.String(), func(t *testing.T) {
			world := newWorld(t)
			world.stored(basic(t, page, "R"), "alice", "stored")
			run := world.run()
			var mu sync.Mutex
			sent := 0
			var wait sync.WaitGroup
			for range 20 {
				wait.Go(func() {
					r := run.Recall(t.Context(), auth.Server, parse(t, page))
					if !r.Ready {
						return
					}
					mu.Lock()
					sent++
					mu.Unlock()
					run.Settle(t.Context(), r.Query, r.Credential, outcome)
				})
			}
			wait.Wait()
			if want := map[auth.Outcome]int{auth.Rejected: 1, auth.Accepted: 20}[outcome]; sent != want {
				t.Errorf("sent %d times, want %d", sent, want)
			}
		})
	}
}

// A credential that its request did not use holds others up once, for a second.
func TestR11_UnusedRecallDoesNotHoldUp(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	run := world.run()
	begin := time.Now()
	for range 5 {
		run.Recall(t.Context(), auth.Server, parse(t, page)) // ready, and ignored
	}
	if d := time.Since(begin); d > 2*store.FlightTime {
		t.Errorf("five took %v", d)
	}
	// The same request's own Fill does not wait for it at all.
	run = world.run()
	run.Recall(t.Context(), auth.Server, parse(t, page))
	begin = time.Now()
	settled(t, run, q, cred("alice", "stored"), auth.Accepted)
	if d := time.Since(begin); d > store.FlightTime/2 {
		t.Errorf("its own fill took %v", d)
	}
}

// The strongest that was accepted is known with nothing stored, by this run and
// by the next, and survives --no-save.
// TestR8_OnlyItsDirectory: a Digest realm without a domain covers its whole
// origin, and yet another realm elsewhere on it may ask for Basic; the password
// itself stays proven everywhere.
func TestR8_OnlyItsDirectory(t *testing.T) {
	world := newWorld(t)
	run := world.asking(&person{says: []auth.Credential{cred("alice", "typed")}})
	q := digest(t, page, "R")
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
	closeRun(t, run)
	next := world.run()
	if r := next.Recall(t.Context(), auth.Server, parse(t, "https://a.test/elsewhere/x")); r.Strongest != 0 {
		t.Errorf("elsewhere %v is remembered", r.Strongest)
	}
	q.Person = false
	if c, err := next.Fill(t.Context(), q); err != nil || c.Proven != auth.StrengthDigestSHA256 {
		t.Errorf("proven by %v, %v", c.Proven, err)
	}
}

func TestR8_StrongestIsRemembered(t *testing.T) {
	world := newWorld(t)
	q := digest(t, page, "R")
	run := world.asking(&person{says: []auth.Credential{cred("alice", "typed")}})
	run.Saving = store.SaveNone
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
	if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Strongest != auth.StrengthDigestSHA256 {
		t.Errorf("this run knows %v", r.Strongest)
	}
	closeRun(t, run)
	if r := world.run().Recall(t.Context(), auth.Server, parse(t, page)); r.Strongest != auth.StrengthDigestSHA256 {
		t.Errorf("the next knows %v", r.Strongest)
	}
	if n, _ := world.keep.Items(); n != 0 {
		t.Errorf("%d items were saved", n)
	}
	none := &store.Wallet{Person: &person{says: []auth.Credential{cred("alice", "typed")}}}
	settled(t, none, q, cred("alice", "typed"), auth.Accepted)
	if r := none.Recall(t.Context(), auth.Server, parse(t, page)); r.Strongest != auth.StrengthDigestSHA256 {
		t.Errorf("without an index, this run knows %v", r.Strongest)
	}
}
