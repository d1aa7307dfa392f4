package h1

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func newH2(t *testing.T, protocols ...string) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Odd", "1")
		fmt.Fprint(w, r.Proto, " ", r.Header["User-Agent"], r.Header["Accept-Encoding"], r.Header["X-Own"], string(b))
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	srv.TLS.NextProtos = protocols
	t.Cleanup(srv.Close)
	return srv
}

func TestHTTP2IsSpokenWhenItMustOrShall(t *testing.T) {
	for name, c := range map[string]struct {
		server []string
		asked  bool
		leased bool
		want   string
	}{
		"both, not asked":     {[]string{"h2", "http/1.1"}, false, false, "HTTP/1.1"},
		"both, asked":         {[]string{"h2", "http/1.1"}, true, false, "HTTP/2.0"},
		"both, asked, leased": {[]string{"h2", "http/1.1"}, true, true, "HTTP/1.1"},
		"HTTP/1.1 alone":      {[]string{"http/1.1"}, true, false, "HTTP/1.1"},
		"no ALPN at all":      {nil, true, false, "HTTP/1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newH2(t, c.server...)
			e := newEngine(t, Config{TLS: TLS{Insecure: true, HTTP2: c.asked}})
			lease := leased(t, e, srv.URL, "")
			for i := range 2 {
				req, w := newRequest(t, "POST", srv.URL, strings.NewReader("body"))
				if w.Fields = []Field{{"x-own", "mine"}}; c.leased {
					w.Lease = lease
				}
				body, resp, err := send(t, e, req)
				if err != nil || body != c.want+" [] [] [mine]body" || resp.Proto != c.want {
					t.Fatalf("%q %v, want %s", body, err, c.want)
				}
				if w.Reused != (i > 0) || w.PeerKey == "" || !strings.Contains(strings.ToLower(w.Head), "x-odd: 1\r\n") {
					t.Errorf("request %d: %+v", i, w)
				}
			}
		})
	}
}

// A server that refuses http/1.1 in ALPN (crypto/tls as a server never does, so
// the alert is written by hand) is spoken to in HTTP/2, from then on.
func TestHTTP2WhenNothingElseIsTaken(t *testing.T) {
	srv := newH2(t, "h2")
	addr, count := perConn(t, func(n int, nc net.Conn, br *bufio.Reader) {
		if n == 1 {
			_, _ = br.ReadByte()
			_, _ = nc.Write([]byte{21, 3, 3, 0, 2, 2, 120}) // alert, TLS 1.2, fatal, no_application_protocol
			return
		}
		server, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			return
		}
		defer server.Close()
		go func() { _, _ = io.Copy(nc, server); _ = nc.Close() }()
		_, _ = io.Copy(server, br)
	})
	e := newEngine(t, Config{TLS: TLS{Insecure: true}})
	for range 2 {
		if body, _, _ := get2(t, e, "https://"+addr); !strings.HasPrefix(body, "HTTP/2.0") {
			t.Errorf("%q", body)
		}
		e.CloseIdleConnections()
	}
	if count.Load() != 3 {
		t.Errorf("%d connections, want 3", count.Load())
	}
}

func TestHTTP2IsShared(t *testing.T) {
	srv := newH2(t, "h2")
	var conns sync.Map
	e := newEngine(t, Config{TLS: TLS{Insecure: true, HTTP2: true}})
	get2(t, e, srv.URL)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, _, w := get2(t, e, srv.URL)
			conns.Store(w.Local, true)
		})
	}
	wg.Wait()
	n := 0
	for range conns.Range {
		n++
	}
	if n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	srv.CloseClientConnections()
	get2(t, e, srv.URL) // on a new one
}

// With Await the requests that come while a connection is made share it, where it
// is one of HTTP/2; where it is none, and where there will be none, nobody waits for
// ever.
func TestHTTP2IsAwaited(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, test := range map[string]struct {
		url    string
		shared bool
		fails  bool
	}{
		"HTTP/2":   {url: newH2(t, "h2").URL, shared: true},
		"HTTP/1.1": {url: newH2(t, "http/1.1").URL},
		"nobody":   {url: "https://" + closed.Addr().String(), fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t, Config{Await: true, TLS: TLS{Insecure: true, HTTP2: true}})
			var reused atomic.Int32
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					req, w := request(t, t.Context(), test.url)
					resp, err := e.RoundTrip(req)
					if (err != nil) != test.fails {
						t.Error(err)
					}
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
					if w.Reused {
						reused.Add(1)
					}
				})
			}
			wg.Wait()
			if n := reused.Load(); test.shared && n != 19 {
				t.Errorf("%d requests have shared the connection, want 19", n)
			}
		})
	}
}

// Who waits for a connection waits no longer than its own time.
func TestHTTP2IsAwaitedInTime(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mute.Close() })
	e := newEngine(t, Config{Await: true, TLS: TLS{Insecure: true, HTTP2: true}})
	first, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	req, _ := request(t, first, "https://"+mute.Addr().String())
	go func() { _, err := e.RoundTrip(req); ended <- err }()
	if _, err := mute.Accept(); err != nil { // the first is under way
		t.Fatal(err)
	}
	second, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	other, _ := request(t, second, "https://"+mute.Addr().String())
	if _, err := e.RoundTrip(other); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second: %v", err)
	}
	_ = mute.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Millisecond)) // cannot fail on what is open
	if _, err := mute.Accept(); err == nil {
		t.Error("the second has made a connection of its own")
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
}

// TestC3_SessionsResumeWithinOneIdentity: another client certificate is another
// connection, and resumes no session.
func TestC3_SessionsResumeWithinOneIdentity(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.TLS.DidResume, len(r.TLS.PeerCertificates))
	}))
	srv.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	srv.StartTLS()
	defer srv.Close()
	cert, _ := selfSigned(t)
	mine := &TLS{Insecure: true, Certificate: func(context.Context) (*tls.Certificate, error) { return &cert, nil }}
	e := newEngine(t, Config{TLS: TLS{Insecure: true}})
	var got []string
	for _, id := range []*TLS{nil, nil, mine, mine, nil} {
		req, w := newRequest(t, "GET", srv.URL, nil)
		w.TLS = id
		req.Close = true // each on a connection of its own
		body, _, err := send(t, e, req)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, body)
	}
	if want := "[false 0 true 0 false 1 true 1 true 0]"; fmt.Sprint(got) != want {
		t.Errorf("resumed, certificates: %v, want %v", got, want)
	}
	get2(t, e, srv.URL) // which is kept
	req, w := newRequest(t, "GET", srv.URL, nil)
	w.TLS = mine
	if _, _, err := send(t, e, req); err != nil || w.Reused {
		t.Errorf("%v, reused %v", err, w.Reused)
	}
}
