package h1

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"getin/client/authtest"
)

// echoPath answers with the request-target, and its port.
func echoPath(t *testing.T) (port string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RequestURI) }))
	t.Cleanup(srv.Close)
	_, port, _ = net.SplitHostPort(srv.Listener.Addr().String())
	return port
}

func startSOCKS(t *testing.T, users authtest.Users) *authtest.SOCKS {
	t.Helper()
	s, err := authtest.StartSOCKS(users, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestSOCKS(t *testing.T) {
	port := echoPath(t)
	open := startSOCKS(t, nil)
	asking := startSOCKS(t, authtest.Users{"alice": "p:w d", "": "empty"})
	for _, c := range []struct{ proxy, host, want string }{
		{"socks4://" + open.Addr, "localhost", "4 address 127.0.0.1:PORT as "},
		{"socks4://alice@" + open.Addr, "127.0.0.1", "4 address 127.0.0.1:PORT as alice"},
		{"socks4a://" + open.Addr, "name.test", "4 name name.test:PORT as "},
		{"socks4a://" + open.Addr, "127.0.0.9", "4 address 127.0.0.9:PORT as "},
		{"socks5://" + open.Addr, "localhost", "5 address 127.0.0.1:PORT as "},
		{"socks5://" + open.Addr, "[::1]", "5 address ::1:PORT as "},
		{"socks5h://" + open.Addr, "name.test", "5 name name.test:PORT as "},
		{"socks5h://nobody:asked@" + open.Addr, "name.test", "5 name name.test:PORT as "},
		{"socks5h://alice:p%3aw%20d@" + asking.Addr, "name.test", "5 name name.test:PORT as alice:p:w d"},
		{"socks5h://:empty@" + asking.Addr, "name.test", "5 name name.test:PORT as :empty"},
	} {
		e := newEngine(t, Config{Proxy: via(t, c.proxy)})
		body, _, w := get2(t, e, "http://"+c.host+":"+port+"/x")
		log := append(open.Log(), asking.Log()...)
		if want := strings.Replace(c.want, "PORT", port, 1); body != "/x" || !w.Proxied || !slices.Equal(log, []string{want}) {
			t.Errorf("%s to %s: body %q, the proxy saw %q, want %q", c.proxy, c.host, body, log, want)
		}
	}
}

func TestSOCKSRefuses(t *testing.T) {
	asking := startSOCKS(t, authtest.Users{"alice": "secret"})
	open := startSOCKS(t, nil)
	closed := func(text string) string { return rawBytes(t, text) }
	for _, c := range []struct {
		proxy, host, says string
		want              Kind
	}{
		{"socks5://alice:wrong@" + asking.Addr, "127.0.0.1", "the user or the password was refused", SOCKS},
		{"socks5://" + asking.Addr, "127.0.0.1", "wants a user", SOCKS},
		{"socks5://alice:" + strings.Repeat("x", 256) + "@" + asking.Addr, "127.0.0.1", "more than 255", SOCKS},
		{"socks5h://" + open.Addr, "127.0.0.1", "connection refused (5)", SOCKS}, // nobody listens at port 1
		{"socks4://" + open.Addr, "127.0.0.1", "refused (91)", SOCKS},
		{"socks4://" + open.Addr, "[::1]", "no IPv6", SOCKS},
		{"socks5h://" + open.Addr, strings.Repeat("a.", 150) + "test", "304 octets", SOCKS},
		{"socks5://" + closed(""), "127.0.0.1", "closed the connection", SOCKS},
		{"socks5://" + closed("HTTP/1.1 400 Bad\r\n"), "127.0.0.1", "not of SOCKS", SOCKS},
		{"socks4://" + closed("HTTP/1.1 400 Bad\r\n"), "127.0.0.1", "not of SOCKS", SOCKS},
		{"socks5://" + closed("\x05\x01"), "127.0.0.1", "method", SOCKS},
		{"socks5://" + closed("\x05\x00\x05\x00\x00\x07\x00\x00"), "127.0.0.1", "not of SOCKS", SOCKS},
		{"socks4://" + closed("\x00\x5d\x00\x00\x00\x00\x00\x00"), "127.0.0.1", "identd", SOCKS},
		{"socks5://127.0.0.1:1", "127.0.0.1", "connecting to 127.0.0.1:1", Connect},
	} {
		err := failsWith(t, newEngine(t, Config{Proxy: via(t, c.proxy)}), "http://"+c.host+":1/")
		if Classify(err) != c.want || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%.60s: %v (kind %d), want %q", c.proxy, err, Classify(err), c.says)
		}
	}
}

// rawBytes says the same to everybody who has said something, and hangs up.
func rawBytes(t *testing.T, text string) string {
	t.Helper()
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		_, _ = br.ReadByte() // whatever is said
		_, _ = io.WriteString(nc, text)
		_ = nc.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, br)
	})
	return addr
}

