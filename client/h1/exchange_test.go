package h1

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const ok2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func send(t *testing.T, e *Engine, req *http.Request) (string, *http.Response, error) {
	t.Helper()
	resp, err := e.RoundTrip(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), resp, err
}

// stream is a body that can be read once.
func stream(s string) io.Reader { return struct{ io.Reader }{strings.NewReader(s)} }

func newRequest(t *testing.T, method, url string, body io.Reader) (*http.Request, *Wire) {
	t.Helper()
	w := &Wire{}
	req, err := http.NewRequestWithContext(WithWire(t.Context(), w), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req, w
}

func TestRequestOnTheWire(t *testing.T) {
	own := []Field{{"user-AGENT", "me"}, {"Accept", "*/*"}, {"X-z", "1"}, {"x-Z", "2"}}
	form := append(own[:4:4], Field{"Content-Type", "text/plain"})
	for name, c := range map[string]struct {
		method, path string
		body         io.Reader
		fields       []Field
		want         string
	}{
		"as written":    {"GET", "/p%20q?a b", nil, own, ""},
		"order":         {"GET", "/p?q", nil, own, "GET /p?q HTTP/1.1\r\nHost: ADDR\r\nuser-AGENT: me\r\nAccept: */*\r\nX-z: 1\r\nx-Z: 2\r\n\r\n"},
		"length":        {"POST", "/", strings.NewReader("hello"), form, "POST / HTTP/1.1\r\nHost: ADDR\r\nuser-AGENT: me\r\nAccept: */*\r\nX-z: 1\r\nx-Z: 2\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n"},
		"no content":    {"POST", "/", nil, []Field{}, "POST / HTTP/1.1\r\nHost: ADDR\r\nContent-Length: 0\r\n\r\n"},
		"chunked":       {"PUT", "/", stream("x"), []Field{}, "PUT / HTTP/1.1\r\nHost: ADDR\r\nTransfer-Encoding: chunked\r\n\r\n"},
		"engine's own":  {"GET", "/", nil, []Field{{"host", "evil"}, {"Content-length", "7"}, {"Transfer-Encoding", "chunked"}}, "GET / HTTP/1.1\r\nHost: ADDR\r\n\r\n"},
		"no path":       {"GET", "", nil, []Field{}, "GET / HTTP/1.1\r\nHost: ADDR\r\n\r\n"},
		"field of a LF": {"GET", "/", nil, []Field{{"X", "a\nB: c"}}, ""},
		"field of a CR": {"GET", "/", nil, []Field{{"X", "a\rB: c"}}, ""},
		"name no token": {"GET", "/", nil, []Field{{"X:", "a"}}, ""},
		"name with LF":  {"GET", "/", nil, []Field{{"X\n", "a"}}, ""},
		"odd method":    {"GE\nT", "/", nil, []Field{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var seen atomic.Value
			seen.Store("")
			addr := rawServer(t, func(nc net.Conn, head string) {
				if !seen.CompareAndSwap("", head) {
					return // the body
				}
				_, _ = io.WriteString(nc, "HTTP/1.1 204 No Content\r\n\r\n")
			})
			req, w := newRequest(t, "GET", "http://"+addr+c.path, c.body)
			req.Method, w.Fields = c.method, c.fields
			_, _, err := send(t, newEngine(t, Config{}), req)
			got := seen.Load()
			if want := strings.ReplaceAll(c.want, "ADDR", addr); got != want {
				t.Errorf("sent %q, want %q (%v)", got, want, err)
			}
			if (err != nil) != (c.want == "") || err != nil && Classify(err) != BadRequest {
				t.Errorf("%v (kind %d)", err, Classify(err))
			}
			if c.want != "" && w.SentHead != len(got.(string)) {
				t.Errorf("SentHead %d, want %d", w.SentHead, len(got.(string)))
			}
		})
	}
}

func TestHostWithItsPort(t *testing.T) {
	for url, want := range map[string]string{
		"http://Example.COM/": "example.com", "http://example.com:80/": "example.com", "https://example.com:443/": "example.com",
		"http://example.com:443/": "example.com:443", "http://[::1]/": "[::1]", "http://[::1%25eth0]:80/": "[::1]",
		"http://[fe80::1%25eth0]:8080/": "[fe80::1]:8080", "http://bücher.example/": "xn--bcher-kva.example",
	} {
		req, w := newRequest(t, "GET", url, nil)
		req.Host = "" // as of a request made by hand
		r, err := New(Config{}).route(req, w)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostField(req, &r); got != want {
			t.Errorf("%s: Host %q, want %q", url, got, want)
		}
	}
}

func TestNoHostThatEndsALine(t *testing.T) {
	for _, host := range []string{"", "a b", "a\r\nX: y", "a\x00", "a/b", "a@b", `a\b`, "a#b"} {
		req, _ := newRequest(t, "GET", "http://x/", nil)
		req.URL.Host = host
		if _, _, err := send(t, newEngine(t, Config{}), req); Classify(err) != BadRequest {
			t.Errorf("%q: %v (kind %d)", host, err, Classify(err))
		}
	}
}

func TestConnectionIsUsedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want int32 // connections for three requests
	}{
		"length":               {ok2, 1},
		"chunked":              {head200 + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n", 1},
		"nothing":              {"HTTP/1.1 204 No\r\n\r\n", 1},
		"interim":              {"HTTP/1.1 103 Soon\r\n\r\n" + ok2, 1},
		"HTTP/1.0, kept":       {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", 1},
		"HTTP/1.0":             {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 3},
		"close":                {"HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 2\r\n\r\nok", 3},
		"more than its length": {ok2 + "!", 3},
		"more than nothing":    {"HTTP/1.1 204 No\r\n\r\n!", 3},
		"length and chunked":   {head200 + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 3},
		"switched":             {"HTTP/1.1 101 Go\r\nConnection: close\r\n\r\n", 3},
	} {
		t.Run(name, func(t *testing.T) {
			addr, count := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
				for {
					if _, err := readHead(br); err != nil {
						return
					}
					_, _ = io.WriteString(nc, c.text)
					if strings.Contains(c.text, "101") {
						return
					}
				}
			})
			e := newEngine(t, Config{})
			for i := range 3 {
				_, _, w := get(t, e, "http://"+addr)
				if want := i > 0 && c.want == 1; w.Reused != want {
					t.Errorf("request %d: reused %v", i+1, w.Reused)
				}
			}
			if count.Load() != c.want {
				t.Errorf("%d connections, want %d", count.Load(), c.want)
			}
		})
	}
}

