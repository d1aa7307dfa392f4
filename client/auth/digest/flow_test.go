package digest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/client/auth/basic"
)

var get = auth.Message{Method: "GET", Target: "/"}

type flow struct {
	ID    string
	Steps []struct{ Challenge, Then, Request, NC, Cnonce string }
}

func flows(t *testing.T) map[string]flow {
	all := map[string]flow{}
	for _, f := range cases[flow](t, "digest-flow", 5) {
		all[f.ID] = f
	}
	return all
}

func TestFlowReject(t *testing.T) {
	all := flows(t)
	for _, id := range []string{"flow-reject", "flow-stale-false"} {
		steps := all[id].Steps
		x := begin(t, steps[0].Challenge, &auth.Live{})
		answer(t, x, auth.Server, get)
		if v, err := x.Challenged(challenge(t, steps[1].Challenge)); v != auth.Refused || err != nil {
			t.Errorf("%s: %v, %v", id, v, err)
		}
	}
}

func TestFlowStaleForever(t *testing.T) {
	steps := flows(t)["flow-stale-forever"].Steps
	x := begin(t, steps[0].Challenge, &auth.Live{})
	answer(t, x, auth.Server, get)
	if v, err := x.Challenged(challenge(t, steps[1].Challenge)); v != auth.Continue || err != nil {
		t.Fatalf("stale once: %v, %v", v, err)
	}
	if got := sent(t, answer(t, x, auth.Server, get)); got["nonce"] != "n2" {
		t.Errorf("then nonce %q", got["nonce"])
	}
	if v, err := x.Challenged(challenge(t, steps[2].Challenge)); v != auth.Refused || err != nil {
		t.Errorf("stale again: %v, %v", v, err)
	}
}

func TestFlowSessionKey(t *testing.T) {
	steps := flows(t)["flow-sess-key"].Steps
	setCnonces(t, "c1", "c2", "c3", "c4")
	var live auth.Live
	x := begin(t, steps[0].Challenge, &live)
	first := sent(t, answer(t, x, auth.Server, get))
	second := sent(t, answer(t, x, auth.Server, get))
	third := sent(t, answer(t, begin(t, steps[2].Challenge, &live), auth.Server, get))
	if first["nc"] != steps[0].NC || second["nc"] != steps[1].NC || third["nc"] != steps[2].NC {
		t.Errorf("nc %s, %s, %s", first["nc"], second["nc"], third["nc"])
	}
	if first["cnonce"] != "c1" || second["cnonce"] != "c1" || third["cnonce"] == "c1" {
		t.Errorf("cnonce %s, %s, %s", first["cnonce"], second["cnonce"], third["cnonce"])
	}
}

func TestFlowStaleCurl(t *testing.T) {
	steps := flows(t)["flow-stale-curl"].Steps
	x := begin(t, steps[0].Challenge, &auth.Live{})
	if got := sent(t, answer(t, x, auth.Server, get)); got["qop"] != "" || got["nc"] != "" || got["cnonce"] != "" {
		t.Errorf("without qop: %v", got)
	}
	if v, err := x.Challenged(challenge(t, steps[1].Challenge)); v != auth.Continue || err != nil {
		t.Fatalf("%v, %v", v, err)
	}
	if got := sent(t, answer(t, x, auth.Server, get)); got["qop"] != "auth" || got["nc"] != "00000001" || got["nonce"] != "999999" {
		t.Errorf("after stale: %v", got)
	}
}

// TestSelectVectors chooses as a client does: the strongest that can be
// answered, of equals the first.
func TestSelectVectors(t *testing.T) {
	type selection struct {
		ID      string
		Headers []string
		Expect  *struct {
			Scheme         string
			Algorithm, Qop *string
		}
	}
	for _, c := range cases[selection](t, "digest-select", 3) {
		list, err := auth.ParseChallenges(c.Headers)
		if err != nil {
			t.Fatal(err)
		}
		var best *auth.Challenge
		strongest := auth.Strength(0)
		for _, ch := range list {
			for _, s := range []auth.Scheme{Scheme{}, basic.Scheme{}} {
				if traits, err := s.Traits(ch); ch.Is(s.Name()) && err == nil && traits.Strength > strongest {
					best, strongest = &ch, traits.Strength
				}
			}
		}
		if (best == nil) != (c.Expect == nil) {
			t.Errorf("%s: chose %v", c.ID, best)
			continue
		}
		if best == nil {
			continue
		}
		got := sent(t, answer(t, begin(t, best.String(), &auth.Live{}), auth.Server, get))
		if best.Scheme != c.Expect.Scheme || got["algorithm"] != orAbsent(c.Expect.Algorithm) || got["qop"] != orAbsent(c.Expect.Qop) {
			t.Errorf("%s: %s, answered with %v", c.ID, best, got)
		}
	}
}

const countable = `Digest realm="r", nonce="n", qop="auth", opaque="o"`

func TestNonceCountGoesOn(t *testing.T) {
	var live auth.Live
	for i := range 20 {
		x := begin(t, countable, &live) // each request is an exchange of its own
		if got, want := sent(t, answer(t, x, auth.Server, get))["nc"], fmt.Sprintf("%08x", i+1); got != want {
			t.Errorf("request %d: nc=%s, want %s", i, got, want)
		}
	}
}

