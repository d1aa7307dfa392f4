package h1

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// received serves 200, and keeps the body that came.
func received(t *testing.T, got *atomic.Value) string {
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		for {
			req, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			if req.Header.Get("Expect") != "" {
				_, _ = io.WriteString(nc, "HTTP/1.1 100 Continue\r\n\r\n")
			}
			b, _ := io.ReadAll(req.Body)
			got.Store(string(b))
			_, _ = io.WriteString(nc, ok2)
		}
	})
	return addr
}

func TestBodiesArrive(t *testing.T) {
	var got atomic.Value
	addr := received(t, &got)
	e := newEngine(t, Config{})
	for _, size := range []int{0, 1, inlineBody - 1, inlineBody, inlineBody + 1, sendBuffer, sendBuffer + 1, 3<<20 + 7} {
		text := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		for _, expect := range []bool{false, true} {
			for _, body := range []io.Reader{strings.NewReader(text), stream(text)} {
				req, w := newRequest(t, "PUT", "http://"+addr, body)
				if expect {
					req.Header.Set("Expect", "100-continue")
				}
				answer, _, err := send(t, e, req)
				if err != nil || answer != "ok" || got.Load() != text {
					t.Fatalf("size %d: %q %v, %.40q came", size, answer, err, got.Load())
				}
				if w.Sent.IsZero() && req.ContentLength > 0 && size <= inlineBody {
					t.Errorf("size %d: no time of sending", size)
				}
			}
		}
	}
	req, w := newRequest(t, "GET", "http://"+addr, nil)
	if _, _, err := send(t, e, req); err != nil || !w.Reused {
		t.Errorf("after uploads: %v, reused %v", err, w.Reused)
	}
}

// A server refuses a large body early, and reads no more of it.
func TestEarlyAnswerEndsTheSending(t *testing.T) {
	stay := make(chan struct{})
	defer close(stay)
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		if _, err := readHead(br); err != nil {
			return
		}
		_, _ = io.WriteString(nc, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!")
		<-stay
	})
	e := newEngine(t, Config{})
	big := &watched{Reader: bytes.NewReader(make([]byte, 64<<20)), closed: make(chan struct{})}
	req, w := newRequest(t, "PUT", "http://"+addr, big)
	req.ContentLength = 64 << 20
	body, resp, err := send(t, e, req)
	if err != nil || resp.StatusCode != 413 || body != "no!" || !w.Sent.IsZero() {
		t.Fatalf("%v %q, sent at %v", err, body, w.Sent)
	}
	select {
	case <-big.closed:
	case <-time.After(5 * time.Second):
		t.Error("the body is still being sent")
	}
	if _, _, w := get2(t, e, "http://"+addr); w.Reused {
		t.Error("a connection was used again in the middle of a body")
	}
}

// When RoundTrip returns with a refusal, the source is not read any more: the
// caller may rewind it at once.
func TestEarlyAnswerLeavesTheSourceAlone(t *testing.T) {
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		_, _ = readHead(br)
		_, _ = io.WriteString(nc, "HTTP/1.1 401 Who\r\nContent-Length: 100000\r\n\r\n")
		_, _ = readHead(br)
	})
	big := &watched{Reader: bytes.NewReader(make([]byte, 64<<20)), closed: make(chan struct{})}
	req, _ := newRequest(t, "PUT", "http://"+addr, big)
	req.ContentLength, req.GetBody = 64<<20, func() (io.ReadCloser, error) { return nil, errSource }
	resp, err := newEngine(t, Config{}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	select {
	case <-big.closed:
	default:
		t.Error("the body is still being sent")
	}
}

func get2(t *testing.T, e *Engine, url string) (string, *http.Response, *Wire) {
	t.Helper()
	req, w := newRequest(t, "GET", url, nil)
	body, resp, err := send(t, e, req)
	if err != nil {
		t.Fatal(err)
	}
	return body, resp, w
}

type watched struct {
	io.Reader
	closed chan struct{}
}

func (w *watched) Close() error { close(w.closed); return nil }

// A server answers 200 at once and reads on: what it echoes comes while the body
// goes.
func TestAnswerBesideTheBody(t *testing.T) {
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		for {
			req, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			_, _ = io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n")
			_, _ = io.Copy(nc, req.Body)
		}
	})
	r, w := io.Pipe()
	e := newEngine(t, Config{})
	req, _ := newRequest(t, "POST", "http://"+addr, r)
	req.ContentLength = 40000
	resp, err := e.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buf := make([]byte, 10000)
	for i := range byte(4) {
		_, _ = w.Write(bytes.Repeat([]byte{i}, len(buf)))
		if _, err := io.ReadFull(resp.Body, buf); err != nil || buf[0] != i || buf[9999] != i {
			t.Fatalf("part %d: %v, %d", i, err, buf[0])
		}
	}
	_ = w.Close()
	if n, err := resp.Body.Read(buf); n != 0 || err != io.EOF {
		t.Errorf("%d %v", n, err)
	}
	req, wire := newRequest(t, "POST", "http://"+addr, strings.NewReader(strings.Repeat("x", 40000)))
	if body, _, err := send(t, e, req); len(body) != 40000 || err != nil || !wire.Reused {
		t.Errorf("after it: %d octets, %v, reused %v", len(body), err, wire.Reused)
	}
}

