package client_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/authtest"
)

// TestR5_A11_NothingComesBack: what was left at home for another origin stays
// there on its next request, and when the chain returns to the first one
// (SECURITY A11).
func TestR5_A11_NothingComesBack(t *testing.T) {
	a, b := start(t, basicRow("/end")), start(t)
	a.Add(authtest.Row{Path: "/start", Status: 302, Location: b.URL + "/"})
	b.Add(authtest.Row{Path: "/", Status: 302, Location: "/again"})
	b.Add(authtest.Row{Path: "/again", Status: 302, Location: a.URL + "/end"})
	alice := person("alice", "wonderland")
	c := newClient(t, &purse{recall: remembered(a.URL, alice)})
	if _, _, err := get(t, c, a.URL+"/start"); err == nil {
		t.Error("/end was answered")
	}
	log := a.Log()
	if len(log) != 2 || log[0].Authorization == "" || log[1].Authorization != "" {
		t.Errorf("/start should get the credential, /end should not: %+v", log)
	}
	if log := b.Log(); len(log) != 2 || log[0].Authorization+log[1].Authorization != "" {
		t.Errorf("the other origin's log: %+v", log)
	}
}

// TestR5_LocationUserinfo: userinfo in a Location is the server's, goes nowhere
// and is shown to nobody.
func TestR5_LocationUserinfo(t *testing.T) {
	s := start(t, basicRow("/end"))
	s.Add(authtest.Row{Path: "/start", Status: 302, Location: strings.Replace(s.URL, "://", "://mallory:evil@", 1) + "/end"})
	resp, _, _ := get(t, newClient(t, &purse{}), s.URL+"/start")
	if resp == nil || resp.Request.URL.User != nil {
		t.Errorf("userinfo of a Location came along: %+v", resp)
	}
	for _, r := range s.Log() {
		if r.Authorization != "" {
			t.Errorf("%s got %q", r.Target, r.Authorization)
		}
	}
}

// TestR6_BehindSOCKS: and so it is through a relay that asks nothing itself; the
// proxy behind one may be far away, whatever its name.
func TestR6_BehindSOCKS(t *testing.T) {
	s := start(t, basicRow("/"))
	proxy := authtest.StartProxy(authtest.Row{Path: "/", Demands: []authtest.Demand{
		authtest.Basic{Realm: "Lab", Users: authtest.Users{"alice": "wonderland"}},
	}})
	t.Cleanup(proxy.Close)
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, way := range map[string]client.Way{"server": {Relayed: true}, "proxy": {Relayed: true, Proxy: through}} {
		t.Run(name, func(t *testing.T) {
			p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
			c := newClient(t, p)
			c.Way = func(*url.URL) (client.Way, error) { return way, nil }
			if way.Proxy != nil {
				c.Sender.(sender).Transport.Proxy = http.ProxyURL(through)
			}
			if _, _, err := get(t, c, s.URL+"/"); !errors.Is(err, auth.ErrNotAllowed) {
				t.Errorf("error %v, want auth.ErrNotAllowed", err)
			}
			for _, r := range append(s.Log(), proxy.Log()...) {
				if r.Authorization != "" || r.ProxyAuthorization != "" {
					t.Error("a password went through the relay in clear")
				}
			}
		})
	}
}

// TestR6_Moved: a loopback name that the user has moved elsewhere counts once its
// peer was seen, and not before.
func TestR6_Moved(t *testing.T) {
	s := start(t, basicRow("/"))
	alice := person("alice", "wonderland")
	c := newClient(t, &purse{recall: remembered(s.URL, alice), typed: []auth.Credential{alice}})
	c.Policy.Moved = true
	if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
		t.Fatalf("got %q, %v", body, err)
	}
	if log := s.Log(); len(log) != 2 || log[0].Authorization != "" || log[1].Authorization == "" {
		t.Errorf("a password went before the peer was seen: %+v", log)
	}
}

// TestR6_BehindProxy: through a proxy a loopback name is the proxy's loopback,
// or what the proxy makes of it.
func TestR6_BehindProxy(t *testing.T) {
	s := start(t, basicRow("/"))
	proxy := authtest.StartProxy(authtest.Row{Path: "/"})
	t.Cleanup(proxy.Close)
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	c := newClient(t, p)
	c.Way = func(*url.URL) (client.Way, error) { return client.Way{Proxy: through}, nil }
	c.Sender.(sender).Transport.Proxy = http.ProxyURL(through)
	if _, _, err := get(t, c, s.URL+"/"); !errors.Is(err, auth.ErrNotAllowed) {
		t.Errorf("error %v, want auth.ErrNotAllowed", err)
	}
	for _, r := range s.Log() {
		if r.Authorization != "" {
			t.Errorf("a password went through the proxy in clear: %q", r.Authorization)
		}
	}
}

// TestR5_TrustIsForWhatWasGiven: where redirects are trusted (--location-trusted),
// what was given goes along, and nothing else goes unasked.
func TestR5_TrustIsForWhatWasGiven(t *testing.T) {
	for _, given := range []bool{true, false} {
		a, b := start(t), start(t, basicRow("/"))
		a.Add(authtest.Row{Path: "/", Status: 302, Location: b.URL + "/"})
		alice := person("alice", "wonderland")
		alice.Given = given
		p := &purse{recall: remembered(b.URL, alice), typed: []auth.Credential{alice, alice}}
		c := newClient(t, p)
		c.Policy.TrustRedirects, c.Policy.AllowClearText = true, true
		for range 2 { // the second time it is known of this run
			if _, body, err := get(t, c, a.URL+"/"); err != nil || body != "welcome, alice\n" {
				t.Fatalf("given %v: %q, %v", given, body, err)
			}
		}
		want := 2 // requests at the other origin
		if !given {
			want = 4
		}
		if log := b.Log(); len(log) != want || (log[0].Authorization != "") != given {
			t.Errorf("given %v: %d requests, want %d, the first with %q", given, len(log), want, log[0].Authorization)
		}
	}
}
