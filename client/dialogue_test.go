package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/authtest"
)

var alice = authtest.Users{"alice": "wonderland"}

func start(t *testing.T, rows ...authtest.Row) *authtest.Server {
	t.Helper()
	s := authtest.Start(rows...)
	t.Cleanup(func() {
		s.Close()
		for _, c := range s.Complaints() {
			t.Errorf("the server complains: %s", c)
		}
	})
	return s
}

func basicRow(path string) authtest.Row {
	return authtest.Row{Path: path, Demands: []authtest.Demand{authtest.Basic{Realm: "Lab", Users: alice}}}
}

func digestRow(path string) authtest.Row {
	return authtest.Row{Path: path, Demands: []authtest.Demand{&authtest.Digest{Realm: "Lab", Users: alice}}}
}

func TestAnswersWhatIsAsked(t *testing.T) {
	for name, row := range map[string]authtest.Row{"Basic": basicRow("/a/"), "Digest": digestRow("/a/")} {
		t.Run(name, func(t *testing.T) {
			s := start(t, row)
			p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
			c := newClient(t, p)
			for range 20 {
				resp, body, err := get(t, c, s.URL+"/a/x?y=1")
				if err != nil || resp.StatusCode != 200 || body != "welcome, alice\n" {
					t.Fatalf("got %v, %q, %v", resp, body, err)
				}
			}
			if n := len(s.Log()); n != 21 {
				t.Errorf("%d requests for 20 URLs, want 21", n)
			}
			if len(p.asked) != 1 {
				t.Errorf("%d questions, want 1", len(p.asked))
			}
		})
	}
}

// TestR9_StrongestFirst: Digest before Basic, SHA-256 before MD5, whatever the
// server's order.
func TestR9_StrongestFirst(t *testing.T) {
	s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{
		authtest.Basic{Realm: "Lab", Users: alice},
		&authtest.Digest{Realm: "Lab", Algorithm: "MD5", Users: alice},
		&authtest.Digest{Realm: "Lab", Algorithm: "SHA-256", Users: alice},
	}})
	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	if _, _, err := get(t, c, s.URL+"/"); err != nil {
		t.Fatal(err)
	}
	if a := s.Log()[1].Authorization; !strings.HasPrefix(a, "Digest ") || !strings.Contains(a, "algorithm=SHA-256") {
		t.Errorf("answered %q", a)
	}
}

// TestR9_HeldBeforeTyped: what can be answered without a person is, even by a
// weaker scheme of another space, before anybody is asked.
func TestR9_HeldBeforeTyped(t *testing.T) {
	s := start(t, authtest.Row{Path: "/", Demands: []authtest.Demand{
		&authtest.Digest{Realm: "Other", Users: alice}, authtest.Basic{Realm: "Lab", Users: alice},
	}})
	o, _ := auth.ParseOrigin(s.URL)
	p := &purse{held: map[auth.Space]auth.Credential{
		{Party: auth.Server, Origin: o, Realm: "Lab", HasRealm: true}: person("alice", "wonderland"),
	}}
	if _, body, err := get(t, newClient(t, p), s.URL+"/"); err != nil || body != "welcome, alice\n" {
		t.Fatalf("got %q, %v", body, err)
	}
	if len(p.asked) != 0 {
		t.Errorf("a person was asked")
	}
}

// TestR1_Outcomes: what each status proves of an answer to a challenge.
func TestR1_Outcomes(t *testing.T) {
	accepted := []int{200, 201, 204, 206, 304, 403, 404, 405, 406, 409, 410, 412, 415, 416, 422}
	undecided := []int{400, 402, 408, 413, 414, 418, 426, 429, 431, 451, 500, 502, 503, 504}
	for want, codes := range map[auth.Outcome][]int{auth.Accepted: accepted, auth.Undecided: undecided} {
		for _, code := range codes {
			row := basicRow("/")
			row.First, row.Endless = []int{code}, true
			s := start(t, row)
			p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
			if resp, _, err := get(t, newClient(t, p), s.URL+"/"); err != nil || resp.StatusCode != code {
				t.Fatalf("%d: got %v, %v", code, resp, err)
			}
			if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{want}) {
				t.Errorf("%d proves %v, want %v", code, got, want)
			}
		}
	}
}

