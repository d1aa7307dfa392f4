package h1

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestJ1_EnvironmentProxy(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		url  string
		want string
	}{
		"http_proxy":             {map[string]string{"http_proxy": "p:1"}, "http://h/", "http://p:1"},
		"HTTP_PROXY is httpoxy":  {map[string]string{"HTTP_PROXY": "p:1", "https_proxy": "q:1"}, "http://h/", ""},
		"HTTPS_PROXY":            {map[string]string{"HTTPS_PROXY": "p:1"}, "https://h/", "http://p:1"},
		"lower case first":       {map[string]string{"HTTPS_PROXY": "p:1", "https_proxy": "q:1"}, "https://h/", "http://q:1"},
		"ALL_PROXY":              {map[string]string{"ALL_PROXY": "socks5://p:1"}, "http://h/", "socks5://p:1"},
		"ALL_PROXY last":         {map[string]string{"ALL_PROXY": "p:1", "http_proxy": "q:1"}, "http://h/", "http://q:1"},
		"NO_PROXY":               {map[string]string{"http_proxy": "p:1", "NO_PROXY": "h"}, "http://a.h/", ""},
		"no_proxy first":         {map[string]string{"http_proxy": "p:1", "no_proxy": "x", "NO_PROXY": "h"}, "http://h/", "http://p:1"},
		"loopback, as with curl": {map[string]string{"http_proxy": "p:1"}, "http://localhost/", "http://p:1"},
		"empty is not set":       {map[string]string{"http_proxy": "", "all_proxy": "p:1"}, "http://h/", "http://p:1"},
		"nonsense for another":   {map[string]string{"https_proxy": "p:x", "http_proxy": "p:1"}, "http://h/", "http://p:1"},
		"https is not for http":  {map[string]string{"https_proxy": "p:1"}, "http://h/", ""},
		"nothing in environment": {nil, "http://h/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			getenv := func(n string) string { return c.env[n] }
			f := EnvironmentProxy(getenv, NoProxy(getenv))
			got := ""
			if f != nil {
				if p, err := f(mustURL(t, c.url)); err != nil {
					t.Fatal(err)
				} else if p != nil {
					got = p.String()
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFixedProxy(t *testing.T) {
	for _, c := range []struct{ proxy, no, url, want string }{
		{"p", "", "http://h/", "http://p:1080"},
		{"https://p", "", "http://h/", "https://p:443"},
		{"http://u:p@p:3128", "", "https://h/", "http://p:3128"},
		{"p:1", "", "http://localhost/", "http://p:1"},
		{"p:1", "", "http://127.0.0.1/", "http://p:1"},
		{"p:1", "h", "http://h/", ""},
		{"p:1", "*", "http://localhost/", ""},
		{"socks://u@p", "", "http://h/", "socks4://u@p"},
		{"SOCKS5H://u:p%40w@p:1", "", "http://h/", "socks5h://u:p%40w@p:1"},
		{"http://u:p^:@x@p:1/path", "", "http://h/", "http://p:1"},
	} {
		f, err := FixedProxy(c.proxy, c.no)
		if err != nil {
			t.Fatal(err)
		}
		e := New(Config{Proxy: f})
		r, err := e.route(&http.Request{URL: mustURL(t, c.url)}, &Wire{})
		got := ""
		switch {
		case r.proxy != nil:
			got = r.proxy.String()
		case r.socks != nil:
			got = r.socks.String()
		}
		if got != c.want || err != nil {
			t.Errorf("%s for %s: %q, %v; want %q", c.proxy, c.url, got, err, c.want)
		}
	}
	for bad, want := range map[string]Kind{
		"ftp://p": Connect, "http://u:secret@p:x": ProxyName, "http://": ProxyName, "http://u:secret%zz@p": ProxyName,
	} {
		if _, err := FixedProxy(bad, ""); Classify(err) != want || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A proxy that cannot be resolved is told from a host that cannot.
func TestProxyNameIsNotResolved(t *testing.T) {
	testOnlyResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no resolver here")
	}}
	defer func() { testOnlyResolver = nil }()
	err := failsWith(t, newEngine(t, Config{Proxy: via(t, "http://p.invalid:1")}), "http://h.example/")
	if Classify(err) != ProxyName {
		t.Errorf("%v: kind %d", err, Classify(err))
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
