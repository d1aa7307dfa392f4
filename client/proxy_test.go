package client_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/digest"
	"getin/client/auth/ntlm"
	"getin/client/authtest"
	"getin/client/h1"
)

func proxyRow(d authtest.Demand) authtest.Row {
	return authtest.Row{Path: "/", Demands: []authtest.Demand{d}}
}

func startProxy(t *testing.T, d authtest.Demand) *authtest.Server {
	t.Helper()
	p := authtest.StartProxy(proxyRow(d))
	t.Cleanup(p.Close)
	return p
}

// through is a client whose URLs go through the proxies that pick names.
func through(t *testing.T, w client.Wallet, pick func(*url.URL) string) *client.Client {
	t.Helper()
	e := client.Engine{Engine: h1.New(h1.Config{TLS: h1.TLS{Insecure: true}, Proxy: func(u *url.URL) (*url.URL, error) {
		return h1.ParseProxy(pick(u))
	}})}
	t.Cleanup(e.CloseIdleConnections)
	schemes := []auth.Scheme{digest.Scheme{}, ntlm.Scheme{}, basic.Scheme{}}
	return &client.Client{
		Sender: e, Way: e.Way, Schemes: schemes, ProxySchemes: schemes, Wallet: w,
		Policy: client.Policy{Follow: true, MaxRedirects: 10},
	}
}

// TestA6_RedirectIntoATunnel: what was for the proxy of the first hop goes into
// the CONNECT of the next, and never through the tunnel.
func TestA6_RedirectIntoATunnel(t *testing.T) {
	secure := authtest.StartTLS(authtest.Row{Path: "/", Body: []byte("in")})
	t.Cleanup(secure.Close)
	plain := start(t, authtest.Row{Path: "/", Status: 302, Location: secure.URL + "/"})
	proxy := startProxy(t, authtest.Basic{Realm: "Lab", Users: alice})
	c := through(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, func(*url.URL) string { return proxy.URL })
	if _, body, err := get(t, c, plain.URL+"/"); err != nil || body != "in" {
		t.Fatalf("%q %v", body, err)
	}
	for _, r := range secure.Log() {
		if r.ProxyAuthorization != "" {
			t.Errorf("the server saw %s", r.ProxyAuthorization)
		}
	}
	if log := proxy.Log(); log[len(log)-1].Method != "CONNECT" || log[len(log)-1].ProxyAuthorization == "" {
		t.Errorf("the tunnel was asked for without the answer: %+v", log)
	}
}

// TestC6_SecondProxy: what one proxy was told is not told to another, of the same
// realm neither, by whatever scheme; nor is a connection of its (SECURITY C6, C8).
func TestC6_SecondProxy(t *testing.T) {
	for name, demand := range map[string]func() authtest.Demand{
		"Basic":  func() authtest.Demand { return authtest.Basic{Realm: "Lab", Users: alice} },
		"Digest": func() authtest.Demand { return &authtest.Digest{Realm: "Lab", QOP: "auth", Users: alice} },
		"NTLM":   func() authtest.Demand { return &authtest.NTLM{Users: alice} },
	} {
		t.Run(name, func(t *testing.T) {
			one, two := startProxy(t, demand()), startProxy(t, demand())
			s := start(t, authtest.Row{Path: "/"})
			p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
			now := one.URL
			c := through(t, p, func(*url.URL) string { return now })
			if _, _, err := get(t, c, s.URL+"/"); err != nil {
				t.Fatal(err)
			}
			now = two.URL
			if resp, _, err := get(t, c, s.URL+"/"); err == nil || resp.StatusCode != 407 {
				t.Errorf("let through by the second: %v", err)
			}
			for _, r := range two.Log() {
				if r.ProxyAuthorization != "" {
					t.Errorf("the second was told %s", r.ProxyAuthorization)
				}
			}
		})
	}
}

// TestC9_ReplacedCredential: after a credential is replaced, neither it nor a
// tunnel that it opened is used again.
func TestC9_ReplacedCredential(t *testing.T) {
	users := authtest.Users{"alice": "wonderland", "bob": "builder"}
	for name, demand := range map[string]authtest.Demand{
		"Basic": authtest.Basic{Realm: "Lab", Users: users}, "Digest": &authtest.Digest{Realm: "Lab", QOP: "auth", Users: users},
		"NTLM": &authtest.NTLM{Users: users},
	} {
		t.Run(name, func(t *testing.T) {
			s := authtest.StartTLS(authtest.Row{Path: "/"})
			t.Cleanup(s.Close)
			proxy := startProxy(t, demand)
			c := through(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, func(*url.URL) string { return proxy.URL })
			if _, _, err := get(t, c, s.URL+"/"); err != nil {
				t.Fatal(err)
			}
			proxy.Forget()
			replaced := &client.Client{
				Sender: c.Sender, Way: c.Way, Schemes: c.Schemes, ProxySchemes: c.ProxySchemes,
				Wallet: &purse{typed: []auth.Credential{person("bob", "builder")}},
			}
			if _, _, err := get(t, replaced, s.URL+"/"); err != nil {
				t.Fatal(err)
			}
			if got := statuses(proxy); !strings.HasSuffix(got, "200") || !strings.HasPrefix(got, "407") {
				t.Errorf("the second credential opened nothing: %s", got)
			}
			if list := conns(s); len(list) != 2 {
				t.Errorf("%d tunnels, want 2", len(list))
			}
		})
	}
}

// TestD15_ProxyIsNotTheServer: a password that a server of the same origin and
// realm accepted is not a proxy's.
func TestD15_ProxyIsNotTheServer(t *testing.T) {
	proxy := startProxy(t, authtest.Basic{Realm: "Lab", Users: alice})
	s := start(t, authtest.Row{Path: "/"})
	o, _ := auth.ParseOrigin(proxy.URL)
	p := &purse{held: map[auth.Space]auth.Credential{
		{Party: auth.Server, Origin: o, Realm: "Lab", HasRealm: true}: person("alice", "wonderland"),
	}}
	resp, _, err := get(t, through(t, p, func(*url.URL) string { return proxy.URL }), s.URL+"/")
	if err == nil || resp.StatusCode != 407 || len(p.asked) != 1 || p.asked[0].Space.Party != auth.Proxy {
		t.Errorf("%v, asked %+v", err, p.asked)
	}
	if log := proxy.Log(); slices.ContainsFunc(log, func(r authtest.Request) bool { return r.ProxyAuthorization != "" }) {
		t.Errorf("the proxy was told the server's password: %+v", log)
	}
}
