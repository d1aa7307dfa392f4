package h1

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// testProxy takes absolute URLs and CONNECT, and notes what it is asked. To
// CONNECT for a host that refuse names it says that instead.
type testProxy struct {
	url    string
	refuse map[string]string

	mu    sync.Mutex
	heads []string
}

func newProxy(t *testing.T, refuse map[string]string) *testProxy {
	p := &testProxy{refuse: refuse}
	p.url = "http://" + rawServer(t, func(nc net.Conn, head string) {
		p.mu.Lock()
		p.heads = append(p.heads, head)
		p.mu.Unlock()
		line, _, _ := strings.Cut(head, "\r\n")
		f := strings.Fields(line)
		if f[0] != "CONNECT" {
			fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(f[1]), f[1])
			return
		}
		host, _, _ := net.SplitHostPort(f[1])
		if text, ok := p.refuse[host]; ok {
			say(text)(nc, "")
			return
		}
		server, err := net.Dial("tcp", f[1])
		if err != nil {
			say("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")(nc, "")
			return
		}
		defer server.Close()
		_, _ = io.WriteString(nc, "HTTP/1.1 200 Go ahead\r\nContent-Length: 10\r\n\r\n")
		go func() { _, _ = io.Copy(server, nc); _ = server.Close() }()
		_, _ = io.Copy(nc, server)
		_ = nc.Close()
	})
	return p
}

func (p *testProxy) seen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.heads, "")
}

func via(t *testing.T, u string) func(*url.URL) (*url.URL, error) {
	f, err := FixedProxy(u, "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestProxyGetsTheWholeURL(t *testing.T) {
	p := newProxy(t, nil)
	e := newEngine(t, Config{Proxy: via(t, strings.Replace(p.url, "//", "//u:p@", 1))})
	req, w := newRequest(t, "GET", "http://a:b@example.com:81/x?y#z", nil)
	w.Fields = []Field{{"Proxy-Authorization", "Basic abc"}}
	body, _, err := send(t, e, req)
	if err != nil || body != "http://example.com:81/x?y" || !w.Proxied || w.Peer.String() != strings.TrimPrefix(p.url, "http://") {
		t.Errorf("%q %v, %+v", body, err, w)
	}
	if _, _, w := get2(t, e, "http://example.org/"); !w.Reused {
		t.Error("the connection to the proxy was not used again")
	}
	want := "GET http://example.com:81/x?y HTTP/1.1\r\nHost: example.com:81\r\nProxy-Authorization: Basic abc\r\n\r\n" +
		"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n"
	if got := p.seen(); got != want {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
}

func TestTunnel(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.RequestURI, r.Header["Proxy-Authorization"], r.Header["User-Agent"])
	}))
	defer srv.Close()
	p := newProxy(t, nil)
	e := newEngine(t, Config{Proxy: via(t, p.url), TLS: TLS{Insecure: true}})
	addr := srv.Listener.Addr().String()
	for i, auth := range []string{"", "one", "one", "two", ""} {
		req, w := newRequest(t, "GET", srv.URL+"/x", nil)
		w.Fields = []Field{{"User-Agent", "me"}}
		if auth != "" {
			w.Fields = append(w.Fields, Field{"proxy-authorization", auth})
		}
		body, _, err := send(t, e, req)
		if err != nil || body != "/x[] [me]" || !w.Proxied {
			t.Fatalf("%q %v", body, err)
		}
		// A tunnel belongs to those who opened it (CVE-2026-3784).
		if want := i == 2 || i == 4; w.Reused != want {
			t.Errorf("request %d: reused %v", i, w.Reused)
		}
	}
	connect := "CONNECT " + addr + " HTTP/1.1\r\nHost: " + addr + "\r\n"
	want := connect + "User-Agent: me\r\n\r\n" + connect + "Proxy-Authorization: one\r\nUser-Agent: me\r\n\r\n" +
		connect + "Proxy-Authorization: two\r\nUser-Agent: me\r\n\r\n"
	if got := p.seen(); got != want {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
}

func TestTunnelWithUserinfo(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	p := newProxy(t, nil)
	e := newEngine(t, Config{Proxy: via(t, strings.Replace(p.url, "//", "//us%65r:p%3Aw@", 1)), TLS: TLS{Insecure: true}})
	get2(t, e, srv.URL)
	if want := "Proxy-Authorization: Basic dXNlcjpwOnc=\r\n"; !strings.Contains(p.seen(), want) {
		t.Errorf("the proxy saw %q, want %q", p.seen(), want)
	}
}

func TestConnectRefused(t *testing.T) {
	p := newProxy(t, map[string]string{
		"who.test": "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 4\r\n\r\nfour and more",
		"no.test":  "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
		"one.test": "HTTP/1.1 401 Odd\r\nContent-Length: 0\r\n\r\n",
	})
	for host, c := range map[string]struct {
		status int
		body   string
	}{"who.test": {407, "four"}, "no.test": {403, "no"}, "one.test": {401, ""}} {
		req, w := newRequest(t, "GET", "https://"+host, nil)
		_, _, err := send(t, newEngine(t, Config{Proxy: via(t, p.url)}), req)
		var refused *ConnectError
		if !errors.As(err, &refused) || Classify(err) != Receive {
			t.Fatalf("%s: %v (kind %d)", host, err, Classify(err))
		}
		resp := refused.Response
		page, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != c.status || string(page) != c.body || resp.Request.Method != "CONNECT" || resp.Request.Host != host+":443" {
			t.Errorf("%s: %+v %q", host, resp, page)
		}
		if !strings.HasPrefix(w.Head, fmt.Sprintf("HTTP/1.1 %d", c.status)) || !w.Proxied || !w.Peer.IsValid() {
			t.Errorf("%s: %+v", host, w)
		}
	}
}

