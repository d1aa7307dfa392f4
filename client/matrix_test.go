package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/bearer"
	"getin/client/auth/digest"
	"getin/client/auth/negotiate"
	"getin/client/auth/ntlm"
	"getin/client/auth/scram"
	"getin/client/authtest"
	"getin/client/h1"
	"getin/client/ticket"
)

// engineClient sends with the engine, through a proxy unless that is "".
func engineClient(t *testing.T, w client.Wallet, proxy string) *client.Client {
	t.Helper()
	config := h1.Config{TLS: h1.TLS{Insecure: true}, ProxyTLS: h1.TLS{Insecure: true}}
	if proxy != "" {
		via, err := h1.FixedProxy(proxy, "")
		if err != nil {
			t.Fatal(err)
		}
		config.Proxy = via
	}
	e := client.Engine{Engine: h1.New(config)}
	t.Cleanup(e.CloseIdleConnections)
	tickets := negotiate.Scheme{Mechanism: &ticket.Client{Getenv: os.Getenv}}
	schemes := []auth.Scheme{tickets, scram.Scheme{}, scram.Scheme{SHA1: true}, digest.Scheme{}, ntlm.Scheme{}, bearer.Scheme{}, basic.Scheme{}}
	return &client.Client{
		Sender: e, Way: e.Way, Schemes: schemes, ProxySchemes: schemes, Wallet: w,
		Policy: client.Policy{Follow: true, MaxRedirects: 10},
	}
}

// place is who demands in a case of the matrix, and what is asked for.
type place struct {
	party       *auth.Party
	demands     *authtest.Server
	url, proxy  string
	secureParty bool // the demanding one is spoken to over TLS
}

// client returns one that goes this way. It may show to a proxy in between what is
// for the server.
func (p place) client(t *testing.T, w client.Wallet) *client.Client {
	c := engineClient(t, w, p.proxy)
	c.Policy.AllowClearText = p.party == auth.Server && !p.secureParty
	return c
}

// places are the ways on which somebody may ask.
var places = map[string]func(t *testing.T, row authtest.Row) place{
	"server": func(t *testing.T, row authtest.Row) place {
		s := authtest.StartTLS(row)
		return place{auth.Server, s, s.URL + "/", "", true}
	},
	"server behind a proxy": func(t *testing.T, row authtest.Row) place {
		p, s := authtest.StartProxy(authtest.Row{}), authtest.Start(row)
		t.Cleanup(p.Close)
		return place{auth.Server, s, s.URL + "/", p.URL, false}
	},
	"http proxy": func(t *testing.T, row authtest.Row) place {
		p, s := authtest.StartProxy(row), start(t, authtest.Row{Path: "/", Body: []byte("the page")})
		return place{auth.Proxy, p, s.URL + "/", p.URL, false}
	},
	"CONNECT": func(t *testing.T, row authtest.Row) place {
		p, s := authtest.StartProxy(row), authtest.StartTLS(authtest.Row{Path: "/", Body: []byte("the page")})
		t.Cleanup(s.Close)
		return place{auth.Proxy, p, s.URL + "/", p.URL, false}
	},
	"https proxy": func(t *testing.T, row authtest.Row) place {
		p, s := authtest.StartTLSProxy(row), authtest.StartTLS(authtest.Row{Path: "/", Body: []byte("the page")})
		t.Cleanup(s.Close)
		return place{auth.Proxy, p, s.URL + "/", p.URL, true}
	},
}

var matrixUsers = authtest.Users{"alice": "wonderland", `LAB\alice`: "wonderland"}

