package token

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"getin/client/auth"
)

// asker is a person who says the same to every question, and is never shown
// anything.
type asker struct {
	Person
	yes   bool
	err   error
	asked atomic.Int32
	last  Consent
}

func (a *asker) Consent(_ context.Context, c Consent) (bool, error) {
	a.asked.Add(1)
	a.last = c
	return a.yes, a.err
}

func signInWorld(t *testing.T) (*documents, auth.Query) {
	d := newDocuments(t)
	d.at["/.well-known/oauth-protected-resource/api"] = Resource{ID: d.URL + "/api", Issuers: []string{d.URL}, Scopes: []string{"a", "b"}}
	d.at[wellKnownServer] = Server{Issuer: d.URL, Token: d.URL + "/token"}
	q := d.query(t, named, "/api")
	q.Person = true
	return d, q
}

// A sign-in that nobody wants is asked about once, however many requests meet it,
// and leaves the answer to another scheme.
func TestR11_Declined(t *testing.T) {
	d, q := signInWorld(t)
	person := &asker{}
	d.client.Person = person
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := Scheme{Client: d.client}.Acquire(t.Context(), q, auth.Credential{}, nil)
			if !errors.Is(err, auth.ErrDeclined) || !errors.Is(err, auth.ErrCannotStart) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if n := person.asked.Load(); n != 1 {
		t.Errorf("%d questions", n)
	}
	if person.last.Issuer != d.URL || person.last.Resource != d.URL+"/api" || person.last.Scope != "a b" {
		t.Errorf("asked %+v", person.last)
	}
}

// I4: nothing is fetched, and nobody is asked to sign in, while nobody is there.
// That somebody has to is what is said, where a server has named the way.
func TestI4_Nobody(t *testing.T) {
	away := func(context.Context) bool { return false }
	for _, c := range []struct {
		challenge string
		person    bool
		prepare   func(*Client)
		signIn    bool
	}{
		{named, false, func(c *Client) { c.Person = &asker{yes: true} }, false},
		{named, true, func(c *Client) { c.Person, c.Present = &asker{yes: true}, away }, true},
		{named, true, func(*Client) {}, true},
		{bare, true, func(c *Client) { c.Person, c.Present = &asker{yes: true}, away }, false},
	} {
		d, _ := signInWorld(t)
		c.prepare(d.client)
		q := d.query(t, c.challenge, "/api")
		q.Person = c.person
		_, err := Scheme{Client: d.client}.Acquire(t.Context(), q, auth.Credential{}, nil)
		if !errors.Is(err, auth.ErrNoCredential) || errors.Is(err, ErrSignIn) != c.signIn {
			t.Errorf("%+v: %v", c, err)
		}
		if len(d.asked) > 0 {
			t.Errorf("%+v: asked for %q", c, d.asked)
		}
		if p, ok := d.client.Person.(*asker); ok && p.asked.Load() > 0 {
			t.Errorf("%+v: somebody was asked", c)
		}
	}
}

// What is asked for is what the user says, else what the challenge says, else all
// that the resource has; and with it what is held.
func TestScopeAskedFor(t *testing.T) {
	for _, c := range []struct{ said, challenge, held, want string }{
		{"", "", "", "a b"},
		{"", `, scope="b c"`, "", "b c"},
		{"u", `, scope="b c"`, "", "u"},
		{"", `, error="insufficient_scope", scope="b c"`, "a b", "a b c"},
		{"", `, error="insufficient_scope"`, "x", "x a b"},
	} {
		d, _ := signInWorld(t)
		person := &asker{}
		d.client.Person, d.client.Use.Scope = person, c.said
		q := d.query(t, named+c.challenge, "/api")
		q.Person = true
		var have auth.Credential
		if c.held != "" {
			have = auth.Credential{Secret: auth.NewSecret("t"), Grant: &auth.Grant{Scope: c.held}}
		}
		_, _ = Scheme{Client: d.client}.Acquire(t.Context(), q, have, nil) // declined
		if person.last.Scope != c.want || person.last.Held != c.held {
			t.Errorf("%+v: asked %+v", c, person.last)
		}
	}
}

// R11: what another process has had somebody sign in for answers, when it is
// enough; else the question is put, and who waits is let go after a no.
func TestR11_FoundMeanwhile(t *testing.T) {
	narrow := named + `, error="insufficient_scope", scope="b a"`
	for _, c := range []struct {
		challenge, scope string
		found            bool
		asked            int32
	}{
		{named, "a", true, 0},
		{named, "", false, 1},
		{narrow, "a b", true, 0},
		{narrow, "a c", true, 1},
	} {
		d, q := signInWorld(t)
		q.Challenge = challenge(t, strings.ReplaceAll(c.challenge, "$URL", d.URL))
		person, released := &asker{}, false
		d.client.Person = person
		d.client.Await = func(context.Context, auth.Query) (auth.Credential, bool, func()) {
			now := auth.Credential{Secret: auth.NewSecret("at"), Grant: &auth.Grant{Scope: c.scope, Resource: d.URL + "/api"}}
			return now, c.found, func() { released = true }
		}
		got, err := Scheme{Client: d.client}.Acquire(t.Context(), q, auth.Credential{}, nil)
		if asked := person.asked.Load(); asked != c.asked || (asked == 0) != (err == nil && got.Secret.Reveal() == "at") || released != (asked > 0) {
			t.Errorf("%+v: %d questions, %v, released %v", c, asked, err, released)
		}
	}
}
