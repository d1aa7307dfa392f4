package client_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/digest"
	"getin/client/authtest"
)

// maker is Digest whose passwords have to be approved by somebody first.
type maker struct {
	digest.Scheme
	acquire func(have auth.Credential) (auth.Credential, error)
}

func (m maker) Acquire(_ context.Context, _ auth.Query, have auth.Credential, _ func(context.Context, auth.Query) (auth.Credential, error)) (auth.Credential, error) {
	return m.acquire(have)
}

// TestAcquiredAnswers: what a scheme makes of a typed secret is what answers,
// and what the wallet is told of.
func TestAcquiredAnswers(t *testing.T) {
	s := start(t, digestRow("/"))
	p := &purse{typed: []auth.Credential{person("alice", "seed")}}
	c := newClient(t, p)
	c.Schemes = []auth.Scheme{maker{acquire: func(have auth.Credential) (auth.Credential, error) {
		if have.Secret.Reveal() != "seed" {
			t.Errorf("made of %q", have.Secret.Reveal())
		}
		return person(have.User, "wonderland"), nil
	}}}
	if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
		t.Fatalf("got %q, %v", body, err)
	}
	if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Accepted}) {
		t.Errorf("settled %v", got)
	}
}

// TestAcquireRefused: a secret that whoever issues refuses was refused, and the
// question is put again.
func TestAcquireRefused(t *testing.T) {
	s := start(t, digestRow("/"))
	p := &purse{typed: []auth.Credential{person("alice", "wrong"), person("alice", "wonderland")}}
	c := newClient(t, p)
	c.Schemes = []auth.Scheme{maker{acquire: func(have auth.Credential) (auth.Credential, error) {
		if have.Secret.Reveal() == "wrong" {
			return auth.Credential{}, fmt.Errorf("issuer: %w", auth.ErrRefused)
		}
		return have, nil
	}}}
	if _, _, err := get(t, c, s.URL+"/"); err != nil {
		t.Fatal(err)
	}
	if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Rejected, auth.Accepted}) || len(p.asked) != 2 {
		t.Errorf("%d questions, settled %v", len(p.asked), got)
	}
	if n := len(s.Log()); n != 2 {
		t.Errorf("%d requests, want 2: what is refused elsewhere does not reach the server", n)
	}
}

// TestR9_CannotStart: a scheme that cannot start leaves the challenge to the
// next, costs no question, and is named when there is no next.
func TestR9_CannotStart(t *testing.T) {
	why := fmt.Errorf("maker: %w: out of order", auth.ErrCannotStart)
	broken := maker{acquire: func(auth.Credential) (auth.Credential, error) { return auth.Credential{}, why }}
	s := start(t,
		authtest.Row{Path: "/both/", Demands: []authtest.Demand{&authtest.Digest{Realm: "Lab", Users: alice}, authtest.Basic{Realm: "Lab", Users: alice}}},
		digestRow("/only/"),
	)
	o, _ := auth.ParseOrigin(s.URL)
	space := auth.Space{Party: auth.Server, Origin: o, Realm: "Lab", HasRealm: true}
	p := &purse{held: map[auth.Space]auth.Credential{space: person("alice", "wonderland")}}
	c := newClient(t, p)
	c.Schemes = []auth.Scheme{broken, basic.Scheme{}}
	if _, body, err := get(t, c, s.URL+"/both/"); err != nil || body != "welcome, alice\n" {
		t.Errorf("got %q, %v", body, err)
	}
	_, _, err := get(t, c, s.URL+"/only/")
	var u *client.Unanswered
	if !errors.As(err, &u) || !errors.Is(u.Reason, why) || u.Sent || len(p.asked) != 0 {
		t.Errorf("got %v, %d questions", err, len(p.asked))
	}
	if slices.Contains(p.outcomes(), auth.Rejected) {
		t.Errorf("settled %v: it was not refused", p.outcomes())
	}
}