// TestR1_Redirects: within the origin accepted, out of it undecided.
func TestR1_Redirects(t *testing.T) {
	other := start(t, authtest.Row{Path: "/"})
	for to, want := range map[string]auth.Outcome{"/open": auth.Accepted, other.URL + "/": auth.Undecided} {
		row := basicRow("/a")
		row.Status, row.Location = 302, to
		s := start(t, row, authtest.Row{Path: "/open"})
		p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
		if _, _, err := get(t, newClient(t, p), s.URL+"/a"); err != nil {
			t.Fatal(err)
		}
		if got := p.outcomes()[0]; got != want {
			t.Errorf("redirect to %s proves %v, want %v", to, got, want)
		}
	}
}

// TestR1_BrokenConnectionIsUndecided: a server that hangs up after the answer
// has judged nothing.
func TestR1_BrokenConnectionIsUndecided(t *testing.T) {
	row := basicRow("/")
	row.First, row.Endless = []int{0}, true
	s := start(t, row)
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	if resp, _, err := get(t, newClient(t, p), s.URL+"/"); err == nil {
		t.Fatalf("got %v", resp.Status)
	}
	if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Undecided}) {
		t.Errorf("settled %v", got)
	}
}

// TestF8_GivesUp: a server that refuses whatever comes ends the dialogue after
// as many questions as the wallet allows, and never more than eight rounds.
func TestF8_GivesUp(t *testing.T) {
	row := basicRow("/")
	row.First, row.Endless = []int{401}, true
	s := start(t, row)
	p := &purse{}
	for i := range 20 {
		p.typed = append(p.typed, person("alice", fmt.Sprint(i)))
	}
	resp, _, err := get(t, newClient(t, p), s.URL+"/")
	var u *client.Unanswered
	if !errors.As(err, &u) || !errors.Is(err, client.ErrTooManyRounds) || resp.StatusCode != 401 {
		t.Fatalf("got %v, %v", resp, err)
	}
	if n := len(s.Log()); n != 8 {
		t.Errorf("%d requests, want 8", n)
	}
}

// TestWrongThenRight: the refused answer is settled as rejected, the next as
// accepted, and the person is asked twice.
func TestWrongThenRight(t *testing.T) {
	for _, row := range []authtest.Row{basicRow("/"), digestRow("/")} {
		s := start(t, row)
		p := &purse{typed: []auth.Credential{person("alice", "wrong"), person("alice", "wonderland")}}
		if _, body, err := get(t, newClient(t, p), s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("got %q, %v", body, err)
		}
		if got := p.outcomes(); !slices.Equal(got, []auth.Outcome{auth.Rejected, auth.Accepted}) {
			t.Errorf("settled %v", got)
		}
	}
}

// TestNobody: the 401 itself comes back, body and all.
func TestNobody(t *testing.T) {
	s := start(t, basicRow("/"))
	resp, body, err := get(t, newClient(t, &purse{}), s.URL+"/")
	var u *client.Unanswered
	if !errors.As(err, &u) || !errors.Is(err, auth.ErrNobody) {
		t.Fatalf("error %v", err)
	}
	if resp.StatusCode != 401 || body != "who are you?\n" || u.Space.Realm != "Lab" || u.Sent {
		t.Errorf("got %s, %q, %+v", resp.Status, body, u)
	}
}

// TestUnreadableChallenges: what can be read of several fields is answered, and
// what was wrong with the rest is told.
func TestUnreadableChallenges(t *testing.T) {
	row := basicRow("/")
	row.Raw = []string{`Digest realm="unterminated`}
	s := start(t, row)
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	if _, _, err := get(t, newClient(t, p), s.URL+"/"); err != nil {
		t.Errorf("the readable one was not answered: %v", err)
	}
	s = start(t, authtest.Row{Path: "/", Raw: []string{`Basic realm="x`}})
	_, _, err := get(t, newClient(t, p), s.URL+"/")
	var u *client.Unanswered
	if !errors.As(err, &u) || !errors.Is(err, client.ErrNoChallenge) || u.Syntax == nil {
		t.Errorf("got %v", err)
	}
}

