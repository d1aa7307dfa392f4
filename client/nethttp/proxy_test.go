package nethttp

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// testProxy is an http proxy that takes absolute URLs and CONNECT. It asks for
// want in Proxy-Authorization, if that is not empty, and keeps what it was sent.
type testProxy struct {
	*httptest.Server
	want string

	mu    sync.Mutex
	heads []string // "METHOD target authorization agent"
}

func newProxy(t *testing.T, want string) *testProxy {
	t.Helper()
	p := &testProxy{want: want}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *testProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.heads = append(p.heads, strings.Join([]string{
		r.Method, r.RequestURI, r.Header.Get("Proxy-Authorization"), r.UserAgent(), r.Header.Get("Authorization"),
	}, "|"))
	p.mu.Unlock()
	switch {
	case r.Host == "forbidden.example:443":
		http.Error(w, "no", http.StatusForbidden)
	case p.want != "" && r.Header.Get("Proxy-Authorization") != p.want:
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		http.Error(w, "who are you?", http.StatusProxyAuthRequired)
	case r.Method == http.MethodConnect:
		tunnel(w, r.Host)
	default:
		fmt.Fprint(w, "proxied ", r.RequestURI)
	}
}

func tunnel(w http.ResponseWriter, addr string) {
	up, err := net.Dial("tcp", addr)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	down, _, _ := w.(http.Hijacker).Hijack()
	_, _ = io.WriteString(down, "HTTP/1.1 200 Connection established\r\n\r\n")
	go join(up, down)
}

func join(a, b net.Conn) {
	go func() { _, _ = io.Copy(a, b); _ = a.Close() }()
	_, _ = io.Copy(b, a)
	_ = b.Close()
}

func (p *testProxy) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.heads)
}

func via(t *testing.T, proxy string) func(*url.URL) (*url.URL, error) {
	t.Helper()
	f, err := FixedProxy(proxy, "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestProxyForHTTP(t *testing.T) {
	p := newProxy(t, "")
	// The userinfo is the wallet's to use, not the sender's.
	s := newSender(t, Config{Proxy: via(t, strings.Replace(p.URL, "http://", "http://u:secret@", 1))})
	body, _, w := get(t, s, "http://origin.example/a?b")
	if body != "proxied http://origin.example/a?b" || !w.Proxied || w.Peer.String() != p.Listener.Addr().String() {
		t.Errorf("body %q, wire %+v", body, w)
	}
	if got := p.seen(); len(got) != 1 || got[0] != "GET|http://origin.example/a?b|||" {
		t.Errorf("the proxy saw %q", got)
	}
}

func TestTunnelForHTTPS(t *testing.T) {
	cert, file := selfSigned(t)
	origin := tlsServer(t, pointerTo(cert))
	addr := origin.Listener.Addr().String()
	p := newProxy(t, "Basic abc")
	s := newSender(t, Config{Proxy: via(t, p.URL), CACert: file})

	req, w := request(t, t.Context(), origin.URL+"/x")
	req.Header.Set("User-Agent", "agent")
	req.Header.Set("Authorization", "for the origin")
	resp, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 407 || resp.Request.Method != "CONNECT" || resp.Request.Host != addr ||
		resp.Header.Get("Proxy-Authenticate") != `Basic realm="proxy"` || string(page) != "who are you?\n" {
		t.Errorf("refused: %s to %s %s, %q", resp.Status, resp.Request.Method, resp.Request.Host, page)
	}
	if !strings.HasPrefix(string(w.Head), "HTTP/1.1 407 ") || !w.Proxied || w.Peer.String() != p.Listener.Addr().String() {
		t.Errorf("wire %+v, head %q", w, w.Head)
	}

	req.Header.Set("Proxy-Authorization", "Basic abc")
	for range 2 {
		resp, err = s.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if string(body) != "/x" { // the origin tells the Proxy-Authorization it got, too
			t.Errorf("the origin answered %q", body)
		}
	}
	if req.Header.Get("Proxy-Authorization") == "" {
		t.Error("the caller's request was changed")
	}
	want := []string{"CONNECT|" + addr + "||agent|", "CONNECT|" + addr + "|Basic abc|agent|"}
	if got := p.seen(); !slices.Equal(got, want) {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
}

func TestTunnelRefused(t *testing.T) {
	p := newProxy(t, "")
	s := newSender(t, Config{Proxy: via(t, p.URL)})
	_, err := fails(t, s, "https://forbidden.example/")
	if Classify(err) != Receive || !strings.Contains(err.Error(), "403 Forbidden") {
		t.Errorf("%v: kind %d", err, Classify(err))
	}
	for _, c := range []struct {
		proxy string
		want  Kind
	}{
		{"http://" + rawServer(t, say("")), Receive},
		{"http://" + rawServer(t, say("nonsense\r\n\r\n")), Receive},
		{"https://" + p.Listener.Addr().String(), TLSHandshake},
		{"http://127.0.0.1:1", Connect},
	} {
		w, err := fails(t, newSender(t, Config{Proxy: via(t, c.proxy)}), "https://origin.example/")
		if Classify(err) != c.want || w.Proxied {
			t.Errorf("%s: %v (kind %d), proxied %v", c.proxy, err, Classify(err), w.Proxied)
		}
	}
}

func TestTunnelThroughTLSProxy(t *testing.T) {
	cert, file := selfSigned(t)
	origin := tlsServer(t, pointerTo(cert))
	p := &testProxy{}
	p.Server = httptest.NewUnstartedServer(p)
	p.TLS = origin.TLS.Clone()
	p.StartTLS()
	p.TLS.Certificates = nil // httptest's own
	t.Cleanup(p.Close)
	s := newSender(t, Config{Proxy: via(t, p.URL), CACert: file, ProxyCACert: file})
	if body, _, w := get(t, s, origin.URL+"/y"); body != "/y" || !w.Proxied || w.Unverified != nil {
		t.Errorf("body %q, wire %+v", body, w)
	}
	if body, _, w := get(t, s, "http://origin.example/z"); body != "proxied http://origin.example/z" || !w.Proxied {
		t.Errorf("body %q, wire %+v", body, w)
	}
	untrusting := newSender(t, Config{Proxy: via(t, p.URL), CACert: file})
	if _, err := fails(t, untrusting, origin.URL); Classify(err) != Certificate {
		t.Errorf("the server's roots served for the proxy: %v", err)
	}
	if _, _, w := get(t, newSender(t, Config{Proxy: via(t, p.URL), ProxyInsecure: true}), "http://origin.example/z"); w.Unverified == nil {
		t.Error("an unverified proxy was not told of")
	}
}

// socksServer speaks RFC 1928 without a password and keeps what it was asked for.
func socksServer(t *testing.T, refuse byte) (addr string, asked func() []string) {
	var mu sync.Mutex
	var list []string
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 300)
			_, _ = io.ReadFull(nc, b[:3])
			_, _ = nc.Write([]byte{5, 0})
			_, _ = io.ReadFull(nc, b[:5])
			n := 4
			if b[3] == 3 {
				n = int(b[4]) + 1
			}
			_, _ = io.ReadFull(nc, b[5:5+n+1])
			host := net.IP(b[4:8]).String()
			if b[3] == 3 {
				host = string(b[5 : 4+n])
			}
			port := strconv.Itoa(int(binary.BigEndian.Uint16(b[4+n : 6+n])))
			mu.Lock()
			list = append(list, host)
			mu.Unlock()
			_, _ = nc.Write([]byte{5, refuse, 0, 1, 0, 0, 0, 0, 0, 0})
			if up, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
				go join(up, nc)
			}
		}
	}()
	return l.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(list) }
}