func TestExpect(t *testing.T) {
	for name, c := range map[string]struct {
		before string // what the server says to the head
		reads  bool   // and then wants the body
		slow   bool
		status int
	}{
		"wanted":             {"HTTP/1.1 100 Continue\r\n\r\n", true, false, 200},
		"hint, then wanted":  {"HTTP/1.1 103 Soon\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n", true, false, 200},
		"refused":            {"HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n", false, false, 401},
		"not heard of":       {"", true, true, 200},
		"hint, then silence": {"HTTP/1.1 103 Soon\r\n\r\n", true, true, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, _ := perConn(t, func(n int, nc net.Conn, br *bufio.Reader) {
				if _, err := readHead(br); err != nil {
					return
				}
				_, _ = io.WriteString(nc, c.before)
				if c.reads {
					b := make([]byte, 4)
					_, _ = io.ReadFull(br, b)
					_, _ = io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"+string(b))
				}
				_, _ = readHead(br)
			})
			e := newEngine(t, Config{})
			src := stream("body")
			req, w := newRequest(t, "PUT", "http://"+addr, src)
			req.ContentLength = 4
			w.Fields = []Field{{"expect", "100-Continue"}}
			began := time.Now()
			body, resp, err := send(t, e, req)
			if err != nil || resp.StatusCode != c.status || c.reads && body != "body" {
				t.Fatalf("%v %q", err, body)
			}
			if waited := time.Since(began) >= continueTimeout; waited != c.slow {
				t.Errorf("waited %v", time.Since(began))
			}
			rest, _ := io.ReadAll(src)
			if untouched := string(rest) == "body"; untouched == c.reads {
				t.Errorf("left of the body: %q", rest)
			}
			if n := pooled(e); !c.reads && n != 0 {
				t.Errorf("%d connections kept that may wait for a body", n)
			}
		})
	}
}

func pooled(e *Engine) int {
	e.pool.mu.Lock()
	defer e.pool.mu.Unlock()
	n := 0
	for _, list := range e.pool.idle {
		n += len(list)
	}
	return n
}

var errSource = errors.New("the disk is gone")

type failing struct{ n int }

func (f *failing) Read(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errSource
	}
	return len(p), nil
}

func TestBodiesThatFail(t *testing.T) {
	var got atomic.Value
	addr := received(t, &got)
	for name, c := range map[string]struct {
		body   io.Reader
		length int64
		says   string
	}{
		"short, too short": {stream("abc"), 4, "ended after 3 of 4"},
		"short, fails":     {&failing{}, 4, errSource.Error()},
		"long, too short":  {stream(strings.Repeat("x", 20000)), 20001, "ended after 20000 of 20001"},
		"long, fails":      {&failing{1 << 20}, 8 << 20, errSource.Error()},
		"unknown, fails":   {&failing{1 << 20}, -1, errSource.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t, Config{})
			req, _ := newRequest(t, "PUT", "http://"+addr, c.body)
			req.ContentLength = c.length
			_, _, err := send(t, e, req)
			if Classify(err) != ReadBody || !strings.Contains(err.Error(), c.says) || pooled(e) != 0 {
				t.Errorf("%v (kind %d), %d connections kept", err, Classify(err), pooled(e))
			}
		})
	}
}

func TestABodyIsCutAtItsLength(t *testing.T) {
	var got atomic.Value
	addr := received(t, &got)
	for _, length := range []int{4, 20000} {
		req, _ := newRequest(t, "PUT", "http://"+addr, stream(strings.Repeat("x", 30000)))
		req.ContentLength = int64(length)
		if _, _, err := send(t, newEngine(t, Config{}), req); err != nil || len(got.Load().(string)) != length {
			t.Errorf("%.40q, want %d octets, %v", got.Load(), length, err)
		}
	}
}

func TestUploadEndsWithTheContext(t *testing.T) {
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		_, _ = readHead(br)
		_, _ = readHead(bufio.NewReader(strings.NewReader("")))
		<-t.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	big := &watched{Reader: bytes.NewReader(make([]byte, 64<<20)), closed: make(chan struct{})}
	req, _ := newRequest(t, "PUT", "http://"+addr, big)
	req.ContentLength = 64 << 20
	if _, err := newEngine(t, Config{}).RoundTrip(req.WithContext(ctx)); err != context.DeadlineExceeded {
		t.Errorf("%v", err)
	}
	select {
	case <-big.closed:
	case <-time.After(5 * time.Second):
		t.Error("the body is still being sent")
	}
}