// demands make a row for a scheme; dies has the connection end in the middle.
var demands = map[string]func(t *testing.T, dies bool) (authtest.Row, *[]byte){
	"Basic": func(t *testing.T, dies bool) (authtest.Row, *[]byte) {
		return dying(authtest.Row{Path: "/", Demands: []authtest.Demand{authtest.Basic{Realm: "Lab", Users: matrixUsers}}}, dies), nil
	},
	"Digest": func(t *testing.T, dies bool) (authtest.Row, *[]byte) {
		d := &authtest.Digest{Realm: "Lab", QOP: "auth", Algorithm: "SHA-256", Users: matrixUsers}
		return dying(authtest.Row{Path: "/", Demands: []authtest.Demand{d}}, dies), nil
	},
	"Bearer": func(_ *testing.T, dies bool) (authtest.Row, *[]byte) {
		return dying(authtest.Row{Path: "/", Demands: []authtest.Demand{authtest.Bearer{Realm: "Lab", Token: "wonderland", User: "alice"}}}, dies), nil
	},
	"SCRAM-SHA-256": func(_ *testing.T, dies bool) (authtest.Row, *[]byte) {
		return authtest.Row{Path: "/", Demands: []authtest.Demand{scramDemand(false, dies)}}, nil
	},
	"SCRAM-SHA-1": func(_ *testing.T, dies bool) (authtest.Row, *[]byte) {
		return authtest.Row{Path: "/", Demands: []authtest.Demand{scramDemand(true, dies)}}, nil
	},
	"NTLM": func(t *testing.T, dies bool) (authtest.Row, *[]byte) {
		n := &authtest.NTLM{Users: matrixUsers, Host: "127.0.0.1"}
		if dies {
			n.Drops = 1
		}
		return authtest.Row{Path: "/", Demands: []authtest.Demand{n}}, &n.EndPoint
	},
	"Negotiate": func(t *testing.T, dies bool) (authtest.Row, *[]byte) {
		n := &authtest.Negotiate{KDC: realm(t, matrixUsers)}
		if dies {
			n.Drops = 1
		}
		return authtest.Row{Path: "/", Demands: []authtest.Demand{n}}, &n.EndPoint
	},
	"NTLM, the last leg": func(t *testing.T, dies bool) (authtest.Row, *[]byte) {
		n := &authtest.NTLM{Users: matrixUsers, Host: "127.0.0.1"}
		if dies {
			n.DropsLast = 1
		}
		return authtest.Row{Path: "/", Demands: []authtest.Demand{n}}, &n.EndPoint
	},
}

func scramDemand(sha1, dies bool) *authtest.SCRAM {
	s := &authtest.SCRAM{Realm: "Lab", Users: matrixUsers, SHA1: sha1}
	if dies {
		s.Drops = 1
	}
	return s
}

func dying(row authtest.Row, dies bool) authtest.Row {
	if dies {
		row.First = []int{0}
	}
	return row
}

// TestMatrix is each scheme, asked by each party in each way, answered rightly, at
// the second try, by nobody, and over a connection that dies.
func TestMatrix(t *testing.T) {
	right, wrong := person("alice", "wonderland"), person("alice", "wrong")
	for scheme, row := range demands {
		for where, at := range places {
			for what, c := range map[string]struct {
				typed []auth.Credential
				dies  bool
				want  []auth.Outcome
			}{
				"right":            {[]auth.Credential{right}, false, []auth.Outcome{auth.Accepted}},
				"wrong then right": {[]auth.Credential{wrong, right}, false, []auth.Outcome{auth.Rejected, auth.Accepted}},
				"nobody":           {nil, false, nil},
				"dies":             {[]auth.Credential{right}, true, []auth.Outcome{auth.Accepted}},
			} {
				if c.dies && where == "server behind a proxy" {
					continue // the proxy answers then
				}
				t.Run(fmt.Sprintf("%s, %s, %s", scheme, where, what), func(t *testing.T) {
					r, endPoint := row(t, c.dies)
					p := at(t, r)
					t.Cleanup(p.demands.Close)
					if endPoint != nil && p.secureParty {
						*endPoint = p.demands.EndPoint()
					}
					purse := &purse{typed: c.typed}
					resp, body, err := get(t, p.client(t, purse), p.url)
					checkMatrix(t, p, resp, body, err, c.want)
					if got := purse.outcomes(); !slices.Equal(got, c.want) {
						t.Errorf("settled %v, want %v", got, c.want)
					}
					for _, complaint := range p.demands.Complaints() {
						t.Errorf("complaint: %s", complaint)
					}
				})
			}
		}
	}
}

func checkMatrix(t *testing.T, p place, resp *http.Response, body string, err error, want []auth.Outcome) {
	t.Helper()
	if len(want) == 0 {
		var u *client.Unanswered
		if !errors.As(err, &u) || u.Party != p.party || resp.StatusCode != p.party.Status || len(p.demands.Log()) != 1 {
			t.Errorf("got %v after %d requests", err, len(p.demands.Log()))
		}
		return
	}
	if err != nil || resp.StatusCode != 200 || !strings.Contains("welcome, alice\nthe page", body) {
		t.Errorf("got %v, %q, %v", resp, body, err)
	}
}
