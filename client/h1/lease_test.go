package h1

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func leased(t *testing.T, e *Engine, url, lane string) *Lease {
	t.Helper()
	req, w := newRequest(t, "GET", url, nil)
	l, err := e.Lease(req, w, lane, false)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// countedConns answers each request with the number of its connection, and of
// itself upon that.
func countedConns(t *testing.T) string {
	addr, _ := perConn(t, func(n int, nc net.Conn, br *bufio.Reader) {
		for i := 1; ; i++ {
			head, err := readHead(br)
			if err != nil {
				return
			}
			more := ""
			if strings.HasPrefix(head, "GET /last") {
				more = "Connection: close\r\n"
			}
			fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\n%sContent-Length: 3\r\n\r\n%d.%d", more, n, i)
		}
	})
	return "http://" + addr
}

func under(t *testing.T, e *Engine, l *Lease, url string) (string, error) {
	t.Helper()
	req, w := newRequest(t, "GET", url, nil)
	w.Lease = l
	body, _, err := send(t, e, req)
	return body, err
}

// A leased connection serves its lease and nobody else, and after it the next
// lease of its lane alone.
func TestLeaseIsAlone(t *testing.T) {
	url, e := countedConns(t), newEngine(t, Config{})
	var got []string
	add := func(l *Lease) {
		body, err := under(t, e, l, url)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, body)
	}
	one := leased(t, e, url, "alice")
	if one.Held() {
		t.Error("a connection was there before there was one")
	}
	add(one)                          // 1.1
	add(leased(t, e, url, "alice"))   // 2.1: the other is not to be had
	add(nil)                          // 3.1: nor for nobody
	add(one)                          // 1.2
	one.Release("alice")              //
	add(leased(t, e, url, "bob"))     // 4.1
	add(nil)                          // 3.2
	two := leased(t, e, url, "alice") //
	held := two.Held()                //
	add(two)                          // 1.3
	two.Release("")                   // closed
	add(leased(t, e, url, "alice"))   // 5.1
	if s := strings.Join(got, " "); s != "1.1 2.1 3.1 1.2 4.1 3.2 1.3 5.1" || !held {
		t.Errorf("served by %s, held %v", s, held)
	}
}

// What ends between two requests is lost, and nothing else takes its place.
func TestLeaseLost(t *testing.T) {
	url, e := countedConns(t), newEngine(t, Config{})
	l := leased(t, e, url, "")
	if body, err := under(t, e, l, url+"/last"); err != nil || body != "1.1" {
		t.Fatalf("%q %v", body, err)
	}
	if _, err := under(t, e, l, url); !errors.Is(err, ErrLeaseLost) || l.Held() {
		t.Errorf("%v, held %v", err, l.Held())
	}
}