func TestABodyLeftUnreadEndsTheConnection(t *testing.T) {
	addr, count := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		for {
			if _, err := readHead(br); err != nil {
				return
			}
			_, _ = io.WriteString(nc, ok2)
		}
	})
	e := newEngine(t, Config{})
	req, _ := newRequest(t, "GET", "http://"+addr, nil)
	resp, err := e.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if _, err := resp.Body.Read(make([]byte, 1)); err != http.ErrBodyReadAfterClose {
		t.Errorf("read after close: %v", err)
	}
	if body, _, _ := get(t, e, "http://"+addr); body != "ok" || count.Load() != 2 {
		t.Errorf("body %q on connection %d", body, count.Load())
	}
}

// The server closes, or speaks, while a connection is idle: it is found out
// before any request is written to it, so that even a POST comes through.
func TestDeadConnectionIsFoundBeforeUse(t *testing.T) {
	for _, last := range []string{"", "HTTP/1.1 408 Too late\r\n\r\n"} {
		gone := make(chan bool, 1)
		addr, count := perConn(t, func(n int, nc net.Conn, br *bufio.Reader) {
			if _, err := readHead(br); err != nil {
				t.Errorf("connection %d got no request", n)
			}
			_, _ = io.WriteString(nc, ok2)
			if n == 1 {
				_, _ = io.WriteString(nc, last)
				_ = nc.Close()
				gone <- true
			}
			_, _ = readHead(br)
		})
		e := newEngine(t, Config{})
		get(t, e, "http://"+addr)
		<-gone
		req, w := newRequest(t, "POST", "http://"+addr, stream("once"))
		if body, _, err := send(t, e, req); body != "ok" || w.Reused || count.Load() != 2 {
			t.Errorf("%q %v, reused %v, %d connections", body, err, w.Reused, count.Load())
		}
	}
}

