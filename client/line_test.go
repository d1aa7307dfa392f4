package client_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/ntlm"
	"getin/client/authtest"
	"getin/client/h1"
)

func ntlmRow(n *authtest.NTLM) authtest.Row {
	n.Users = authtest.Users{"alice": "wonderland", "bob": "builder"}
	return authtest.Row{Path: "/", Demands: []authtest.Demand{n}}
}

// statuses are the answers to the requests, in order.
func statuses(s *authtest.Server) string {
	var list []string
	for _, r := range s.Log() {
		list = append(list, strconv.Itoa(r.Status))
	}
	return strings.Join(list, " ")
}

func conns(s *authtest.Server) map[string][]authtest.Request {
	m := map[string][]authtest.Request{}
	for _, r := range s.Log() {
		m[r.Connection] = append(m[r.Connection], r)
	}
	return m
}

// One handshake serves every request that follows on the connection.
func TestOneHandshakeForAConnection(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}))
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	for range 200 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("%q %v", body, err)
		}
	}
	if got := statuses(s); got != "401 401"+strings.Repeat(" 200", 200) || len(conns(s)) != 2 {
		t.Errorf("%s over %d connections", got, len(conns(s)))
	}
}

// A server that lets a connection in for one request is asked anew each time,
// and at once.
func TestServerThatForgetsItsConnections(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{Forgets: true}))
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	for range 4 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("%q %v", body, err)
		}
	}
	if got := statuses(s); got != "401 401 200 401 401 200 401 200 401 200" {
		t.Errorf("requests: %s", got)
	}
}

// TestConnectionThatEndedWhileItWasIdle: what is kept and has died is replaced by
// a new handshake, and nobody is asked.
func TestConnectionThatEndedWhileItWasIdle(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}))
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	c := engineClient(t, p, "")
	for range 3 {
		req, _ := http.NewRequest("POST", s.URL+"/", strings.NewReader("content"))
		if _, body, err := do(t, c, req); err != nil || body != "welcome, alice\n" {
			t.Fatalf("%q %v", body, err)
		}
		s.HangUp()
	}
	if got := statuses(s); got != "401 401 200 401 200 401 200" || len(p.asked) != 1 {
		t.Errorf("requests: %s, %d questions", got, len(p.asked))
	}
}

// A server in trouble has not forgotten whom it knows.
func TestTroubleKeepsTheConnection(t *testing.T) {
	n := &authtest.NTLM{}
	row := ntlmRow(n)
	busy := row
	busy.Path, busy.Status = "/busy", 503
	s := start(t, row, busy)
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	for _, path := range []string{"/", "/busy", "/", "/busy"} {
		if _, _, err := get(t, c, s.URL+path); err != nil {
			t.Fatal(err)
		}
	}
	if got := statuses(s); got != "401 401 200 503 200 503" {
		t.Errorf("requests: %s", got)
	}
}

// The content goes with the last leg alone, whole.
func TestContentWaitsForTheLastLeg(t *testing.T) {
	for _, size := range []int{10, 1 << 17} {
		s := start(t, ntlmRow(&authtest.NTLM{}))
		c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
		for range 2 {
			req, err := http.NewRequest("POST", s.URL+"/", bytes.NewReader(make([]byte, size)))
			if err != nil {
				t.Fatal(err)
			}
			if _, body, err := do(t, c, req); err != nil || body != "welcome, alice\n" {
				t.Fatalf("%q %v", body, err)
			}
		}
		for i, r := range s.Log()[1:] {
			if want := size; i == 0 && len(r.Body) != 0 || i > 0 && len(r.Body) != want {
				t.Errorf("request %d has %d octets", i+2, len(r.Body))
			}
		}
	}
}

// A leg that nobody asked for, with its content held back, is not the request.
func TestLegThatNobodyAskedFor(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}), authtest.Row{Path: "/x/y"})
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	if _, _, err := get(t, c, s.URL+"/x/z"); err != nil {
		t.Fatal(err)
	}
	c.Sender.(client.Engine).CloseIdleConnections() // or it would be vouched for
	req, _ := http.NewRequest("POST", s.URL+"/x/y", strings.NewReader("content"))
	if _, _, err := do(t, c, req); err != nil {
		t.Fatal(err)
	}
	if log := s.Log(); string(log[len(log)-1].Body) != "content" {
		t.Errorf("the last request has %q", log[len(log)-1].Body)
	}
}