// A connection that is released while its response is read goes over to the
// lane with the end of that.
func TestLeaseReleasedWhileItIsRead(t *testing.T) {
	url, e := countedConns(t), newEngine(t, Config{})
	l := leased(t, e, url, "a")
	req, w := newRequest(t, "GET", url, nil)
	w.Lease = l
	resp, err := e.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	l.Release("a")
	if leased(t, e, url, "a").Held() {
		t.Error("it was given to another while it was in use")
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if !leased(t, e, url, "a").Held() {
		t.Error("it did not come back")
	}
}

// asking is a proxy that wants three CONNECTs on one connection before it opens
// a tunnel, after an interim answer each, and says how many connections it had.
func asking(t *testing.T, closes bool) (string, func() (conns int, answers string)) {
	t.Helper()
	var mu sync.Mutex
	conns, answers := 0, ""
	addr, _ := perConn(t, func(n int, nc net.Conn, br *bufio.Reader) {
		mu.Lock()
		conns++
		mu.Unlock()
		for leg := 1; ; leg++ {
			req, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			mu.Lock()
			answers += req.Header.Get("Proxy-Authorization") + ";"
			mu.Unlock()
			_, _ = io.WriteString(nc, "HTTP/1.1 103 Early Hints\r\n\r\n")
			if leg == 3 || req.Header.Get("Proxy-Authorization") == "open" {
				tunnelTo(nc, br, req.Host)
				return
			}
			if closes {
				_, _ = io.WriteString(nc, "HTTP/1.1 407 Who\r\nConnection: close\r\nContent-Length: 3\r\n\r\nwho")
				return
			}
			_, _ = io.WriteString(nc, "HTTP/1.1 407 Who\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwho\r\n0\r\n\r\n")
		}
	})
	return "http://" + addr, func() (int, string) { mu.Lock(); defer mu.Unlock(); return conns, answers }
}

func tunnelTo(nc net.Conn, br *bufio.Reader, host string) {
	server, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	_, _ = io.WriteString(nc, "HTTP/1.1 200 Open\r\nProxy-Authentication-Info: x\r\n\r\n")
	go func() { _, _ = io.Copy(nc, server); _ = nc.Close() }()
	_, _ = io.Copy(server, br)
}

// All legs of a dialogue about a tunnel go over one connection, with a lease and
// without, and TLS and HTTP/2 on top of it.
func TestConnectInManyLegs(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, r.Header["Proxy-Authorization"])
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	for name, want := range map[string]string{
		"leased": "HTTP/1.1[]", "not leased": "HTTP/2.0[]", "leased for the tunnel": "HTTP/2.0[]",
	} {
		t.Run(name, func(t *testing.T) {
			proxy, seen := asking(t, false)
			e := newEngine(t, Config{Proxy: via(t, proxy), TLS: TLS{Insecure: true, HTTP2: true}})
			var l *Lease
			if name != "not leased" {
				l = leased(t, e, srv.URL, "")
				l.through = name != "leased"
			}
			for i, answer := range []string{"", "one", "two"} {
				req, w := newRequest(t, "GET", srv.URL, nil)
				w.Fields, w.Lease, w.As = []Field{{"Proxy-Authorization", answer}}, l, "me"
				if answer == "" {
					w.Fields = []Field{}
				}
				body, _, err := send(t, e, req)
				var refused *ConnectError
				if i < 2 && !errors.As(err, &refused) || i == 2 && (err != nil || body != want) {
					t.Fatalf("leg %d: %q %v", i, body, err)
				}
				if i == 2 && l != nil && l.Shared() != l.through {
					t.Errorf("shared %v", l.Shared())
				}
				if i == 2 && w.Opened.Header.Get("Proxy-Authentication-Info") != "x" {
					t.Errorf("the proxy's answer is not told: %v", w.Opened)
				}
			}
			if n, answers := seen(); n != 1 || answers != ";one;two;" {
				t.Errorf("%d connections, answers %q", n, answers)
			}
		})
	}
}

// A proxy that closes after its first 407 is asked on a new connection; a lease
// has none to go on with.
func TestConnectAfterClose(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	for _, isLeased := range []bool{false, true} {
		proxy, seen := asking(t, true)
		e := newEngine(t, Config{Proxy: via(t, proxy), TLS: TLS{Insecure: true}})
		var l *Lease
		if isLeased {
			l = leased(t, e, srv.URL, "")
		}
		var last error
		for _, answer := range []string{"", "open"} {
			req, w := newRequest(t, "GET", srv.URL, nil)
			w.Fields, w.Lease = []Field{{"X", "y"}, {"Proxy-Authorization", answer}}, l
			_, _, last = send(t, e, req)
		}
		n, _ := seen()
		if isLeased && !errors.Is(last, ErrLeaseLost) || !isLeased && (last != nil || n != 2) {
			t.Errorf("leased %v: %v, %d connections", isLeased, last, n)
		}
	}
}

// Who is told apart by Wire.As may share a tunnel, whatever was answered for it,
// and nobody else may.
func TestTunnelIsSharedByItsOwn(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	p := newProxy(t, nil)
	e := newEngine(t, Config{Proxy: via(t, p.url), TLS: TLS{Insecure: true}})
	for i, c := range []struct {
		as, answer string
		reused     bool
	}{{"alice", "nc=1", false}, {"alice", "nc=2", true}, {"bob", "nc=2", false}, {"alice", "", true}, {"", "nc=1", false}} {
		req, w := newRequest(t, "GET", srv.URL, nil)
		w.As, w.Fields = c.as, []Field{{"Proxy-Authorization", c.answer}}
		if _, _, err := send(t, e, req); err != nil || w.Reused != c.reused {
			t.Errorf("request %d: reused %v, %v", i, w.Reused, err)
		}
	}
}
