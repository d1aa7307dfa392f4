package auth_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"getin/client/auth"
)

// spaceCase is one case of testdata/protection-space.json.
type spaceCase struct {
	ID, Kind, Scheme, Realm string
	AuthURL                 string `json:"auth_url"`
	RequestURL              string `json:"request_url"`
	Domain                  *string
	Proxy                   any
	Via                     string
	Stored, Query           storedCase
	Expect                  any
}

type storedCase struct {
	Origin, Target, Scheme string
	Realm                  *string
}

func readCases[T any](t testing.TB, file string) []T {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []T }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all.Cases
}

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func mustOrigin(t testing.TB, u *url.URL) auth.Origin {
	t.Helper()
	o, err := auth.OriginOf(u)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// unasked tells whether an answer to the case's challenge may go unasked with
// its request, put together as a client has to: party, origin, path.
func (c spaceCase) unasked(t *testing.T) bool {
	ch := auth.Challenge{Scheme: c.Scheme, Params: []auth.Param{{Name: "realm", Value: c.Realm}}}
	if c.Domain != nil {
		ch.Params = append(ch.Params, auth.Param{Name: "domain", Value: *c.Domain})
	}
	from, to := mustURL(t, c.AuthURL), mustURL(t, c.RequestURL)
	asked, asks := auth.Server, auth.Server
	if c.Via != "" { // both are proxies
		asked, asks, to = auth.Proxy, auth.Proxy, mustURL(t, c.Via)
	} else if c.Proxy == true {
		asks = auth.Proxy
	}
	if ch.Space(asked, mustOrigin(t, from)) != ch.Space(asks, mustOrigin(t, to)) {
		return false
	}
	for _, p := range auth.Prefixes(ch, from) {
		if auth.Covers(p, to) {
			return true
		}
	}
	return false
}

func TestPreemptiveVectors(t *testing.T) {
	n := 0
	for _, c := range readCases[spaceCase](t, "testdata/protection-space.json") {
		if c.Kind != "preemptive" {
			continue
		}
		n++
		if got := c.unasked(t); got != c.Expect {
			t.Errorf("%s: %s then %s: unasked %v, want %v", c.ID, c.AuthURL, c.RequestURL, got, c.Expect)
		}
	}
	if n != 30 {
		t.Errorf("%d cases, want 30", n)
	}
}

func (c storedCase) space(t *testing.T) auth.Space {
	ch := auth.Challenge{Scheme: c.Scheme}
	if c.Realm != nil {
		ch.Params = []auth.Param{{Name: "realm", Value: *c.Realm}}
	}
	return ch.Space(auth.PartyNamed(c.Target), mustOrigin(t, mustURL(t, c.Origin)))
}

func TestLookupVectors(t *testing.T) {
	n := 0
	for _, c := range readCases[spaceCase](t, "testdata/protection-space.json") {
		if c.Kind != "lookup" {
			continue
		}
		n++
		// "upgrade" is the same space, met with a stronger scheme.
		want := c.Expect == true || c.Expect == "upgrade"
		if got := c.Stored.space(t) == c.Query.space(t); got != want {
			t.Errorf("%s: same space %v, want %v", c.ID, got, want)
		}
	}
	if n != 10 {
		t.Errorf("%d cases, want 10", n)
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		prefix, path string
		want         bool
	}{
		{"/", "", true},
		{"/", "/a/b", true},
		{"/a/", "/a/", true},
		{"/a/", "/a", false},
		{"/a", "/a", true},
		{"/a", "/a/b", true},
		{"/a", "/a?x", true},
		{"/a", "/a;v=1", false},
		{"/a", "/ab", false},
		{"/a", "/A", false},
		{"/a/", "/%61/x", true},
		{"/a%2Fb/", "/a%2fb/x", true},
		{"/a/b/", "/a%2fb/x", false},
		{"/a/", "/a/./b", true},
		{"/a/", "/a/b/../c", true},
		{"/a/", "/a/..", false},
		{"/a/", "/a/b/..", true},
		{"/a/", "/a/.", true},
		{"/a/", "/a/../../../a/x", true},
		{"/a/", "/a/%2E%2e/b", false},
		{"/a/", "/a/..%2fb", false},
		{"/a/", "/a/..%5Cb", false},
		{"/a/", "/a/x%2f..%2f..%2fb", false},
		{"/a/", "/a/..;/b", false},
		{"/a/b/", "/a/b//../c", false},
		{"/a/", "/a//c", true},
		{"/a/", "/a/...", true},
		{"", "/a", false},
		{"a", "/a", false},
	} {
		if got := auth.Covers(c.prefix, mustURL(t, "https://h.example"+c.path)); got != c.want {
			t.Errorf("Covers(%q, %q) = %v, want %v", c.prefix, c.path, got, c.want)
		}
	}
	if auth.Covers("/", &url.URL{Scheme: "https", Host: "h.example", Path: "*"}) || auth.Covers("/", &url.URL{Scheme: "https", Opaque: "//h.example/a"}) {
		t.Error("a target without a path is covered")
	}
}

func TestRFC7616Section3_3_Domain(t *testing.T) {
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf("/p%d", i)
	}
	for _, c := range []struct {
		domain string
		want   []string
	}{
		{"", []string{"/"}},
		{"  ", []string{"/"}},
		{"/secure", []string{"/dir/x", "/secure"}},
		{"../up", []string{"/dir/x", "/up"}},
		{"/dir/x/y /a/ /a/b /a/", []string{"/dir/x", "/a/"}},
		{"http://h.example/a HTTPS://H.example:443/b", []string{"/dir/x", "/b"}},
		{"//evil.example/ https://evil.example/", []string{"/dir/x"}},
		{"https://h.example@evil.example/a https://h.example:8443/b %zz ftp://h.example/", []string{"/dir/x"}},
		{"/a/..%2f", []string{"/dir/x"}},
		{strings.Join(many, " "), append([]string{"/dir/x"}, many[:19]...)},
	} {
		ch := auth.Challenge{Scheme: "digest", Params: []auth.Param{{Name: "domain", Value: c.domain}}}
		if got := auth.Prefixes(ch, mustURL(t, "https://h.example/dir/x?q=/z/")); !reflect.DeepEqual(got, c.want) {
			t.Errorf("domain %q: %q, want %q", c.domain, got, c.want)
		}
	}
}

func TestPrefixesOfUncertainTarget(t *testing.T) {
	for _, scheme := range []string{"basic", "digest"} {
		if got := auth.Prefixes(auth.Challenge{Scheme: scheme}, mustURL(t, "https://h.example/a/..%2fb")); got != nil {
			t.Errorf("%s: %q", scheme, got)
		}
	}
}