// TestC1_IdentitiesDoNotShareAConnection: nobody rides a connection that another
// has authenticated, and an anonymous request none (SECURITY C1, C4).
func TestC1_IdentitiesDoNotShareAConnection(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}))
	p := &purse{typed: []auth.Credential{person("alice", "wonderland"), person("alice", "WONDERLAND"), person("bob", "builder")}}
	c := engineClient(t, p, "")
	if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
		t.Fatalf("%q %v", body, err)
	}
	p.held = nil
	other := &client.Client{Sender: c.Sender, Schemes: c.Schemes, Wallet: p}
	if resp, _, _ := get(t, &client.Client{Sender: c.Sender}, s.URL+"/"); resp.StatusCode != 401 {
		t.Errorf("an anonymous request was let in: %s", resp.Status)
	}
	if _, body, err := get(t, other, s.URL+"/"); err != nil || body != "welcome, bob\n" {
		t.Errorf("%q %v", body, err)
	}
	if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Accepted, auth.Rejected, auth.Accepted}) {
		t.Errorf("settled %v", got)
	}
}

// Sixteen at once, each over its own connection; one question.
func TestParallelLines(t *testing.T) {
	for where, at := range places {
		t.Run(where, func(t *testing.T) {
			n := &authtest.NTLM{}
			p := at(t, ntlmRow(n))
			t.Cleanup(p.demands.Close)
			if p.secureParty {
				n.EndPoint = p.demands.EndPoint()
			}
			w := &purse{typed: slices.Repeat([]auth.Credential{person("alice", "wonderland")}, 16)}
			c := p.client(t, w)
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					for range 5 {
						if resp, body, err := get(t, c, p.url); err != nil || resp.StatusCode != 200 {
							t.Errorf("%q %v", body, err)
						}
					}
				})
			}
			wg.Wait()
			for _, complaint := range p.demands.Complaints() {
				t.Errorf("complaint: %s", complaint)
			}
			for conn, list := range conns(p.demands) {
				if handshakes := count(list, "NTLM TlRMTVNTUAAD"); handshakes > 1 {
					t.Errorf("%s was authenticated %d times", conn, handshakes)
				}
			}
		})
	}
}

func count(list []authtest.Request, prefix string) (n int) {
	for _, r := range list {
		if strings.HasPrefix(r.Authorization, prefix) || strings.HasPrefix(r.ProxyAuthorization, prefix) {
			n++
		}
	}
	return n
}

// A connection that dies twice ends the request, and proves nothing.
func TestHandshakeStartsAgainOnce(t *testing.T) {
	for _, last := range []bool{false, true} {
		n := &authtest.NTLM{Drops: 2}
		if last {
			n = &authtest.NTLM{DropsLast: 2}
		}
		s := start(t, ntlmRow(n))
		p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
		_, _, err := get(t, engineClient(t, p, ""), s.URL+"/")
		if h1.Classify(err) != h1.EmptyReply {
			t.Errorf("got %v", err)
		}
		if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Undecided}) {
			t.Errorf("settled %v", got)
		}
	}
}

// What may do harm twice is not sent again once its content has gone.
func TestUnsafeIsNotStartedAgain(t *testing.T) {
	for _, last := range []bool{false, true} {
		n := &authtest.NTLM{Drops: 1}
		if last {
			n = &authtest.NTLM{DropsLast: 1}
		}
		s := start(t, ntlmRow(n))
		c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
		req, _ := http.NewRequest("POST", s.URL+"/", strings.NewReader("once"))
		if _, _, err := do(t, c, req); (err != nil) != last {
			t.Errorf("last leg %v: %v", last, err)
		}
		sent := 0
		for _, r := range s.Log()[1:] {
			if string(r.Body) == "once" {
				sent++
			}
		}
		if sent != 1 {
			t.Errorf("last leg %v: the content was sent %d times", last, sent)
		}
	}
}

