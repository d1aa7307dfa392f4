package client_test

import (
	"errors"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/authtest"
	"getin/client/h1"
)

// TestD14_ProxyAsksForTunnel: a proxy that wants to know who opens a tunnel is
// answered like a server, by whichever scheme, and the server never sees it
// (SECURITY D14).
func TestD14_ProxyAsksForTunnel(t *testing.T) {
	users := authtest.Users{"proxyuser": "proxypass"}
	for name, demand := range map[string]authtest.Demand{
		"Basic": authtest.Basic{Realm: "Lab", Users: users}, "Digest": &authtest.Digest{Realm: "Lab", QOP: "auth", Users: users},
	} {
		t.Run(name, func(t *testing.T) {
			s := authtest.StartTLS(basicRow("/"))
			t.Cleanup(s.Close)
			proxy := authtest.StartProxy(authtest.Row{Path: "/", Demands: []authtest.Demand{demand}})
			t.Cleanup(proxy.Close)
			p := &purse{typed: []auth.Credential{person("proxyuser", "proxypass"), person("alice", "wonderland")}}
			c := throughProxy(t, p, proxy.URL)
			for range 2 {
				if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
					t.Fatalf("got %q, %v", body, err)
				}
			}
			if len(p.asked) != 2 || p.asked[0].Space.Party != auth.Proxy {
				t.Errorf("asked %+v", p.asked)
			}
			for _, r := range s.Log() {
				if r.ProxyAuthorization != "" {
					t.Error("the server saw what was for the proxy")
				}
			}
			for _, r := range proxy.Log() {
				if r.Authorization != "" {
					t.Error("the proxy saw what was for the server")
				}
			}
		})
	}
}

// TestD16_ProxyRefusesTunnel: the page of a proxy that refuses is the proxy's
// (SECURITY D16).
func TestD16_ProxyRefusesTunnel(t *testing.T) {
	s := authtest.StartTLS(basicRow("/"))
	t.Cleanup(s.Close)
	proxy := authtest.StartProxy(authtest.Row{Path: "/", Demands: []authtest.Demand{authtest.Basic{Realm: "Lab"}}})
	t.Cleanup(proxy.Close)
	_, _, err := get(t, throughProxy(t, &purse{}, proxy.URL), s.URL+"/")
	var u *client.Unanswered
	if !errors.As(err, &u) || u.Party != auth.Proxy || u.Target.Host != proxy.URL[len("http://"):] {
		t.Errorf("got %v", err)
	}
	if len(s.Log()) != 0 {
		t.Error("the server was reached")
	}
}

func throughProxy(t *testing.T, w client.Wallet, proxy string) *client.Client {
	t.Helper()
	via, err := h1.FixedProxy(proxy, "")
	if err != nil {
		t.Fatal(err)
	}
	s := h1.New(h1.Config{TLS: h1.TLS{Insecure: true}, Proxy: via})
	t.Cleanup(s.CloseIdleConnections)
	c := newClient(t, w)
	e := client.Engine{Engine: s}
	c.Sender, c.Way = e, e.Way
	return c
}
