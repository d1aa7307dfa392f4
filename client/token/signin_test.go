package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
)

// signInServer is an authorization server that believes everybody, and the person
// at the browser. What it does otherwise than it should is in its fields.
type signInServer struct {
	t *testing.T
	*httptest.Server
	client  *Client
	meta    Server
	browser bool

	iss       string // in the answer to an authorization request; "" is none
	deny      bool
	anyProof  bool // takes a code without its proof
	forgotten string

	mu        sync.Mutex
	challenge string
	clients   int
	told      []url.Values // what the token endpoint was asked
	shown     []Code
	page      string
}

func newSignInServer(t *testing.T) *signInServer {
	t.Helper()
	s := &signInServer{t: t, browser: true}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	testOnlyAfter = func(time.Duration) <-chan time.Time { return time.After(0) }
	t.Cleanup(func() { testOnlyAfter = time.After })
	s.iss = s.URL
	s.meta = Server{
		Issuer: s.URL, Authorization: s.URL + "/authorize?tenant=1", Token: s.URL + "/token", Device: s.URL + "/device",
		Registration: s.URL + "/register", Challenges: []string{"plain", "S256"}, IssInAnswer: true,
	}
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.client = &Client{
		Do:     func(req *http.Request, _ []netip.Addr) (*http.Response, error) { return plain.Do(req) },
		Person: s,
	}
	return s
}