// The proxy wants to know, and then the server, over one connection.
func TestProxyAndServerBothByConnection(t *testing.T) {
	server := &authtest.NTLM{}
	s := authtest.StartTLS(ntlmRow(server))
	t.Cleanup(s.Close)
	server.EndPoint = s.EndPoint()
	proxy := authtest.StartProxy(ntlmRow(&authtest.NTLM{}))
	t.Cleanup(proxy.Close)
	p := &purse{typed: []auth.Credential{person("bob", "builder"), person("alice", "wonderland")}}
	c := engineClient(t, p, proxy.URL)
	for range 3 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("%q %v", body, err)
		}
	}
	if got := statuses(proxy); got != "407 407 200" {
		t.Errorf("the proxy saw %s", got)
	}
	if got := statuses(s); got != "401 401 200 200 200" || len(conns(s)) != 1 {
		t.Errorf("the server saw %s over %d connections", got, len(conns(s)))
	}
	if slices.Concat(s.Complaints(), proxy.Complaints()) != nil {
		t.Errorf("complaints: %q %q", s.Complaints(), proxy.Complaints())
	}
}

// A tunnel that Digest has opened serves the requests that follow, although the
// answer would be another for each.
func TestDigestTunnelIsUsedAgain(t *testing.T) {
	s := authtest.StartTLS(authtest.Row{Path: "/"})
	t.Cleanup(s.Close)
	proxy := authtest.StartProxy(authtest.Row{Path: "/", Demands: []authtest.Demand{
		&authtest.Digest{Realm: "Lab", QOP: "auth", Users: alice},
	}})
	t.Cleanup(proxy.Close)
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, proxy.URL)
	for range 5 {
		if _, _, err := get(t, c, s.URL+"/"); err != nil {
			t.Fatal(err)
		}
	}
	if got := statuses(proxy); got != "407 200" || len(conns(proxy)) != 1 {
		t.Errorf("the proxy saw %s over %d connections", got, len(conns(proxy)))
	}
}

// TestD16_ServerPretendsToBeTheProxy: a 407 that comes through the tunnel is the
// server's, and no question is asked for it.
func TestD16_ServerPretendsToBeTheProxy(t *testing.T) {
	s := authtest.StartTLS(authtest.Row{
		Path: "/", Status: 407, Header: http.Header{"Proxy-Authenticate": {`Basic realm="Lab"`}},
	})
	t.Cleanup(s.Close)
	proxy := authtest.StartProxy(authtest.Row{Path: "/"})
	t.Cleanup(proxy.Close)
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	resp, _, err := get(t, engineClient(t, p, proxy.URL), s.URL+"/")
	if err != nil || resp.StatusCode != 407 || len(p.asked) != 0 {
		t.Errorf("%v, %v, asked %d times", resp, err, len(p.asked))
	}
}

// TestR6_NTLMInClearIsAskedFor: what NTLM sends can be guessed from; over http to
// another machine it needs consent, or to be asked for by name.
func TestR6_NTLMInClearIsAskedFor(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		traits, err := ntlm.Scheme{Wanted: wanted}.Traits(auth.Challenge{Scheme: "ntlm"})
		if err != nil || traits.SendsSecret == wanted {
			t.Errorf("wanted %v: %+v, %v", wanted, traits, err)
		}
	}
	via := start(t, ntlmRow(&authtest.NTLM{}))
	c := engineClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}, "")
	c.Way = func(u *url.URL) (client.Way, error) { return client.Way{Relayed: true}, nil }
	_, _, err := get(t, c, via.URL+"/")
	if !errors.Is(err, auth.ErrNotAllowed) || len(via.Log()) != 1 {
		t.Errorf("got %v after %d requests", err, len(via.Log()))
	}
}

// Who cannot lease connections does not begin such a handshake.
func TestSenderWithoutLeases(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}))
	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	c.Schemes = append(c.Schemes, ntlm.Scheme{})
	resp, _, err := get(t, c, s.URL+"/")
	if !errors.Is(err, client.ErrNoScheme) || resp.StatusCode != 401 {
		t.Errorf("got %v", err)
	}
}