// A SOCKS proxy that says nothing is given up in time, and leaves no deadline
// behind when it speaks.
func TestSOCKSTimeout(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	e := newEngine(t, Config{Proxy: via(t, "socks5://"+l.Addr().String()), ConnectTimeout: 50 * time.Millisecond})
	if err := failsWith(t, e, "http://127.0.0.1:1/"); Classify(err) != Timeout {
		t.Errorf("%v (kind %d)", err, Classify(err))
	}
}

// SOCKS before an http proxy, and for https; who is told what.
func TestPreProxy(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RequestURI) }))
	defer srv.Close()
	socks := startSOCKS(t, authtest.Users{"s": "socks"})
	p := newProxy(t, nil)
	pre := via(t, "socks5h://s:socks@"+socks.Addr)
	e := newEngine(t, Config{Proxy: via(t, strings.Replace(p.url, "127.0.0.1", "proxy.test", 1)), PreProxy: pre, TLS: TLS{Insecure: true}})
	if body, _, w := get2(t, e, srv.URL+"/x"); body != "/x" || !w.Proxied {
		t.Errorf("%q %+v", body, w)
	}
	proxyPort := p.url[strings.LastIndexByte(p.url, ':'):]
	if log := socks.Log(); !slices.Equal(log, []string{"5 name proxy.test" + proxyPort + " as s:socks"}) {
		t.Errorf("the SOCKS proxy saw %q", log)
	}
	if !strings.HasPrefix(p.seen(), "CONNECT "+srv.Listener.Addr().String()+" ") || strings.Contains(p.seen(), "socks") {
		t.Errorf("the proxy saw %q", p.seen())
	}
	way, err := e.Way(&url.URL{Scheme: "https", Host: "a.test"})
	if err != nil || !way.Relayed || way.Tunnel != "a.test:443" || way.Proxy.Host != "proxy.test"+proxyPort {
		t.Errorf("way %+v, %v", way, err)
	}
	alone := newEngine(t, Config{PreProxy: pre, TLS: TLS{Insecure: true}})
	get2(t, alone, srv.URL)
	if log := socks.Log(); len(log) != 1 || !strings.HasPrefix(log[0], "5 address 127.0.0.1:") {
		t.Errorf("the SOCKS proxy saw %q", log)
	}
}

// A connection that was opened for one user of a SOCKS proxy is not another's.
func TestSOCKSUsersShareNothing(t *testing.T) {
	port := echoPath(t)
	socks := startSOCKS(t, authtest.Users{"a": "1", "b": "2"})
	user := "a:1"
	e := newEngine(t, Config{Proxy: func(*url.URL) (*url.URL, error) { return ParseProxy("socks5://" + user + "@" + socks.Addr) }})
	for i, u := range []string{"a:1", "a:1", "b:2"} {
		user = u
		if _, _, w := get2(t, e, "http://127.0.0.1:"+port+"/"); w.Reused != (i == 1) {
			t.Errorf("request %d as %s: reused %v", i, u, w.Reused)
		}
	}
}