func TestParallelNonceCountsDiffer(t *testing.T) {
	var live auth.Live
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[string]bool{}
	const workers, requests = 16, 50
	for range workers {
		wg.Go(func() {
			for range requests {
				got := sent(t, answer(t, begin(t, countable, &live), auth.Server, get))
				mu.Lock()
				if seen[got["nc"]] {
					t.Errorf("nc=%s sent twice", got["nc"])
				}
				seen[got["nc"]] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if !seen[fmt.Sprintf("%08x", workers*requests)] {
		t.Errorf("%d counts, but not the last", len(seen))
	}
}

// Parallel requests that each met a challenge of their own count each nonce by
// itself, and going back to an earlier one repeats no count.
func TestManyNonces(t *testing.T) {
	var live auth.Live
	step := func(nonce, want string) {
		t.Helper()
		got := sent(t, answer(t, begin(t, `Digest realm="r", qop="auth", nonce="`+nonce+`", opaque="o-`+nonce+`"`, &live), auth.Server, get))
		if got["nonce"] != nonce || got["nc"] != want || got["opaque"] != "o-"+nonce {
			t.Errorf("%s: %v, want nc=%s", nonce, got, want)
		}
	}
	step("a", "00000001")
	step("b", "00000001")
	step("a", "00000002")
	step("b", "00000002")
	step("a", "00000003")
	for i := range 1000 {
		step(fmt.Sprint(i), "00000001")
	}
	live.Update(func(state any) any {
		if n := state.(*nonces); len(n.line) != maxNonces || len(n.age) != maxNonces {
			t.Errorf("%d nonces remembered", len(n.line))
		}
		return state
	})
}

// What came after a nonce is where the next request goes on, though its caller
// knows only the challenge that he began with.
func TestNextNonceIsRemembered(t *testing.T) {
	var live auth.Live
	x := begin(t, countable, &live)
	other := begin(t, countable, &live)
	answer(t, x, auth.Server, get)
	answer(t, other, auth.Server, get)
	if err := finish(x, "", `nextnonce="m"`); err != nil {
		t.Fatal(err)
	}
	if err := finish(other, "", `nextnonce="late"`); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"00000001", "00000002"} {
		got := sent(t, answer(t, begin(t, countable, &live), auth.Server, get))
		if got["nonce"] != "m" || got["nc"] != want || got["opaque"] != "o" {
			t.Errorf("%v, want nonce=m nc=%s", got, want)
		}
	}
	// The same nonce again is no new one: its count goes on.
	last := begin(t, countable, &live)
	answer(t, last, auth.Server, get)
	if err := finish(last, "", `nextnonce="m"`); err != nil {
		t.Fatal(err)
	}
	if got := sent(t, answer(t, begin(t, countable, &live), auth.Server, get)); got["nc"] != "00000004" {
		t.Errorf("%v", got)
	}
}

func TestStaleNonceIsReplacedForAll(t *testing.T) {
	var live auth.Live
	x, other := begin(t, countable, &live), begin(t, countable, &live)
	answer(t, x, auth.Server, get)
	if v, err := x.Challenged(challenge(t, `Digest realm="r", nonce="fresh", qop="auth", stale=TRUE`)); v != auth.Continue || err != nil {
		t.Fatalf("%v, %v", v, err)
	}
	got := sent(t, answer(t, x, auth.Server, get))
	if got["nonce"] != "fresh" || got["nc"] != "00000001" {
		t.Errorf("the one that was told: %v", got)
	}
	if _, has := got["opaque"]; has {
		t.Error("the opaque of another challenge was sent")
	}
	if got := sent(t, answer(t, other, auth.Server, get)); got["nonce"] != "fresh" || got["nc"] != "00000002" {
		t.Errorf("the other: %v", got)
	}
}

func TestStaleDoesNotWeaken(t *testing.T) {
	x := begin(t, `Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256`, &auth.Live{})
	answer(t, x, auth.Server, get)
	if v, _ := x.Challenged(challenge(t, `Digest realm="r", nonce="m", qop="auth", stale=true`)); v != auth.Refused {
		t.Error("continues with MD5 instead of SHA-256")
	}
}

func TestChallengedByWhatCannotBeAnswered(t *testing.T) {
	x := begin(t, countable, &auth.Live{})
	answer(t, x, auth.Server, get)
	v, err := x.Challenged(challenge(t, `Digest realm="r", nonce="m", algorithm=MD4, stale=true`))
	if v != auth.Refused || err == nil || !strings.Contains(err.Error(), `algorithm "MD4" not supported`) {
		t.Errorf("%v, %v", v, err)
	}
}

// RFC 7616 section 3.4.2: a new nonce that comes by nextnonce leaves the session
// key as it is.
func TestSessionKeyOutlivesNextNonce(t *testing.T) {
	setCnonces(t, "deadbeefcafebabe")
	var live auth.Live
	const asks = `Digest realm="example.com", nonce="abc123nonce", algorithm=MD5-sess, qop=auth`
	x := begin(t, asks, &live)
	answer(t, x, auth.Server, get)
	if err := finish(x, "", `nextnonce="n2"`); err != nil {
		t.Fatal(err)
	}
	got := sent(t, answer(t, begin(t, asks, &live), auth.Server, get))
	md5, err := algorithmNamed("MD5")
	if err != nil {
		t.Fatal(err)
	}
	a1 := md5.sum(md5.sum("user", "example.com", "pass"), "abc123nonce", "deadbeefcafebabe")
	if want := md5.sum(a1, "n2", "00000001", "deadbeefcafebabe", "auth", md5.sum("GET", "/")); got["response"] != want {
		t.Errorf("response %s, want %s", got["response"], want)
	}
}

func TestBodyThatCannotBeReadTwice(t *testing.T) {
	gone := errors.New("already sent")
	x := begin(t, `Digest realm="r", nonce="n", qop="auth-int"`, &auth.Live{})
	_, err := x.Answer(t.Context(), auth.Server, auth.Message{Method: "PUT", Target: "/", Body: failing(gone)})
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}