// TestR1_LegProvesNothing: a page that comes upon the first leg was nobody's to
// let in.
func TestR1_LegProvesNothing(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}), authtest.Row{Path: "/x/open"})
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	c := engineClient(t, p, "")
	if _, _, err := get(t, c, s.URL+"/x/closed"); err != nil {
		t.Fatal(err)
	}
	c.Sender.(client.Engine).CloseIdleConnections() // or no leg would be sent
	if _, _, err := get(t, c, s.URL+"/x/open"); err != nil {
		t.Fatal(err)
	}
	if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Accepted, auth.Undecided}) {
		t.Errorf("settled %v", got)
	}
}

// Behind a proxy that authenticates its connections HTTP/2 is spoken all the
// same, unless the server authenticates its own.
func TestHTTP2BehindAProxyOfConnections(t *testing.T) {
	n := &authtest.NTLM{}
	site := authtest.New(authtest.Row{Path: "/", Body: []byte("in")}, authtest.Row{Path: "/ntlm/", Demands: ntlmRow(n).Demands})
	var mu sync.Mutex
	var spoken []string
	h2 := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		spoken = append(spoken, r.Proto)
		mu.Unlock()
		site.ServeHTTP(w, r)
	}))
	h2.EnableHTTP2 = true
	h2.StartTLS()
	t.Cleanup(h2.Close)
	sum := sha256.Sum256(h2.Certificate().Raw)
	n.EndPoint = sum[:]
	proxy := startProxy(t, &authtest.NTLM{Users: alice})
	via, err := h1.FixedProxy(proxy.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	c := engineClient(t, &purse{typed: slices.Repeat([]auth.Credential{person("alice", "wonderland")}, 2)}, "")
	e := client.Engine{Engine: h1.New(h1.Config{TLS: h1.TLS{Insecure: true, HTTP2: true}, Proxy: via})}
	t.Cleanup(e.CloseIdleConnections)
	c.Sender, c.Way = e, e.Way
	for _, path := range []string{"/", "/", "/ntlm/", "/ntlm/", "/"} {
		if resp, body, err := get(t, c, h2.URL+path); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: %q %v", path, body, err)
		}
	}
	want := "HTTP/2.0 HTTP/2.0 HTTP/2.0 HTTP/1.1 HTTP/1.1 HTTP/1.1 HTTP/2.0"
	if got := strings.Join(spoken, " "); got != want {
		t.Errorf("spoke %s, want %s", got, want)
	}
	if got := statuses(proxy); got != "407 407 200 407 200" || site.Complaints() != nil {
		t.Errorf("the proxy saw %s; complaints %q", got, site.Complaints())
	}
}

// TestC4_PasswordsThatDifferInCase: a password that differs in case alone is
// another, and no connection of the right one is its.
func TestC4_PasswordsThatDifferInCase(t *testing.T) {
	s := start(t, ntlmRow(&authtest.NTLM{}))
	given := person("alice", "wonderland")
	given.Given = true
	p := &purse{recall: func(*auth.Party, *url.URL) auth.Recalled {
		o, _ := auth.ParseOrigin(s.URL)
		return auth.Recalled{Ready: true, Credential: given, Query: auth.Query{
			Space: auth.Space{Party: auth.Server, Origin: o}, Scheme: "NTLM", Strength: auth.StrengthNTLM,
			Unasked: true, Challenge: auth.Challenge{Scheme: "ntlm"},
		}}
	}}
	c := engineClient(t, p, "")
	for range 2 {
		if _, _, err := get(t, c, s.URL+"/"); err != nil {
			t.Fatal(err)
		}
	}
	given.Secret = auth.NewSecret("Wonderland")
	if resp, _, err := get(t, c, s.URL+"/"); err == nil || resp.StatusCode != 401 {
		t.Errorf("let in: %v", err)
	}
	if got := statuses(s); !strings.HasPrefix(got, "401 200 200 401 401") || len(conns(s)) < 2 {
		t.Errorf("requests: %s over %d connections", got, len(conns(s)))
	}
}
