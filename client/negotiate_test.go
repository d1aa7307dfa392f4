//go:build !windows

package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/negotiate"
	"getin/client/authtest"
	"getin/client/ticket"
)

// realm starts a realm of these users for the test, and makes it the one of the
// process.
func realm(t *testing.T, users authtest.Users) *authtest.KDC {
	t.Helper()
	k, err := authtest.StartKDC("LAB.TEST", users)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	conf := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(conf, []byte(k.Conf()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KRB5_CONFIG", conf)
	t.Setenv("KRB5CCNAME", "FILE:"+filepath.Join(filepath.Dir(conf), "cache"))
	return k
}

// kinit puts the user's ticket into the cache.
func kinit(t *testing.T, k *authtest.KDC, user string, ends time.Duration) {
	t.Helper()
	b, err := k.CacheFile(user, ends)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(strings.TrimPrefix(os.Getenv("KRB5CCNAME"), "FILE:"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNegotiateTicket: a ticket in the cache answers without a person, with one
// handshake for 200 requests, or, of a server that wants it so, with one each,
// and no challenge but the first.
func TestNegotiateTicket(t *testing.T) {
	for _, each := range []bool{false, true} {
		k := realm(t, alice)
		kinit(t, k, "alice", time.Hour)
		n := &authtest.Negotiate{KDC: k, PerRequest: each}
		s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{n}})
		p := &purse{}
		c := engineClient(t, acquiring{p}, "")
		for range 200 {
			if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
				t.Fatalf("got %q, %v", body, err)
			}
		}
		want, challenges := 1, 1
		if each {
			want, challenges = 200, 2 // the second says that one does not last
		}
		if got := n.Handshakes(); got != want || s.Count(401) != challenges {
			t.Errorf("each %v: %d handshakes and %d challenges for 200 requests", each, got, s.Count(401))
		}
		if got := k.Asked(); !slices.Equal(got, []string{"TGS HTTP/127.0.0.1"}) {
			t.Errorf("the realm was asked %q", got)
		}
	}
}

// acquiring is a purse that lets the scheme acquire.
type acquiring struct{ *purse }

func (a acquiring) Fill(ctx context.Context, q auth.Query) (auth.Credential, error) {
	c, err := a.purse.Fill(ctx, q)
	if errors.Is(err, auth.ErrNoCredential) && q.Acquire != nil {
		return q.Acquire(ctx, "")
	}
	return c, err
}

// TestServerUnverified_Negotiate: a server that cannot prove to know the key of
// its service is not believed (exit 94); one that says nothing is.
func TestServerUnverified_Negotiate(t *testing.T) {
	k := realm(t, alice)
	forged := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{&authtest.Negotiate{KDC: k, Forged: true}}})
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	if _, _, err := get(t, engineClient(t, p, ""), forged.URL+"/"); !errors.Is(err, auth.ErrServerUnverified) {
		t.Errorf("got %v", err)
	}
	if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Undecided}) {
		t.Errorf("settled %v", got)
	}
	silent := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{&authtest.Negotiate{KDC: k, Silent: true}}})
	p = &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	if _, _, err := get(t, engineClient(t, p, ""), silent.URL+"/"); err != nil {
		t.Errorf("got %v", err)
	}
}

// TestC2_NegotiateUsersApart: a connection is one person's.
func TestC2_NegotiateUsersApart(t *testing.T) {
	k := realm(t, authtest.Users{"alice": "wonderland", "bob": "builder"})
	s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{&authtest.Negotiate{KDC: k}}})
	a := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	b := engineClient(t, &purse{typed: []auth.Credential{person("bob", "builder")}}, "")
	b.Sender = a.Sender
	nobody := engineClient(t, &purse{}, "")
	nobody.Sender = a.Sender
	for range 3 {
		for who, c := range map[string]*client.Client{"alice": a, "bob": b} {
			if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, "+who+"\n" {
				t.Errorf("%s got %q, %v", who, body, err)
			}
		}
		if resp, _, _ := get(t, nobody, s.URL+"/"); resp == nil || resp.StatusCode != 401 {
			t.Error("nobody rode on a connection of somebody's")
		}
	}
}

// TestNegotiateParallel: sixteen at once, each handshake on its own connection.
func TestNegotiateParallel(t *testing.T) {
	k := realm(t, alice)
	n := &authtest.Negotiate{KDC: k}
	s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{n}})
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	if _, _, err := get(t, c, s.URL+"/"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 10 {
				if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
					t.Errorf("got %q, %v", body, err)
				}
			}
		})
	}
	wg.Wait()
	if n.Handshakes() > 17 {
		t.Errorf("%d handshakes", n.Handshakes())
	}
	if got := k.Asked(); len(got) != 3 { // two for the password, one for the service
		t.Errorf("the realm was asked %q", got)
	}
}

// TestR9_NegotiateByPassword: a password is for hosts that krb5.conf knows a
// realm for, or for which the user said so. For others the next scheme answers,
// and nobody is asked in vain.
func TestR9_NegotiateByPassword(t *testing.T) {
	for _, known := range []bool{true, false} {
		for _, anywhere := range []bool{true, false} {
			t.Run(fmt.Sprintf("known %v, --negotiate %v", known, anywhere), func(t *testing.T) {
				k := realm(t, alice)
				if !known {
					conf := strings.ReplaceAll(k.Conf(), " 127.0.0.1 =", " other.test =")
					if err := os.WriteFile(os.Getenv("KRB5_CONFIG"), []byte(conf), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{&authtest.Negotiate{KDC: k}, authtest.Basic{Realm: "Lab", Users: alice}}})
				p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
				c := engineClient(t, acquiring{p}, "")
				c.Schemes = []auth.Scheme{negotiate.Scheme{Mechanism: &ticket.Client{Getenv: os.Getenv}, Anywhere: anywhere}, basic.Scheme{}}
				if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
					t.Fatalf("got %q, %v", body, err)
				}
				want := "Basic"
				if known || anywhere {
					want = "Negotiate"
				}
				if len(p.asked) != 1 || p.asked[0].Scheme != want {
					t.Errorf("asked %+v, want a question for %s", p.asked, want)
				}
			})
		}
	}
}

// TestNegotiateBody: the content goes once, with the ticket.
func TestNegotiateBody(t *testing.T) {
	k := realm(t, alice)
	s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{&authtest.Negotiate{KDC: k}}})
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	req, _ := http.NewRequest("POST", s.URL+"/", strings.NewReader("hello"))
	if _, body, err := do(t, c, req); err != nil || body != "welcome, alice\n" {
		t.Fatalf("got %q, %v", body, err)
	}
	log := s.Log()
	if last := log[len(log)-1]; string(last.Body) != "hello" {
		t.Errorf("the server got %q", last.Body)
	}
}
