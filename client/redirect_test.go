package client

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

type redirectCase struct {
	ID       string
	Kind     string
	Chain    []string
	Expect   json.RawMessage
	Headers  []string
	Rule     string
	Last     string
	New      string
	Explicit string
}

func redirectCases(t *testing.T, kind string) []redirectCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/protection-space.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []redirectCase }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(file.Cases, func(c redirectCase) bool { return c.Kind != kind })
}

// TestR5_RedirectVectors walks the chains of protection-space.json hop by hop.
func TestR5_RedirectVectors(t *testing.T) {
	for _, tc := range redirectCases(t, "redirect") {
		t.Run(tc.ID, func(t *testing.T) {
			var want []bool
			if err := json.Unmarshal(tc.Expect, &want); err != nil {
				t.Fatal(err)
			}
			c := &Client{Policy: Policy{Follow: true, MaxRedirects: -1}}
			if tc.Rule == "trusted" {
				c.Policy.TrustRedirects, c.Policy.AllowClearText = true, true
			}
			for i, got := range walk(t, c, tc.Chain) {
				if got != want[i] {
					t.Errorf("request %d to %s: credentials sent: %v, want %v", i, tc.Chain[i], got, want[i])
				}
			}
		})
	}
}

// walk follows a chain and tells for each request whether all of the caller's
// secret fields go with it. A hop that is refused, and all behind it, get none.
func walk(t *testing.T, c *Client, chain []string) []bool {
	t.Helper()
	secrets := []string{"Authorization", "Cookie", "Proxy-Authorization", "X-Amz-Security-Token"}
	req, err := http.NewRequest("GET", chain[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		req.Header.Set(s, "secret")
	}
	h, err := firstHop(req)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]bool, len(chain))
	got[0] = true
	for i, to := range chain[1:] {
		resp := &http.Response{StatusCode: 302, Header: http.Header{"Location": {to}}, Request: h.req}
		next, err := c.follow(h, resp)
		if err != nil {
			return got
		}
		n := 0
		for _, s := range secrets {
			n += len(next.req.Header.Values(s))
		}
		if n != 0 && n != len(secrets) {
			t.Errorf("only %d of %d fields dropped", len(secrets)-n, len(secrets))
		}
		got[i+1] = n > 0
		h = next
	}
	return got
}

func TestG4_RefererVectors(t *testing.T) {
	for _, tc := range redirectCases(t, "referer") {
		t.Run(tc.ID, func(t *testing.T) {
			var want string
			if err := json.Unmarshal(tc.Expect, &want); err != nil {
				t.Fatal(err)
			}
			last, err := url.Parse(tc.Last)
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequest("GET", tc.New, nil)
			if err != nil {
				t.Fatal(err)
			}
			c := &Client{Policy: Policy{AutoReferer: tc.Explicit == ""}}
			if tc.Explicit != "" {
				req.Header.Set("Referer", tc.Explicit)
			}
			c.refer(req, last)
			if got := req.Header.Get("Referer"); got != want {
				t.Errorf("Referer %q, want %q", got, want)
			}
		})
	}
}

// TestA8_A14_OnlySafeFieldsLeave: a field is dropped unless it is known to be
// harmless, in whatever case it was written (SECURITY A7, A8, A14, A17).
func TestA8_A14_OnlySafeFieldsLeave(t *testing.T) {
	header := http.Header{}
	for _, name := range []string{"authorization", "COOKIE", "X-Api-Key", "Proxy-Authorization", "X-Amz-Security-Token", "Origin", "Cookie2", "Private-Token"} {
		header[name] = []string{"secret"}
	}
	for _, name := range []string{"Accept", "User-Agent", "Range", "accept-language"} {
		header[name] = []string{"harmless"}
	}
	strip(header, false)
	for name, values := range header {
		if slices.Contains(values, "secret") {
			t.Errorf("%s went along", name)
		}
	}
	if len(header) != 4 {
		t.Errorf("left %v, want the four harmless ones", header)
	}
}

