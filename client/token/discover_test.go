package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
)

// documents is a server of metadata on a real socket, and a client for it.
type documents struct {
	*httptest.Server
	client *Client

	mu    sync.Mutex
	at    map[string]any // by path: a document, or an http.HandlerFunc
	asked []string       // paths
}

func newDocuments(t *testing.T) *documents {
	t.Helper()
	d := &documents{at: map[string]any{}}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.asked = append(d.asked, r.URL.Path)
		if r.Method == http.MethodGet && len(r.Header["Authorization"])+len(r.Header["Cookie"]) > 0 {
			t.Errorf("%s: metadata is asked for as somebody", r.URL)
		}
		switch doc := d.at[r.URL.Path].(type) {
		case nil:
			http.NotFound(w, r)
		case func(http.ResponseWriter, *http.Request):
			doc(w, r)
		default:
			_ = json.NewEncoder(w).Encode(doc)
		}
	}))
	t.Cleanup(d.Close)
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	d.client = &Client{Do: func(req *http.Request, _ []netip.Addr) (*http.Response, error) { return plain.Do(req) }}
	return d
}

func (d *documents) query(t *testing.T, challenge, path string) auth.Query {
	t.Helper()
	list, err := auth.ParseChallenges([]string{strings.ReplaceAll(challenge, "$URL", d.URL)})
	if err != nil {
		t.Fatal(err)
	}
	return queryFor(t, list[0], d.URL+path)
}

const (
	bare  = `Bearer realm="API"`
	named = `Bearer realm="API", resource_metadata="$URL/.well-known/oauth-protected-resource/api"`
)

// A resource leads to its issuer: by what the challenge names, else by the
// well-known places, the more specific one first; and an issuer to its metadata by
// the three places of RFC 8414 section 5.
func TestDiscover(t *testing.T) {
	const at = "/.well-known/oauth-protected-resource"
	for _, c := range []struct {
		challenge, resource, place, issuer, server string
		asked                                      int
	}{
		{named, "/api", at + "/api", "", wellKnownServer, 2},
		{bare, "/api/x", at + "/api/x", "", wellKnownServer, 2},
		{bare, "", at, "", wellKnownServer, 3},
		{bare, "", at, "/tenant", wellKnownServer + "/tenant", 3},
		{bare, "", at, "/tenant", wellKnownOpenID + "/tenant", 4},
		{bare, "", at, "/tenant", "/tenant" + wellKnownOpenID, 5},
		{bare, "", at, "", wellKnownOpenID, 4},
	} {
		d := newDocuments(t)
		d.at[c.place] = Resource{ID: d.URL + c.resource, Issuers: []string{d.URL + c.issuer}, Scopes: []string{"a", "b"}}
		d.at[c.server] = Server{Issuer: d.URL + c.issuer, Token: d.URL + "/token"}
		q := d.query(t, c.challenge, "/api/x")
		for range 2 {
			p, err := d.client.Discover(t.Context(), q)
			if err != nil {
				t.Errorf("%+v: %v", c, err)
				break
			}
			if p.ServerURL != d.URL+c.server || p.ResourceURL != d.URL+c.place || p.Server.Token != d.URL+"/token" {
				t.Errorf("%+v: %+v", c, p)
			}
		}
		if len(d.asked) != c.asked {
			t.Errorf("%+v: asked for %q", c, d.asked)
		}
	}
}

// The first issuer whose metadata are to be had is the one.
func TestDiscoverIssuers(t *testing.T) {
	d := newDocuments(t)
	d.at["/.well-known/oauth-protected-resource"] = Resource{ID: d.URL, Issuers: []string{d.URL + "/none", "http://as.test", d.URL + "/b"}}
	d.at[wellKnownServer+"/b"] = Server{Issuer: d.URL + "/b", Token: d.URL + "/token"}
	p, err := d.client.Discover(t.Context(), d.query(t, bare, "/"))
	if err != nil || p.Server.Issuer != d.URL+"/b" {
		t.Errorf("%+v, %v", p, err)
	}
}

// What leads nowhere is told apart: a resource that says nothing of tokens may
// still take one, and one whose words are not to be believed may not.
func TestDiscoverNothing(t *testing.T) {
	const place = "/.well-known/oauth-protected-resource/api"
	elsewhere := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
	}
	for name, c := range map[string]struct {
		challenge string
		prepare   func(*documents)
		want      error
	}{
		"none there": {bare, func(*documents) {}, auth.ErrNoCredential},
		"a page": {bare, func(d *documents) {
			d.at[place] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }
		}, auth.ErrNoCredential},
		"no issuers":       {named, func(d *documents) { d.at[place] = Resource{ID: d.URL + "/api"} }, auth.ErrNoCredential},
		"named, not there": {named, func(*documents) {}, auth.ErrCannotStart},
		"a redirect":       {named, func(d *documents) { d.at[place] = elsewhere }, auth.ErrCannotStart},
		"endless": {named, func(d *documents) {
			d.at[place] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxMetadata+1)) }
		}, auth.ErrCannotStart},
		"another resource": {named, func(d *documents) { d.at[place] = Resource{ID: d.URL + "/other", Issuers: []string{d.URL}} }, auth.ErrCannotStart},
		"another issuer": {named, func(d *documents) {
			d.at[place] = Resource{ID: d.URL + "/api", Issuers: []string{d.URL}}
			d.at[wellKnownServer] = Server{Issuer: d.URL + "/", Token: d.URL + "/token"}
		}, auth.ErrCannotStart},
		"an issuer that leads on": {named, func(d *documents) {
			d.at[place] = Resource{ID: d.URL + "/api", Issuers: []string{d.URL}}
			d.at[wellKnownServer] = elsewhere
		}, auth.ErrCannotStart},
	} {
		d := newDocuments(t)
		d.at["/elsewhere"] = Resource{ID: d.URL + "/api", Issuers: []string{d.URL}}
		c.prepare(d)
		_, err := d.client.Discover(t.Context(), d.query(t, c.challenge, "/api"))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if slices.Contains(d.asked, "/elsewhere") {
			t.Errorf("%s: a redirect was followed", name)
		}
	}
}
