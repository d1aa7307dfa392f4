package authtest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

var alice = Users{"alice": "wonderland"}

// ask sends one request on a client that follows nothing.
func ask(t *testing.T, c *http.Client, method, target string, fields ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		return nil, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func client(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// respond answers a Digest challenge as a client would, with nc.
func respond(t *testing.T, challenge, method, target, user, pass string, nc int) string {
	t.Helper()
	rest, is := cutScheme(challenge, "Digest")
	p, err := readParams(rest)
	if !is || err != nil {
		t.Fatalf("challenge %q: %v", challenge, err)
	}
	return respondTo(p, p["nonce"].value, method, target, user, pass, nc)
}

func respondTo(p map[string]param, nonce, method, target, user, pass string, nc int) string {
	v := vector{
		Realm: p["realm"].value, Nonce: nonce, URI: target, Algorithm: p["algorithm"].value,
		Opaque: p["opaque"].value, QOP: "auth", NC: fmt.Sprintf("%08x", nc), Cnonce: "c", Username: user,
	}
	a := answer{d: v.digest(), params: map[string]param{
		"uri": {value: target}, "nonce": {value: nonce}, "nc": {value: v.NC},
		"cnonce": {value: "c"}, "qop": {value: "auth"},
	}}
	a.key = a.userKey(user, pass, &session{nonce, "c"})
	return v.line(a.response(method, nil))
}

func TestBasicOnTheWire(t *testing.T) {
	s := Start(Row{Path: "/b/", Demands: []Demand{Basic{Realm: `say "hi" \o/`, Charset: "UTF-8", Users: alice}}})
	t.Cleanup(s.Close)
	c := client(t)
	resp, body := ask(t, c, "GET", s.URL+"/b/x?q=1")
	if got, want := resp.Header.Get("WWW-Authenticate"), `Basic realm="say \"hi\" \\o/", charset="UTF-8"`; got != want {
		t.Errorf("challenge %s, want %s", got, want)
	}
	if resp.StatusCode != 401 || body != "who are you?\n" {
		t.Errorf("%d %q, want 401 and the refusal", resp.StatusCode, body)
	}
	resp, body = ask(t, c, "GET", s.URL+"/b/x?q=1", "Authorization", "Basic YWxpY2U6d29uZGVybGFuZA==", "Cookie", "a=b")
	if resp.StatusCode != 200 || body != "welcome, alice\n" {
		t.Errorf("%d %q, want 200 and a welcome", resp.StatusCode, body)
	}
	if resp, _ = ask(t, c, "GET", s.URL+"/b/x", "Authorization", "Basic !"); resp.StatusCode != 400 {
		t.Errorf("no base64: %d, want 400", resp.StatusCode)
	}
	if n := len(s.Complaints()); n != 1 {
		t.Errorf("%d complaints, want 1", n)
	}
	log := s.Log()
	if len(log) != 3 || log[0].Status != 401 || log[0].Authorization != "" || log[1].Target != "/b/x?q=1" ||
		log[1].Authorization != "Basic YWxpY2U6d29uZGVybGFuZA==" || log[1].Cookie != "a=b" {
		t.Errorf("log %+v", log)
	}
	if log[0].Connection != log[1].Connection {
		t.Error("the client kept its connection, the log says otherwise")
	}
	if s.Forget(); len(s.Log()) != 0 {
		t.Error("Forget forgot nothing")
	}
}

func TestDigestOnTheWire(t *testing.T) {
	d := &Digest{Realm: "r", Users: alice, Algorithm: "SHA-256", QOP: "auth", NonceUses: 2}
	s := Start(Row{Path: "/d", Demands: []Demand{d}})
	t.Cleanup(s.Close)
	c := client(t)
	resp, _ := ask(t, c, "GET", s.URL+"/d")
	first := resp.Header.Get("WWW-Authenticate")
	try := func(challenge string, nc int) *http.Response {
		resp, _ := ask(t, c, "GET", s.URL+"/d", "Authorization", respond(t, challenge, "GET", "/d", "alice", "wonderland", nc))
		return resp
	}
	if resp = try(first, 1); resp.StatusCode != 200 || resp.Header.Get("Authentication-Info") == "" {
		t.Errorf("%d with %q, want 200 and Authentication-Info", resp.StatusCode, resp.Header)
	}
	if resp = try(first, 1); resp.StatusCode != 400 || len(s.Complaints()) != 1 {
		t.Errorf("a replayed nonce count got %d", resp.StatusCode)
	}
	if resp = try(first, 2); resp.StatusCode != 200 {
		t.Errorf("nc=2 got %d", resp.StatusCode)
	}
	resp = try(first, 3)
	second := resp.Header.Get("WWW-Authenticate")
	if resp.StatusCode != 401 || !strings.Contains(second, "stale=true") {
		t.Errorf("the third use of a nonce good for two: %d, %s", resp.StatusCode, second)
	}
	if resp = try(second, 1); resp.StatusCode != 200 {
		t.Errorf("the new nonce got %d", resp.StatusCode)
	}
	resp, _ = ask(t, c, "GET", s.URL+"/d", "Authorization", respond(t, second, "GET", "/d", "alice", "wrong", 2))
	if resp.StatusCode != 401 || strings.Contains(resp.Header.Get("WWW-Authenticate"), "stale") {
		t.Errorf("a wrong password: %d, %s", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
}

func TestDigestNextNonce(t *testing.T) {
	d := &Digest{Realm: "r", Users: alice, Algorithm: "MD5", QOP: "auth", NonceUses: 1, NextNonce: true, WrongInfo: true}
	s := Start(Row{Path: "/d", Demands: []Demand{d}})
	t.Cleanup(s.Close)
	c := client(t)
	resp, _ := ask(t, c, "GET", s.URL+"/d")
	rest, _ := cutScheme(resp.Header.Get("WWW-Authenticate"), "Digest")
	p, _ := readParams(rest)
	nonce := p["nonce"].value
	for i := range 3 {
		resp, _ = ask(t, c, "GET", s.URL+"/d", "Authorization", respondTo(p, nonce, "GET", "/d", "alice", "wonderland", 1))
		info, err := readParams(resp.Header.Get("Authentication-Info"))
		if resp.StatusCode != 200 || err != nil || info["nextnonce"].value == "" {
			t.Fatalf("request %d: %d, %v", i, resp.StatusCode, resp.Header)
		}
		if strings.Trim(info["rspauth"].value, "0") != "" {
			t.Errorf("WrongInfo made a right rspauth: %v", info)
		}
		nonce = info["nextnonce"].value
	}
	if n := s.Count(401); n != 1 {
		t.Errorf("%d challenges, want 1", n)
	}
}

// First statuses come before the answer is looked at, Forbidden after it.
func TestRowsThatRefuse(t *testing.T) {
	basic := []Demand{Basic{Realm: "r", Users: Users{"alice": "a", "bob": "b", "eve": "e"}}}
	s := Start(
		Row{Path: "/busy", Demands: basic, First: []int{429, 401}, Header: http.Header{"Retry-After": {"1"}}},
		Row{Path: "/never", Demands: basic, First: []int{401}, Endless: true},
		Row{Path: "/drop", Demands: basic, First: []int{0}, Endless: true},
		Row{Path: "/some", Demands: basic, Forbidden: map[string]int{"bob": 403, "eve": 401}},
		Row{Path: "/raw", Demands: basic, Raw: []string{`Digest realm="x`, "NTLM"}},
		Row{Path: "/one", Demands: basic, Raw: []string{"Negotiate"}, OneLine: true},
	)
	t.Cleanup(s.Close)
	c := client(t)
	status := func(path, user string) int {
		auth := "Basic " + map[string]string{"alice": "YWxpY2U6YQ==", "bob": "Ym9iOmI=", "eve": "ZXZlOmU=", "wrong": "eDp4"}[user]
		resp, _ := ask(t, c, "GET", s.URL+path, "Authorization", auth)
		if resp == nil {
			return 0
		}
		return resp.StatusCode
	}
	for _, step := range []struct {
		path, user string
		want       int
	}{
		{"/busy", "wrong", 429},
		{"/busy", "alice", 401},
		{"/busy", "alice", 200},
		{"/never", "alice", 401},
		{"/never", "alice", 401},
		{"/drop", "alice", 0},
		{"/some", "alice", 200},
		{"/some", "bob", 403},
		{"/some", "eve", 401},
		{"/nowhere", "alice", 404},
	} {
		if got := status(step.path, step.user); got != step.want {
			t.Errorf("%s as %s: %d, want %d", step.path, step.user, got, step.want)
		}
	}
	resp, _ := ask(t, c, "GET", s.URL+"/raw")
	if got := resp.Header["Www-Authenticate"]; len(got) != 3 || got[1] != `Digest realm="x` {
		t.Errorf("raw lines: %q", got)
	}
	resp, _ = ask(t, c, "GET", s.URL+"/one")
	if got := resp.Header["Www-Authenticate"]; len(got) != 1 || got[0] != `Basic realm="r", Negotiate` {
		t.Errorf("one line: %q", got)
	}
}

func TestRedirectAndBearer(t *testing.T) {
	s := Start(
		Row{Path: "/to", Status: 302, Location: "/t", Header: http.Header{"Set-Cookie": {"k=v"}}, Body: []byte{}},
		Row{Path: "/t", Demands: []Demand{Bearer{Realm: "r", Token: "tok"}}, Body: []byte("in")},
	)
	t.Cleanup(s.Close)
	c := client(t)
	c.CheckRedirect = nil
	c.Jar, _ = cookiejar.New(nil)
	resp, body := ask(t, c, "GET", s.URL+"/to", "Authorization", "Bearer tok")
	if resp.StatusCode != 200 || body != "in" {
		t.Errorf("%d %q, want 200 in", resp.StatusCode, body)
	}
	if log := s.Log(); len(log) != 2 || log[1].Cookie != "k=v" || log[0].Status != 302 {
		t.Errorf("log %+v", s.Log())
	}
}

func TestProxy(t *testing.T) {
	plain := Start(Row{Path: "/", Body: []byte("plain")})
	t.Cleanup(plain.Close)
	secure := StartTLS(Row{Path: "/", Body: []byte("secure")})
	t.Cleanup(secure.Close)
	p := StartProxy(Row{Demands: []Demand{Basic{Realm: "p", Users: alice}}})
	t.Cleanup(p.Close)
	u, _ := url.Parse(p.URL)
	c := client(t)
	tr := c.Transport.(*http.Transport)
	tr.Proxy = http.ProxyURL(u)
	tr.TLSClientConfig = secure.http.Client().Transport.(*http.Transport).TLSClientConfig
	resp, _ := ask(t, c, "GET", plain.URL+"/")
	if resp == nil || resp.StatusCode != 407 || resp.Header.Get("Proxy-Authenticate") != `Basic realm="p"` {
		t.Fatalf("without a password: %+v", resp)
	}
	u.User = url.UserPassword("alice", "wonderland")
	for target, want := range map[string]string{plain.URL + "/": "plain", secure.URL + "/": "secure"} {
		if resp, body := ask(t, c, "GET", target); resp == nil || resp.StatusCode != 200 || body != want {
			t.Errorf("%s through the proxy: %+v %q", target, resp, body)
		}
	}
	if log := plain.Log(); len(log) != 1 || log[0].ProxyAuthorization != "" {
		t.Errorf("the server saw the proxy's password: %+v", log)
	}
	if log := p.Log(); len(log) != 3 || p.Count(407) != 1 {
		t.Errorf("the proxy's log: %+v", log)
	}
}