// The server closes upon the second request: that is repeated once, if it may
// be.
func TestRepeatedOnceWhenNothingWasAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		body   func() io.Reader
		leased bool
		answer string // to the second request
		want   Kind
	}{
		"GET":               {method: "GET"},
		"PUT, can rewind":   {method: "PUT", body: func() io.Reader { return strings.NewReader(strings.Repeat("x", 1<<17)) }},
		"PUT, expects":      {method: "PUT", body: func() io.Reader { return strings.NewReader("x") }},
		"PUT, short stream": {method: "PUT", body: func() io.Reader { return stream("x") }, want: EmptyReply},
		"POST":              {method: "POST", body: func() io.Reader { return strings.NewReader("x") }, want: EmptyReply},
		"leased":            {method: "GET", leased: true, want: EmptyReply},
		"half answered":     {method: "GET", answer: "HTTP/1.1 20", want: Receive},
	} {
		t.Run(name, func(t *testing.T) {
			addr, count := perConn(t, func(n int, nc net.Conn, br *bufio.Reader) {
				for i := 1; ; i++ {
					req, err := http.ReadRequest(br)
					if err != nil {
						return
					}
					if req.Header.Get("Expect") != "" && (n != 1 || i != 2) {
						_, _ = io.WriteString(nc, "HTTP/1.1 100 Continue\r\n\r\n")
					}
					_, _ = io.Copy(io.Discard, req.Body)
					if n == 1 && i == 2 {
						_, _ = io.WriteString(nc, c.answer)
						return
					}
					_, _ = io.WriteString(nc, ok2)
				}
			})
			e := newEngine(t, Config{})
			lease := leased(t, e, "http://"+addr, "")
			for i := range 2 {
				var r io.Reader
				if c.body != nil {
					r = c.body()
				}
				req, w := newRequest(t, c.method, "http://"+addr, r)
				if c.leased {
					w.Lease = lease
				}
				if name == "PUT, expects" {
					req.Header.Set("Expect", "100-continue")
				}
				body, _, err := send(t, e, req)
				if i == 0 || c.want == 0 {
					if body != "ok" {
						t.Errorf("request %d: %q %v", i+1, body, err)
					}
				} else if Classify(err) != c.want {
					t.Errorf("%v (kind %d), want %d", err, Classify(err), c.want)
				}
			}
			if want := int32(2); c.want == 0 && count.Load() != want || c.want != 0 && count.Load() != 1 {
				t.Errorf("%d connections", count.Load())
			}
		})
	}
}

func TestANewConnectionIsNotTriedTwice(t *testing.T) {
	addr, count := perConn(t, func(_ int, _ net.Conn, br *bufio.Reader) { _, _ = readHead(br) })
	err := failsWith(t, newEngine(t, Config{}), "http://"+addr)
	if Classify(err) != EmptyReply || count.Load() != 1 {
		t.Errorf("%v, %d connections", err, count.Load())
	}
}