// TestOwnHeaderIsFinal: credentials set by hand are sent, and no dialogue
// follows (rule R4).
func TestR4_OwnHeaderIsFinal(t *testing.T) {
	s := start(t, basicRow("/"))
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	req, _ := http.NewRequest("GET", s.URL+"/", nil)
	req.Header.Set("Authorization", "Bearer mine")
	_, _, err := do(t, newClient(t, p), req)
	if !errors.Is(err, client.ErrOwnHeader) || len(p.asked) != 0 || len(s.Log()) != 1 {
		t.Errorf("got %v after %d requests, %d questions", err, len(s.Log()), len(p.asked))
	}
}

// TestR6_ClearText: Basic over http goes to loopback by name and by peer, and
// else nowhere without consent; Digest gives nothing away.
func TestR6_ClearText(t *testing.T) {
	outside := netip.MustParseAddr("192.0.2.1")
	for _, tc := range []struct {
		name    string
		row     authtest.Row
		peer    netip.Addr
		policy  client.Policy
		consent func(auth.Concern) error
		sent    bool
	}{
		{name: "loopback", row: basicRow("/"), sent: true},
		{name: "other peer", row: basicRow("/"), peer: outside},
		{name: "allowed", row: basicRow("/"), peer: outside, policy: client.Policy{AllowClearText: true}, sent: true},
		{name: "consent", row: basicRow("/"), peer: outside, consent: func(auth.Concern) error { return nil }, sent: true},
		{name: "no consent", row: basicRow("/"), peer: outside, consent: func(auth.Concern) error { return auth.ErrNotAllowed }},
		{name: "digest", row: digestRow("/"), peer: outside, sent: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t, tc.row)
			p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
			c := newClient(t, p)
			c.Policy, c.Sender = tc.policy, sender{Transport: c.Sender.(sender).Transport, peer: tc.peer}
			if tc.consent != nil {
				c.Consent = consentFunc(t, auth.ClearText, tc.consent)
			}
			_, _, err := get(t, c, s.URL+"/")
			if sent := slices.ContainsFunc(s.Log(), func(r authtest.Request) bool { return r.Authorization != "" }); sent != tc.sent {
				t.Errorf("sent %v, want %v (%v)", sent, tc.sent, err)
			}
			if !tc.sent && (!errors.Is(err, auth.ErrNotAllowed) || len(p.asked) > 0) {
				t.Errorf("error %v, %d questions: nobody types what will not be sent", err, len(p.asked))
			}
		})
	}
}

// TestR6_AgreedForGood: where clear text was agreed to for good, what is stored
// goes unasked, and not elsewhere.
func TestR6_AgreedForGood(t *testing.T) {
	for agreed, want := range map[bool]int{true: 1, false: 2} {
		s := start(t, basicRow("/"))
		u, _ := url.Parse(s.URL)
		u.Host = "example.com:" + u.Port()
		recall := remembered(u.String(), person("alice", "wonderland"))
		p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
		p.recall = func(party *auth.Party, u *url.URL) auth.Recalled {
			r := recall(party, u)
			r.ClearText = agreed
			return r
		}
		c := newClient(t, p)
		c.Sender.(sender).Transport.DialContext = dialTo(strings.TrimPrefix(s.URL, "http://"))
		c.Consent = consentFunc(t, auth.ClearText, func(auth.Concern) error { return nil })
		if _, _, err := get(t, c, u.String()+"/"); err != nil {
			t.Fatal(err)
		}
		if n := len(s.Log()); n != want {
			t.Errorf("agreed %v: %d requests, want %d", agreed, n, want)
		}
	}
}