func TestConnectFails(t *testing.T) {
	p := newProxy(t, map[string]string{
		"close.test": "", "junk.test": "HTTP/1.1 200 OK\r\n\r\nthis is no TLS", "odd.test": "SSH-2.0\r\n",
	})
	for host, want := range map[string]Kind{"close.test": EmptyReply, "junk.test": WeirdReply, "odd.test": NotHTTP} {
		err := failsWith(t, newEngine(t, Config{Proxy: via(t, p.url)}), "https://"+host)
		if Classify(err) != want || !strings.Contains(err.Error(), host) {
			t.Errorf("%s: %v (kind %d)", host, err, Classify(err))
		}
	}
	none := func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "ftp", Host: "x"}, nil }
	if err := failsWith(t, newEngine(t, Config{Proxy: none}), "http://x"); Classify(err) != Connect {
		t.Errorf("%v", err)
	}
}

// An https proxy is checked before anything is said to it (CVE-2021-28363).
func TestJ4_HTTPSProxyIsVerified(t *testing.T) {
	cert, file := selfSigned(t)
	proxy := tlsServer(t, pointerTo(cert))
	for name, c := range map[string]struct {
		config Config
		want   Kind
	}{
		"trusted":          {Config{ProxyTLS: TLS{CACert: file}}, 0},
		"not trusted":      {Config{TLS: TLS{CACert: file, Insecure: true}}, Certificate},
		"told not to look": {Config{ProxyTLS: TLS{Insecure: true}}, 0},
	} {
		c.config.Proxy = via(t, strings.Replace(proxy.URL, "https://", "https://u:p@", 1))
		req, _ := newRequest(t, "GET", "http://example.com/x", nil)
		req.Header.Set("Proxy-Authorization", "mine")
		body, _, err := send(t, newEngine(t, c.config), req)
		if Classify(err) != c.want || err == nil && body != "mine/x" {
			t.Errorf("%s: %q %v (kind %d)", name, body, err, Classify(err))
		}
	}
}

// Fields for the proxy are in CONNECT, or in a request that the proxy gets, and
// nowhere else.
func TestProxyFields(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header["X-Proxy"], r.Header["Proxy-Authorization"])
	}))
	defer srv.Close()
	p := newProxy(t, nil)
	fields := func(proxy *url.URL) []Field {
		if "http://"+proxy.Host != p.url {
			t.Errorf("asked for the fields of %s", proxy)
		}
		return []Field{{"X-Proxy", "a"}, {"User-Agent", "mine"}, {"Proxy-Authorization", "by hand"}}
	}
	e := newEngine(t, Config{Proxy: via(t, p.url), TLS: TLS{Insecure: true}, ProxyFields: fields})
	req, w := newRequest(t, "GET", srv.URL, nil)
	w.Fields = []Field{{"User-Agent", "me"}}
	if body, _, err := send(t, e, req); err != nil || body != "[] []" {
		t.Errorf("the server saw %q, %v", body, err)
	}
	get2(t, e, "http://a.test/")
	addr := srv.Listener.Addr().String()
	want := "CONNECT " + addr + " HTTP/1.1\r\nHost: " + addr + "\r\nX-Proxy: a\r\nUser-Agent: mine\r\nProxy-Authorization: by hand\r\n\r\n" +
		"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX-Proxy: a\r\nUser-Agent: mine\r\nProxy-Authorization: by hand\r\n\r\n"
	if got := p.seen(); got != want {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
	bad := newEngine(t, Config{Proxy: via(t, p.url), ProxyFields: func(*url.URL) []Field { return []Field{{"A", "b\r\nC: d"}} }})
	if err := failsWith(t, bad, "http://a.test/"); Classify(err) != BadRequest {
		t.Errorf("a field with a line end: %v", err)
	}
}

// -p: http through CONNECT too, in HTTP/1.0 when that is wanted.
func TestTunnelForHTTP(t *testing.T) {
	port := echoPath(t)
	p := newProxy(t, nil)
	e := newEngine(t, Config{Proxy: via(t, p.url), Tunnel: true, Connect10: true})
	if body, _, w := get2(t, e, "http://127.0.0.1:"+port+"/x"); body != "/x" || !w.Proxied {
		t.Errorf("%q %+v", body, w)
	}
	if want := "CONNECT 127.0.0.1:" + port + " HTTP/1.0\r\nHost: 127.0.0.1:" + port + "\r\n\r\n"; p.seen() != want {
		t.Errorf("the proxy saw %q, want %q", p.seen(), want)
	}
	if way, _ := e.Way(mustURL(t, "http://a.test/")); way.Tunnel != "a.test:80" {
		t.Errorf("way %+v", way)
	}
}

// A large body through an https proxy lies under the proxy's TLS, though the
// server has none.
func TestLargeBodyThroughHTTPSProxy(t *testing.T) {
	bulk := newBulk(t, 3<<20, true)
	e := newEngine(t, Config{Proxy: via(t, bulk.URL), ProxyTLS: TLS{Insecure: true}})
	resp, err := e.RoundTrip(mustRequest(t, "http://a.test/"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "body"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = resp.Body.(io.WriterTo).WriteTo(file)
	if cerr := file.Close(); err != nil || cerr != nil || sumFile(t, file.Name()) != bulk.sum {
		t.Errorf("another body, or %v", err)
	}
}
