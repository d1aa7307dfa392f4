package client_test

import (
	"strings"
	"testing"

	"getin/client/auth"
)

// TestTwoHundredRequests: what 200 pages of one origin cost beside themselves. What
// was accepted goes unasked with the next request; of SCRAM that is the first of
// its two legs. Negotiate and NTLM let in a connection.
func TestTwoHundredRequests(t *testing.T) {
	for scheme, cost := range map[string]struct{ first, each string }{
		"Basic": {"401 ", ""}, "Bearer": {"401 ", ""}, "Digest": {"401 ", ""}, "NTLM": {"401 401 ", ""}, "Negotiate": {"401 ", ""},
		"SCRAM-SHA-256": {"401 ", "401 "}, "SCRAM-SHA-1": {"401 ", "401 "},
	} {
		t.Run(scheme, func(t *testing.T) {
			row, endPoint := demands[scheme](t, false)
			p := places["server"](t, row)
			t.Cleanup(p.demands.Close)
			if endPoint != nil {
				*endPoint = p.demands.EndPoint()
			}
			w := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
			c := engineClient(t, w, "")
			for range 200 {
				if _, body, err := get(t, c, p.url); err != nil || body != "welcome, alice\n" {
					t.Fatalf("got %q, %v", body, err)
				}
			}
			want := cost.first + strings.TrimSpace(strings.Repeat(cost.each+"200 ", 200))
			if got := statuses(p.demands); got != want || len(w.asked) != 1 {
				t.Errorf("%d requests after %d questions: %.80s..., want %.80s...", len(p.demands.Log()), len(w.asked), got, want)
			}
		})
	}
}

// TestTwoHundredRemembered: a Basic password that is stored costs no challenge.
func TestTwoHundredRemembered(t *testing.T) {
	s := start(t, basicRow("/"))
	c := engineClient(t, &purse{recall: remembered(s.URL, person("alice", "wonderland"))}, "")
	for range 200 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("got %q, %v", body, err)
		}
	}
	if n := len(s.Log()); n != 200 || s.Count(401) != 0 {
		t.Errorf("%d requests, %d of them challenged", n, s.Count(401))
	}
}