// The caller has the time that a request waits: for a connection, and for the
// answer.
func TestMeanwhile(t *testing.T) {
	free := make(chan string, 4)
	url, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		for {
			if _, err := readHead(br); err != nil {
				return
			}
			<-free // the answer comes when the caller has had its time
			_, _ = io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
	url = "http://" + url
	e := newEngine(t, Config{})
	for n, want := range []int{2, 1} { // the second request has a connection
		req, w := newRequest(t, "GET", url, nil)
		calls := 0
		w.Meanwhile = func() {
			if calls++; calls == want {
				free <- "go on"
			}
		}
		resp, err := e.RoundTrip(req)
		if err != nil || calls != want {
			t.Fatalf("request %d: %v, %d calls", n, err, calls)
		}
		if b := resp.Body.(*body); !b.Here() {
			t.Error("a body in one piece with its head is not here")
		}
		if b, err := io.ReadAll(resp.Body); string(b) != "ok" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
	}
	req, w := newRequest(t, "POST", url, strings.NewReader("x"))
	w.Meanwhile = func() { t.Error("called for a request with a body") }
	free <- "at once"
	if _, _, err := send(t, e, req); err != nil {
		t.Error(err)
	}
}

func TestTrailerAndInterim(t *testing.T) {
	const hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
	addr := rawServer(t, say(hint+head200+"Transfer-Encoding: chunked\r\nTrailer: X-Sum, content-length\r\n\r\n2\r\nok\r\n0\r\nx-sum: 42\r\nContent-Length: 9\r\nOther: z\r\n\r\n"))
	e := newEngine(t, Config{})
	req, w := newRequest(t, "GET", "http://"+addr, nil)
	resp, err := e.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if v, has := resp.Trailer["X-Sum"]; !has || v != nil || len(resp.Trailer) != 1 {
		t.Errorf("trailer before the body: %v", resp.Trailer)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(resp.Trailer); got != "map[Other:[z] X-Sum:[42]]" {
		t.Errorf("trailer %s", got)
	}
	if len(w.Interim) != 1 || w.Interim[0] != hint || !strings.HasPrefix(w.Head, head200+"Transfer") {
		t.Errorf("interim %q, head %q", w.Interim, w.Head)
	}
}

func TestCanceledBeforeAnything(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, _ := request(t, ctx, "http://127.0.0.1:1")
	closed := false
	req.Body = closer{strings.NewReader("x"), &closed}
	if _, err := newEngine(t, Config{}).RoundTrip(req); !errors.Is(err, context.Canceled) || !closed {
		t.Errorf("%v, body closed: %v", err, closed)
	}
}

type closer struct {
	io.Reader
	closed *bool
}

func (c closer) Close() error { *c.closed = true; return nil }

// A context that ends when all of the body has come, but is not read yet, leaves
// no connection that another request could have.
func TestCanceledBeforeTheEndIsRead(t *testing.T) {
	for _, text := range []string{ok2, chunkedHead + "2\r\nok\r\n0\r\n\r\n"} {
		addr := rawServer(t, func(nc net.Conn, _ string) { _, _ = io.WriteString(nc, text) })
		ctx, cancel := context.WithCancel(t.Context())
		e := newEngine(t, Config{})
		req, _ := request(t, ctx, "http://"+addr)
		resp, err := e.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		b := make([]byte, 9)
		if n, err := resp.Body.Read(b); n != 2 || err != io.EOF {
			t.Errorf("%d %v, want all of it and its end at once", n, err)
		}
		_ = resp.Body.Close()
		if pooled(e) != 0 {
			t.Error("a canceled connection was kept")
		}
	}
}

// The cause of a context's end is told, and its error too.
func TestCauseIsTold(t *testing.T) {
	addr := rawServer(t, func(nc net.Conn, _ string) { _, _ = io.WriteString(nc, head200+"Content-Length: 9\r\n\r\nhalf") })
	why := errors.New("the user has gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	req, _ := request(t, ctx, "http://"+addr)
	resp, err := newEngine(t, Config{}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cancel(why)
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, why) || !errors.Is(err, context.Canceled) || Classify(err) != 0 {
		t.Errorf("%v (kind %d)", err, Classify(err))
	}
}