// TestR7_UnverifiedPeer: what is stored or typed at a prompt waits for consent;
// what was given for the URL does not.
func TestR7_UnverifiedPeer(t *testing.T) {
	for name, given := range map[string]bool{"stored": false, "given": true} {
		t.Run(name, func(t *testing.T) {
			s := authtest.StartTLS(basicRow("/"))
			t.Cleanup(s.Close)
			o, _ := auth.ParseOrigin(s.URL)
			cred := person("alice", "wonderland")
			cred.Given = given
			p := &purse{held: map[auth.Space]auth.Credential{{Party: auth.Server, Origin: o, Realm: "Lab", HasRealm: true}: cred}}
			c := newClient(t, p)
			var key string
			c.Consent = consentFunc(t, auth.Unverified, func(a auth.Concern) error { key = a.Key; return auth.ErrNotAllowed })
			c.Sender = sender{Transport: c.Sender.(sender).Transport, peer: netip.MustParseAddr("192.0.2.1"), unverified: errors.New("self-signed")}
			_, _, err := get(t, c, s.URL+"/")
			if given && err != nil {
				t.Error(err)
			}
			if !given && (!errors.Is(err, auth.ErrNotAllowed) || key != "sha256//abc") {
				t.Errorf("error %v, key %q", err, key)
			}
		})
	}
}

// TestR7_NothingUnaskedWithoutCheck: with the check off, what is stored waits
// for the challenge.
func TestR7_NothingUnaskedWithoutCheck(t *testing.T) {
	for unverified, want := range map[bool]int{false: 1, true: 2} {
		s := authtest.StartTLS(basicRow("/"))
		t.Cleanup(s.Close)
		u, _ := url.Parse(s.URL)
		u.Host = "example.com:" + u.Port()
		p := &purse{recall: remembered(u.String(), person("alice", "wonderland"))}
		p.typed = []auth.Credential{person("alice", "wonderland")}
		c := newClient(t, p)
		c.Sender.(sender).Transport.DialContext = dialTo(strings.TrimPrefix(s.URL, "https://"))
		c.Policy.Unverified = unverified
		if _, _, err := get(t, c, u.String()+"/"); err != nil {
			t.Fatal(err)
		}
		if n := len(s.Log()); n != want {
			t.Errorf("unverified %v: %d requests, want %d", unverified, n, want)
		}
	}
}

// TestR8_Downgrade: a weaker scheme than was accepted before needs consent.
func TestR8_Downgrade(t *testing.T) {
	s := start(t, basicRow("/"))
	strong := func(*auth.Party, *url.URL) auth.Recalled { return auth.Recalled{Strongest: auth.StrengthDigestMD5} }
	p := &purse{recall: strong, typed: []auth.Credential{person("alice", "wonderland")}}
	c := newClient(t, p)
	if _, _, err := get(t, c, s.URL+"/"); !errors.Is(err, auth.ErrNotAllowed) || s.Log()[0].Authorization != "" || len(s.Log()) != 1 {
		t.Fatalf("error %v after %d requests", err, len(s.Log()))
	}
	var was auth.Concern
	c.Consent = consentFunc(t, auth.Downgrade, func(a auth.Concern) error { was = a; return nil })
	if _, _, err := get(t, c, s.URL+"/"); err != nil {
		t.Error(err)
	}
	if was.Stronger != auth.StrengthDigestMD5 || was.Query.Scheme != "Basic" {
		t.Errorf("asked about %+v", was)
	}
	p = &purse{recall: strong, typed: []auth.Credential{person("alice", "wonderland")}}
	c = newClient(t, p)
	c.Policy.AllowDowngrade = true
	if _, _, err := get(t, c, s.URL+"/"); err != nil {
		t.Error(err)
	}
}