func TestSOCKS(t *testing.T) {
	noResolver(t)
	_, port := okServer(t)
	cert, file := selfSigned(t)
	secure := tlsServer(t, pointerTo(cert))
	for _, c := range []struct{ proxy, host, asked string }{
		{"socks5h", "origin.example", "origin.example"},
		{"socks5", "127.0.0.1", "127.0.0.1"},
		{"socks5", "a.localhost", "127.0.0.1"},
	} {
		t.Run(c.proxy+" "+c.host, func(t *testing.T) {
			addr, asked := socksServer(t, 0)
			s := newSender(t, Config{Proxy: via(t, c.proxy+"://"+addr), CACert: file})
			body, _, w := get(t, s, "http://"+c.host+":"+port)
			if body != "hello from "+c.host+":"+port || !w.Proxied || w.Peer.String() != addr {
				t.Errorf("body %q, wire %+v", body, w)
			}
			if got := asked(); !slices.Equal(got, []string{c.asked}) {
				t.Errorf("the proxy was asked for %q, want %q", got, c.asked)
			}
			if body, _, _ := get(t, s, secure.URL+"/s"); body != "/s" {
				t.Errorf("over TLS: %q", body)
			}
		})
	}
	addr, _ := socksServer(t, 2)
	if _, err := fails(t, newSender(t, Config{Proxy: via(t, "socks5h://"+addr)}), "http://origin.example/"); Classify(err) != SOCKS {
		t.Errorf("refused: %v (kind %d)", err, Classify(err))
	}
}

func TestEnvironmentProxy(t *testing.T) {
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
		"loopback":               {map[string]string{"http_proxy": "p:1"}, "http://localhost/", ""},
		"https is not for http":  {map[string]string{"https_proxy": "p:1"}, "http://h/", ""},
		"nothing in environment": {nil, "http://h/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := EnvironmentProxy(func(n string) string { return c.env[n] })
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
	} {
		f, err := FixedProxy(c.proxy, c.no)
		if err != nil {
			t.Fatal(err)
		}
		s := New(Config{Proxy: f})
		r, err := s.route(&http.Request{URL: mustURL(t, c.url)})
		got := ""
		if r.proxy != nil {
			got = r.proxy.String()
		}
		if got != c.want || err != nil {
			t.Errorf("%s for %s: %q, %v; want %q", c.proxy, c.url, got, err, c.want)
		}
	}
	for _, bad := range []string{"ftp://p", "http://u:secret@p:x", "http://", "socks4://p"} {
		if _, err := FixedProxy(bad, ""); Classify(err) != ProxyName || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestProxyNameIsNotResolved(t *testing.T) {
	_, err := fails(t, newSender(t, Config{Proxy: via(t, "http://p.invalid:1")}), "http://h.example/")
	if Classify(err) != ProxyName {
		t.Errorf("%v: kind %d", err, Classify(err))
	}
}