// TestA9_RedirectMethods: RFC 9110 section 15.4, and no body where the method
// became GET (SECURITY A9).
func TestA9_RedirectMethods(t *testing.T) {
	for _, tc := range []struct {
		status       int
		method, want string
		body         bool
	}{
		{300, "POST", "POST", true},
		{301, "POST", "GET", false},
		{302, "POST", "GET", false},
		{303, "POST", "GET", false},
		{303, "PUT", "GET", false},
		{303, "HEAD", "HEAD", false},
		{301, "PUT", "PUT", true},
		{307, "POST", "POST", true},
		{308, "POST", "POST", true},
		{302, "GET", "GET", false},
	} {
		var body *strings.Reader
		req, _ := http.NewRequest(tc.method, "http://a.example/", nil)
		if tc.method == "POST" || tc.method == "PUT" {
			body = strings.NewReader("x=1")
			req, _ = http.NewRequest(tc.method, "http://a.example/", body)
			req.Header.Set("Content-Type", "text/plain")
			req.Header.Set("Content-MD5", "x")
		}
		h, err := firstHop(req)
		if err != nil {
			t.Fatal(err)
		}
		c := &Client{Policy: Policy{Follow: true, MaxRedirects: 1}}
		next, err := c.follow(h, &http.Response{StatusCode: tc.status, Header: http.Header{"Location": {"/b"}}})
		if err != nil {
			t.Fatal(err)
		}
		if next.req.Method != tc.want {
			t.Errorf("%d on %s: %s, want %s", tc.status, tc.method, next.req.Method, tc.want)
		}
		if got := next.body.get != nil; got != tc.body {
			t.Errorf("%d on %s: body %v, want %v", tc.status, tc.method, got, tc.body)
		}
		if !tc.body && (next.req.Header.Get("Content-Type") != "" || next.req.Header.Get("Content-Md5") != "") {
			t.Errorf("%d on %s: content fields went along: %v", tc.status, tc.method, next.req.Header)
		}
	}
}

// TestA10_HostsThatHoldTheFirst: a host that contains the first one, or looks
// like it, is another one (SECURITY A10).
func TestA10_HostsThatHoldTheFirst(t *testing.T) {
	for _, to := range []string{
		"https://[::1%25.foo.com]/", "https://notfoo.com/", "https://foo.com.evil/", "https://www.foo.com/",
		"https://foo.com@evil.example/", "https://foo.com:8443/",
	} {
		if got := walk(t, &Client{Policy: Policy{Follow: true, MaxRedirects: 9}}, []string{"https://foo.com/", to}); got[1] {
			t.Errorf("what was given for foo.com went to %s", to)
		}
	}
}

// TestRawLocation: what servers send raw is encoded, as in browsers.
func TestRawLocation(t *testing.T) {
	from, _ := url.Parse("http://a.example/x/y")
	for value, want := range map[string]string{
		"/caf\xc3\xa9 au lait?q=a b\xe9#\xc3\xa9 x": "http://a.example/caf%C3%A9%20au%20lait?q=a%20b%E9#%C3%A9%20x",
		"z z":                       "http://a.example/x/z%20z",
		"http://b.example/%20/\xff": "http://b.example/%20/%FF",
		"//b.example":               "http://b.example",
	} {
		got, err := location(from, value)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", value, got, err, want)
		}
	}
}

func TestRedirectsRefused(t *testing.T) {
	for _, to := range []string{"ftp://h.example/", "file:///etc/passwd", "http://", "https://h.example:0/", "http://a b/", "javascript:alert(1)"} {
		req, _ := http.NewRequest("GET", "https://a.example/", nil)
		h, err := firstHop(req)
		if err != nil {
			t.Fatal(err)
		}
		c := &Client{Policy: Policy{Follow: true, MaxRedirects: 9}}
		if next, err := c.follow(h, &http.Response{StatusCode: 302, Header: http.Header{"Location": {to}}}); err == nil {
			t.Errorf("followed to %q: %v", to, next.req.URL)
		}
	}
}