// TestR8_ProvenCredential: a password that a stronger scheme was accepted with
// is not given to a weaker one, wherever on the origin its realm turns up.
func TestR8_ProvenCredential(t *testing.T) {
	s := start(t, basicRow("/"))
	o, _ := auth.ParseOrigin(s.URL)
	cred := person("alice", "wonderland")
	cred.Proven = auth.StrengthDigestSHA256
	p := &purse{held: map[auth.Space]auth.Credential{{Party: auth.Server, Origin: o, Realm: "Lab", HasRealm: true}: cred}}
	if _, _, err := get(t, newClient(t, p), s.URL+"/"); !errors.Is(err, auth.ErrNotAllowed) || len(s.Log()) != 1 {
		t.Errorf("error %v after %d requests", err, len(s.Log()))
	}
}

// TestR5_NothingUnaskedAfterHop: at another origin a credential waits for a
// challenge, and the query says where the chain began.
func TestR5_NothingUnaskedAfterHop(t *testing.T) {
	b := start(t, basicRow("/"))
	row := basicRow("/")
	row.Status, row.Location = 302, b.URL+"/deep"
	a := start(t, row)
	p := &purse{typed: []auth.Credential{person("alice", "wonderland"), person("alice", "wonderland")}}
	c := newClient(t, p)
	if _, _, err := get(t, c, b.URL+"/first"); err != nil { // b is known in this run
		t.Fatal(err)
	}
	b.Forget()
	if _, body, err := get(t, c, a.URL+"/"); err != nil || body != "welcome, alice\n" {
		t.Fatalf("got %q, %v", body, err)
	}
	if log := b.Log(); len(log) != 2 || log[0].Authorization != "" {
		t.Errorf("%d requests, the first with %q", len(log), log[0].Authorization)
	}
}

// TestR5_NoSecretAfterDowngradedRedirect: https to http ends every dialogue.
func TestR5_NoSecretAfterDowngradedRedirect(t *testing.T) {
	plain := start(t, basicRow("/"))
	s := authtest.StartTLS(authtest.Row{Path: "/", Status: 302, Location: plain.URL + "/"})
	t.Cleanup(s.Close)
	p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
	if _, _, err := get(t, newClient(t, p), s.URL+"/"); !errors.Is(err, client.ErrDowngradedRedirect) || len(p.asked) > 0 {
		t.Errorf("error %v, %d questions", err, len(p.asked))
	}
}

// TestProxyAsks: a proxy is a row of the same table.
func TestProxyAsks(t *testing.T) {
	s := start(t, basicRow("/"))
	proxy := authtest.StartProxy(authtest.Row{Path: "/", Demands: []authtest.Demand{
		&authtest.Digest{Realm: "Lab", Users: authtest.Users{"proxyuser": "proxypass"}},
	}})
	t.Cleanup(proxy.Close)
	p := &purse{typed: []auth.Credential{person("proxyuser", "proxypass"), person("alice", "wonderland")}}
	c := newClient(t, p)
	through, _ := url.Parse(proxy.URL)
	c.Way = func(*url.URL) (client.Way, error) { return client.Way{Proxy: through}, nil }
	c.Sender.(sender).Transport.Proxy = http.ProxyURL(through)
	c.Policy.AllowClearText = true
	for range 3 {
		if _, body, err := get(t, c, s.URL+"/"); err != nil || body != "welcome, alice\n" {
			t.Fatalf("got %q, %v", body, err)
		}
	}
	if len(p.asked) != 2 || p.asked[0].Space.Party != auth.Proxy || p.asked[1].Space.Party != auth.Server {
		t.Errorf("asked %+v", p.asked)
	}
	for _, r := range s.Log() {
		if r.ProxyAuthorization != "" {
			t.Error("the server saw what was for the proxy")
		}
	}
	if n := len(proxy.Log()); n != 5 {
		t.Errorf("%d requests through the proxy, want 5: one 407, one 401, three pages", n)
	}
}

// TestDrippingRefusal: a refusal whose page never ends does not hold up the
// answer.
func TestDrippingRefusal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="Lab"`)
		w.WriteHeader(401)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // until the client gives up
	}))
	t.Cleanup(s.Close)
	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	if resp, _, err := get(t, c, s.URL+"/"); err != nil || resp.StatusCode != 200 {
		t.Errorf("got %v, %v", resp, err)
	}
}
