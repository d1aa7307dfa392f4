package client_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/client/authtest"
)

func digestServer(t *testing.T, d *authtest.Digest) *authtest.Server {
	d.Realm, d.Users = "Lab", alice
	return start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{d}})
}

// TestStaleNonce: a nonce that has grown old costs a request, not a question,
// and nothing is held against the password.
func TestStaleNonce(t *testing.T) {
	s := digestServer(t, &authtest.Digest{QOP: "auth", NonceUses: 2})
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	c := newClient(t, p)
	for range 5 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("got %q, %v", body, err)
		}
	}
	if len(p.asked) != 1 || slices.Contains(p.outcomes(), auth.Rejected) {
		t.Errorf("%d questions, outcomes %v", len(p.asked), p.outcomes())
	}
	if n := s.Count(401); n != 3 {
		t.Errorf("%d challenges, want 3: one for every two of five answers", n)
	}
}

// TestNonceExpiredWithoutSaying: a server that forgets its nonces and does not
// say stale=true costs a request, not the password.
func TestNonceExpiredWithoutSaying(t *testing.T) {
	d := &authtest.Digest{QOP: "auth"}
	s := digestServer(t, d)
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	c := newClient(t, p)
	for i := range 3 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("%d: got %q, %v", i, body, err)
		}
		row := authtest.Row{Path: "/", Demands: []authtest.Demand{&authtest.Digest{Realm: "Lab", Users: alice, QOP: "auth"}}}
		row.First = []int{401} // as if it were another server's nonce
		s.Add(row)
	}
	if len(p.asked) != 1 || slices.Contains(p.outcomes(), auth.Rejected) {
		t.Errorf("%d questions, outcomes %v", len(p.asked), p.outcomes())
	}
}

// TestNextNonce: a server that gives the next nonce in time never has to ask
// again.
func TestNextNonce(t *testing.T) {
	s := digestServer(t, &authtest.Digest{QOP: "auth", NonceUses: 1, NextNonce: true})
	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	for range 5 {
		if _, _, err := get(t, c, s.URL+"/"); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Count(401); n != 1 {
		t.Errorf("%d challenges, want 1", n)
	}
}

// TestF9_StaleForEver: a server that calls every answer stale gets no more
// than a few, no further question is asked, and the password is not blamed.
func TestF9_StaleForEver(t *testing.T) {
	s := digestServer(t, &authtest.Digest{QOP: "auth", StaleFor: 1000})
	p := &purse{typed: []auth.Credential{person("alice", "wonderland"), person("alice", "again")}}
	resp, _, err := get(t, newClient(t, p), s.URL+"/")
	if err == nil || resp.StatusCode != 401 {
		t.Fatalf("got %v, %v", resp, err)
	}
	if n := len(s.Log()); n > 4 || len(p.asked) != 1 || !slices.Equal(p.outcomes(), []auth.Outcome{auth.Undecided}) {
		t.Errorf("%d requests, %d questions, outcomes %v", n, len(p.asked), p.outcomes())
	}
}

// TestServerUnverified: a server that claims to know the password and does not
// is not believed, and nothing is saved (exit 94).
func TestServerUnverified(t *testing.T) {
	for _, qop := range []string{"auth", "auth-int"} {
		s := digestServer(t, &authtest.Digest{QOP: qop, WrongInfo: true})
		p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
		_, _, err := get(t, newClient(t, p), s.URL+"/")
		if !errors.Is(err, auth.ErrServerUnverified) {
			t.Errorf("%s: got %v", qop, err)
		}
		if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Undecided}) {
			t.Errorf("%s: settled %v", qop, got)
		}
	}
}

// TestAuthInt: with integrity the request's body is part of the answer, and the
// response's of the proof.
func TestAuthInt(t *testing.T) {
	s := digestServer(t, &authtest.Digest{QOP: "auth-int", Algorithm: "SHA-256"})
	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	for range 2 {
		req, _ := http.NewRequest("POST", s.URL+"/", strings.NewReader("hello"))
		if _, body, err := do(t, c, req); err != nil || body != "welcome, alice\n" {
			t.Fatalf("got %q, %v", body, err)
		}
	}
}

// TestParallelDigest: many at once share the nonce; no count is used twice (the
// server would complain).
func TestParallelDigest(t *testing.T) {
	s := digestServer(t, &authtest.Digest{QOP: "auth"})
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	c := newClient(t, p)
	if _, _, err := get(t, c, s.URL+"/"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 10 {
				if _, _, err := get(t, c, s.URL+"/"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(s.Log()); n != 162 {
		t.Errorf("%d requests for 161 URLs, want 162", n)
	}
}