func (s *signInServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	refuse := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":%q}`, code)
	}
	_ = r.ParseForm()
	if id := r.Form.Get("client_id"); id != "" && id == s.forgotten {
		refuse("invalid_client")
		return
	}
	switch r.URL.Path {
	case "/register":
		var said registration
		if err := json.NewDecoder(r.Body).Decode(&said); err != nil || said.Name != "getin" || said.Auth != "none" {
			s.t.Errorf("registration: %+v, %v", said, err)
		}
		s.clients++
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"client_id":"client-%d"}`, s.clients)
	case "/authorize":
		q := r.URL.Query()
		s.challenge = q.Get("code_challenge")
		back := url.Values{"state": {q.Get("state")}}
		if s.iss != "" {
			back.Set("iss", s.iss)
		}
		if s.deny {
			back.Set("error", "access_denied")
		} else {
			back.Set("code", "the-code")
		}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	case "/device":
		s.told = append(s.told, r.Form)
		fmt.Fprintf(w, `{"device_code":"the-device-code","user_code":"WDJB-MJHT","verification_uri":"%s/enter","expires_in":60,"interval":1}`, s.URL)
	case "/token":
		s.told = append(s.told, r.Form)
		proof := proof{verifier: r.Form.Get("code_verifier")}.challenge()
		switch {
		case s.deny:
			refuse("access_denied")
		case r.Form.Get("grant_type") == "authorization_code" && !s.anyProof && (proof != s.challenge || r.Form.Get("code") != "the-code"):
			refuse("invalid_grant")
		default:
			io.WriteString(w, `{"access_token":"the-access-token","refresh_token":"the-refresh-token","token_type":"Bearer","expires_in":60}`)
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *signInServer) Consent(context.Context, Consent) (bool, error) { return true, nil }

func (s *signInServer) Browser() bool { return s.browser }

func (s *signInServer) Show(ctx context.Context, c Code) error {
	s.mu.Lock()
	s.shown = append(s.shown, c)
	s.mu.Unlock()
	if c.User == "" {
		resp, err := http.Get(c.Address) // a browser follows redirects
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		s.page = string(text)
		return err
	}
	<-ctx.Done()
	return nil
}

func (s *signInServer) signIn(have auth.Credential) (auth.Credential, error) {
	meta := s.meta
	return s.client.signIn(s.t.Context(), &request{
		query: auth.Query{Space: auth.Space{Party: auth.Server, Origin: origin(s.t, "http://127.0.0.1:9")}},
		path:  &Path{Resource: &Resource{ID: "http://127.0.0.1:9/api"}, Server: &meta},
		scope: "read", have: have,
	})
}

// The browser brings a code, which is good for a token with the proof alone.
func TestSignInByBrowser(t *testing.T) {
	s := newSignInServer(t)
	var noted []string
	s.client.Notify = func(secret auth.Secret) { noted = append(noted, secret.Reveal()) }
	s.meta.Scopes = []string{"read", "offline_access"}
	got, err := s.signIn(auth.Credential{User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	g := got.Grant
	if got.Secret.Reveal() != "the-access-token" || got.User != "alice" || g.Refresh.Reveal() != "the-refresh-token" ||
		g.ClientID != "client-1" || g.Issuer != s.URL || g.Resource != "http://127.0.0.1:9/api" || g.Scope != "read" {
		t.Errorf("%+v %+v", got, g)
	}
	asked, err := url.Parse(s.shown[0].Address)
	if err != nil {
		t.Fatal(err)
	}
	q := asked.Query()
	for name, want := range map[string]string{
		"tenant": "1", "response_type": "code", "client_id": "client-1", "scope": "read offline_access", "prompt": "consent",
		"resource": "http://127.0.0.1:9/api", "login_hint": "alice", "code_challenge_method": "S256",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	form := s.told[0]
	if form.Get("redirect_uri") != q.Get("redirect_uri") || form.Get("resource") != "http://127.0.0.1:9/api" {
		t.Errorf("%v", form)
	}
	for _, secret := range []string{"the-code", form.Get("code_verifier"), "the-access-token", "the-refresh-token"} {
		if !slices.Contains(noted, secret) {
			t.Errorf("nobody was told of %q", secret)
		}
	}
	if !strings.Contains(s.page, "<h1>Signed in</h1>") || strings.Contains(s.page, "the-") {
		t.Errorf("page:\n%s", s.page)
	}
}

// I1: an answer to the sign-in that is another server's, or of one that says
// nobody's though it had promised to, gets no further.
func TestI1(t *testing.T) {
	for _, c := range []struct {
		name, iss string
		promised  bool
		ok        bool
	}{
		{"its own", "self", true, true},
		{"absent though advertised", "", true, false},
		{"another's", "https://attacker.example", true, false},
		{"another's, not advertised", "https://attacker.example", false, false},
		{"neither advertised nor there", "", false, true},
	} {
		s := newSignInServer(t)
		s.meta.IssInAnswer = c.promised
		if s.iss = c.iss; c.iss == "self" {
			s.iss = s.URL
		}
		_, err := s.signIn(auth.Credential{})
		if (err == nil) != c.ok || (len(s.told) == 1) != c.ok {
			t.Errorf("%s: %v, the token endpoint was asked %d times", c.name, err, len(s.told))
		}
		if !c.ok && (!errors.Is(err, auth.ErrNotAllowed) || !strings.Contains(s.page, "Not signed in")) {
			t.Errorf("%s: %v\n%s", c.name, err, s.page)
		}
	}
}

// I5: no code is asked of a server that does not tie it to who asks, though there
// is a browser. With another way to sign in that one is taken.
func TestI5(t *testing.T) {
	for _, challenges := range [][]string{nil, {"plain"}} {
		s := newSignInServer(t)
		s.meta.Challenges, s.meta.Device = challenges, ""
		if _, err := s.signIn(auth.Credential{}); !errors.Is(err, auth.ErrCannotStart) || len(s.shown) > 0 {
			t.Errorf("%q: %v", challenges, err)
		}
		s.meta.Device = s.URL + "/device"
		if _, err := s.signIn(auth.Credential{}); err != nil || s.shown[0].User == "" {
			t.Errorf("%q, with device codes: %v, %+v", challenges, err, s.shown)
		}
	}
	s := newSignInServer(t)
	for range 2 {
		if _, err := s.signIn(auth.Credential{}); err != nil {
			t.Fatal(err)
		}
	}
	a, _ := url.Parse(s.shown[0].Address)
	b, _ := url.Parse(s.shown[1].Address)
	for _, name := range []string{"state", "code_challenge"} {
		if a.Query().Get(name) == b.Query().Get(name) {
			t.Errorf("%s is the same twice", name)
		}
	}
}

// Without a browser a code is entered elsewhere; without codes the person opens
// the address.
func TestFlows(t *testing.T) {
	for _, c := range []struct {
		name      string
		browser   bool
		noBrowser bool
		meta      func(*Server)
		want      string
	}{
		{"a browser", true, false, func(*Server) {}, "browser"},
		{"none", false, false, func(*Server) {}, "code"},
		{"not wanted", true, true, func(*Server) {}, "code"},
		{"none, and no codes", false, false, func(s *Server) { s.Device = "" }, "browser"},
		{"a browser, and codes only", true, false, func(s *Server) { s.Authorization = "" }, "code"},
	} {
		s := newSignInServer(t)
		s.browser, s.client.Use.NoBrowser = c.browser, c.noBrowser
		c.meta(&s.meta)
		if _, err := s.signIn(auth.Credential{}); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := map[bool]string{true: "browser", false: "code"}[s.shown[0].User == ""]; got != c.want {
			t.Errorf("%s: signed in by %s", c.name, got)
		}
	}
	s := newSignInServer(t)
	s.meta.Authorization, s.meta.Device = "", ""
	if _, err := s.signIn(auth.Credential{}); !errors.Is(err, auth.ErrCannotStart) || s.clients > 0 {
		t.Errorf("no way: %v, %d clients", err, s.clients)
	}
}

// A no in the browser is a no.
func TestSignInDeclined(t *testing.T) {
	s := newSignInServer(t)
	s.deny = true
	if _, err := s.signIn(auth.Credential{}); !errors.Is(err, auth.ErrDeclined) || !strings.Contains(s.page, "declined") {
		t.Errorf("by browser: %v\n%s", err, s.page)
	}
	s.browser = false
	if _, err := s.signIn(auth.Credential{}); !errors.Is(err, auth.ErrDeclined) {
		t.Errorf("by code: %v", err)
	}
}

// Who getin is: whom the user says, else whom the grant was given to, else who was
// registered before, else somebody new.
func TestIdentify(t *testing.T) {
	s := newSignInServer(t)
	remembered := map[string]string{}
	s.client.Registered = func(issuer string) string { return remembered[issuer] }
	s.client.Remember = func(_ context.Context, issuer, id string) { remembered[issuer] = id }
	as := func(have auth.Credential) string {
		t.Helper()
		got, err := s.signIn(have)
		if err != nil {
			t.Fatal(err)
		}
		return got.Grant.ClientID
	}
	if got := as(auth.Credential{}) + as(auth.Credential{}); got != "client-1client-1" || remembered[s.URL] != "client-1" {
		t.Errorf("%s, remembered: %v", got, remembered)
	}
	// A server may forget: the code flow shows that in the browser, the other one
	// to us.
	s.browser, s.forgotten = false, "client-1"
	if got := as(auth.Credential{}); got != "client-2" || remembered[s.URL] != "client-2" {
		t.Errorf("forgotten by the server: %s, remembered: %v", got, remembered)
	}
	old := auth.Credential{Grant: &auth.Grant{Issuer: s.URL, ClientID: "first"}}
	if got := as(old); got != "first" {
		t.Errorf("the grant's: %s", got)
	}
	old.Grant.Issuer = "https://other.example"
	if got := as(old); got != "client-2" {
		t.Errorf("the grant of another issuer: %s", got)
	}
	s.client.Use.Clients = []ClientFor{{origin(t, s.URL), "mine"}, {auth.Origin{}, "any"}, {origin(t, "https://other.example"), "other"}}
	if got := as(old); got != "mine" {
		t.Errorf("the user's: %s", got)
	}
	s.client.Use.Clients = s.client.Use.Clients[1:]
	if got := as(old); got != "any" {
		t.Errorf("the user's for all: %s", got)
	}
	s.client.Use.Clients, s.meta.Registration = nil, ""
	remembered = map[string]string{}
	var none *noClientError
	if _, err := s.signIn(auth.Credential{}); !errors.As(err, &none) || !errors.Is(err, auth.ErrCannotStart) || none.Hint() == "" {
		t.Errorf("nobody: %v", err)
	}
}
