package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
)

func says(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// issuer is a token server, and a client for it.
func issuer(t *testing.T, h http.HandlerFunc) (*Client, func(scope string) auth.Challenge, auth.Space) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	client := &Client{Do: func(req *http.Request, _ []netip.Addr) (*http.Response, error) { return plain.Do(req) }}
	ask := func(scope string) auth.Challenge {
		return challenge(t, fmt.Sprintf(`Bearer realm="%s/token",service="registry",scope="%s"`, server.URL, scope))
	}
	return client, ask, ask("").Space(auth.Server, origin(t, server.URL))
}

var alice = auth.Credential{User: "alice", Secret: auth.NewSecret("wonderland")}

func acquire(client *Client, ch auth.Challenge, sp auth.Space, have auth.Credential) (auth.Credential, error) {
	return Scheme{Client: client}.Acquire(context.Background(), auth.Query{Challenge: ch, Space: sp}, have, nil)
}

// A token is held until it expires, and one for more takes in what was held.
func TestScopeWidens(t *testing.T) {
	var asked []string
	client, ask, sp := issuer(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, strings.Join(r.URL.Query()["scope"], " "))
		fmt.Fprintf(w, `{"access_token":"t%d","expires_in":100}`, len(asked))
	})
	now := time.Now()
	testOnlyNow = func() time.Time { return now }
	t.Cleanup(func() { testOnlyNow = time.Now })
	for _, step := range []struct {
		scope string
		later time.Duration
		want  string
	}{
		{"repository:a/b:pull", 0, "t1"},
		{"repository:a/b:pull", 89 * time.Second, "t1"},
		{"repository:a/b:push", 0, "t2"},
		{"repository:a/b:pull,push", 0, "t2"},
		{"repository:a/c:pull", 0, "t3"},
		{"repository:a/c:pull", 90 * time.Second, "t4"},
	} {
		now = now.Add(step.later)
		c, err := acquire(client, ask(step.scope), sp, alice)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Made.(*grant).token.Reveal(); got != step.want {
			t.Errorf("%s: %s, want %s", step.scope, got, step.want)
		}
		if !c.Equal(alice) {
			t.Error("another credential")
		}
	}
	want := "repository:a/b:pull|repository:a/b:push,pull|repository:a/c:pull|repository:a/c:pull"
	if got := strings.Join(asked, "|"); got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
}

// I7: a token of one registry is not another's, though they name the same server
// and service.
func TestI7(t *testing.T) {
	asked := 0
	client, ask, sp := issuer(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprint(w, `{"token":"t","expires_in":100}`)
	})
	other := sp
	other.Origin.Port++
	for _, s := range []auth.Space{sp, other, sp} {
		if _, err := acquire(client, ask("repository:a:pull"), s, alice); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 2 {
		t.Errorf("%d tokens for two registries", asked)
	}
}

// What speaks for whom: the password in the GET, the form where the server wants
// one, and the refresh token of Docker's tools.
func TestForms(t *testing.T) {
	for _, c := range []struct {
		name, user string
		get        int
		want       string
	}{
		{"get", "alice", 200, "GET alice:wonderland"},
		{"form", "alice", 405, "GET alice:wonderland, POST password alice wonderland  repository:a:pull registry"},
		{"identity", "<token>", 200, "POST refresh_token   wonderland repository:a:pull registry"},
	} {
		var seen []string
		client, ask, sp := issuer(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "GET" {
				user, pass, _ := r.BasicAuth()
				seen = append(seen, "GET "+user+":"+pass)
				w.WriteHeader(c.get)
			} else {
				f := func(name string) string { return r.PostFormValue(name) }
				seen = append(seen, strings.Join([]string{"POST", f("grant_type"), f("username"), f("password"), f("refresh_token"), f("scope"), f("service")}, " "))
			}
			fmt.Fprint(w, `{"token":"t"}`)
		})
		have := auth.Credential{User: c.user, Secret: alice.Secret}
		if _, err := acquire(client, ask("repository:a:pull"), sp, have); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := strings.Join(seen, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What a server says against a request, and R7's: a redirect is not followed.
func TestRefusals(t *testing.T) {
	followed := false
	for _, c := range []struct {
		code int
		body string
		who  auth.Credential
		want error
	}{
		{401, "", alice, auth.ErrRefused},
		{403, "", alice, auth.ErrRefused},
		{401, "", auth.Credential{}, auth.ErrNoCredential},
		{400, `{"error":"invalid_grant"}`, alice, auth.ErrRefused},
		{400, `{"error":"invalid_scope"}`, alice, auth.ErrCannotStart},
		{500, "", alice, auth.ErrCannotStart},
		{307, "", alice, auth.ErrCannotStart},
		{200, "wonderland", alice, auth.ErrCannotStart},
		{200, `{}`, alice, auth.ErrCannotStart},
		{200, `{"token":"` + strings.Repeat("x", maxAnswer) + `"}`, alice, auth.ErrCannotStart},
	} {
		client, ask, sp := issuer(t, func(w http.ResponseWriter, r *http.Request) {
			followed = followed || r.URL.Path == "/elsewhere"
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.code)
			fmt.Fprint(w, c.body)
		})
		_, err := acquire(client, ask("repository:a:pull"), sp, c.who)
		if !errors.Is(err, c.want) || strings.Contains(err.Error(), "wonderland") {
			t.Errorf("%d %.40s: %v, want %v", c.code, c.body, err, c.want)
		}
	}
	if followed {
		t.Error("a redirect was followed")
	}
}

// A token that was good is renewed; one that never was speaks against the
// account.
func TestChallengedAgain(t *testing.T) {
	client, ask, sp := issuer(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"token":"t","expires_in":100}`) })
	s, ch := Scheme{Client: client}, ask("repository:a:pull")
	for _, c := range []struct {
		accepted bool
		again    auth.Challenge
		want     auth.Verdict
	}{
		{false, ch, auth.Refused},
		{true, ch, auth.Renew},
		{false, ask("repository:a:push"), auth.Renew},
	} {
		cred, err := acquire(client, ch, sp, alice)
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.Begin(ch, cred, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.accepted {
			_, _ = x.Accepted(auth.Final{Status: 200})
		}
		if got, err := x.Challenged(c.again); got != c.want || err != nil {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	if _, err := s.Begin(ch, alice, nil); !errors.Is(err, auth.ErrCredential) {
		t.Errorf("a password as a token: %v", err)
	}
}
