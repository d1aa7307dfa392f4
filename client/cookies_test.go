package client_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/client/authtest"
	"getin/client/cookie"
)

// spyJar is a jar that notes what it is asked and given.
type spyJar struct {
	cookie.Jar
	mu  sync.Mutex
	saw []string
}

func (j *spyJar) note(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.saw = append(j.saw, fmt.Sprintf(format, args...))
}

func (j *spyJar) Cookies(host, path string, confidential bool) string {
	j.note("get %s %s %v", host, path, confidential)
	return j.Jar.Cookies(host, path, confidential)
}

func (j *spyJar) SetCookies(host, path string, confidential bool, fields []string) {
	j.note("set %s %s %v", host, path, confidential)
	j.Jar.SetCookies(host, path, confidential, fields)
}

// A cookie that comes with the challenge goes with the answer, and one that a
// redirect sets with the next hop; the caller's own stay behind for good where
// the chain leaves the origin (rule R5).
func TestCookiesOnTheWay(t *testing.T) {
	var mu sync.Mutex
	var came []string
	log := func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		came = append(came, fmt.Sprintf("%s %q %v", r.URL.Path, r.Header["Cookie"], r.Header.Get("Authorization") != ""))
	}
	var first *httptest.Server
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log(r)
		http.Redirect(w, r, first.URL+"/back", http.StatusFound)
	}))
	defer other.Close()
	first = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log(r)
		switch {
		case r.URL.Path == "/back":
		case r.Header.Get("Authorization") == "":
			w.Header().Set("Set-Cookie", "seen=1; Path=/")
			w.Header().Set("WWW-Authenticate", `Basic realm="Lab"`)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.Header().Set("Set-Cookie", "in=2; Path=/; HttpOnly")
			http.Redirect(w, r, other.URL+"/away", http.StatusFound)
		}
	}))
	defer first.Close()

	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	c.Jar = &cookie.Jar{}
	req, err := http.NewRequest("GET", first.URL+"/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header["Cookie"] = []string{"own=3"}
	if resp, _, err := do(t, c, req); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	want := []string{
		`/a ["own=3"] false`,
		`/a ["seen=1; own=3"] true`,
		`/away ["seen=1; in=2"] false`,
		`/back ["seen=1; in=2"] false`,
	}
	if !slices.Equal(came, want) {
		t.Errorf("the servers saw\n%s\nwant\n%s", strings.Join(came, "\n"), strings.Join(want, "\n"))
	}
}

// Of whom the jar is asked: of the host that the caller's own Host field names,
// as long as it is sent; and what comes from a proxy is the proxy's.
func TestCookieHost(t *testing.T) {
	proxy := authtest.StartProxy(authtest.Row{})
	defer proxy.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "b=2")
	}))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+"/x%20y/?q", http.StatusFound))
	defer first.Close()

	j := &spyJar{}
	c := newClient(t, nil)
	c.Jar = j
	req, err := http.NewRequest("GET", first.URL+"/z", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "WWW.Example.COM.:8080"
	if _, _, err := do(t, c, req); err != nil {
		t.Fatal(err)
	}
	want := []string{"get www.example.com /z true", "get localhost /x%20y/ true", "set localhost /x%20y/ true"}
	if !slices.Equal(j.saw, want) {
		t.Errorf("the jar saw %q, want %q", j.saw, want)
	}

	j = &spyJar{}
	c = throughProxy(t, &purse{}, proxy.URL)
	c.Jar = j
	if _, _, err := get(t, c, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)); err != nil {
		t.Fatal(err)
	}
	if len(j.saw) != 2 || j.saw[0] != "get localhost  false" || j.saw[1] != "set localhost  false" {
		t.Errorf("through a proxy that reads everything: %q", j.saw)
	}
}

func TestCookiesOfAProxy(t *testing.T) {
	j := &spyJar{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "a=1")
		w.Header().Set("Proxy-Authenticate", `Basic realm="Proxy"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer proxy.Close()
	c := throughProxy(t, &purse{}, proxy.URL)
	c.Jar = j
	if resp, _, err := get(t, c, "http://www.example.com/"); resp == nil {
		t.Fatal(err)
	}
	if !slices.Equal(j.saw, []string{"get www.example.com / false"}) {
		t.Errorf("a proxy sets a site's cookies: %q", j.saw)
	}
}
