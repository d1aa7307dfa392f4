package h1

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// perConn gives each connection to serve, with its number from 1, and closes it
// after that.
func perConn(t *testing.T, serve func(n int, nc net.Conn, br *bufio.Reader)) (string, *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var count atomic.Int32
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			n := int(count.Add(1))
			go func() {
				defer nc.Close()
				serve(n, nc, bufio.NewReader(nc))
			}()
		}
	}()
	return l.Addr().String(), &count
}

// rawServer answers each request with serve, which gets its head.
func rawServer(t *testing.T, serve func(nc net.Conn, head string)) string {
	t.Helper()
	addr, _ := perConn(t, func(_ int, nc net.Conn, br *bufio.Reader) {
		for {
			head, err := readHead(br)
			if err != nil {
				return
			}
			serve(nc, head)
		}
	})
	return addr
}

func readHead(br *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return "", err
		}
		b.WriteString(line)
		if line == "\r\n" {
			return b.String(), nil
		}
	}
}

// say writes once and hangs up.
func say(text string) func(net.Conn, string) {
	return func(nc net.Conn, _ string) {
		_, _ = io.WriteString(nc, text)
		_ = nc.Close()
	}
}

func request(t *testing.T, ctx context.Context, url string) (*http.Request, *Wire) {
	t.Helper()
	w := &Wire{}
	req, err := http.NewRequestWithContext(WithWire(ctx, w), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req, w
}

// get sends a GET that must succeed, and reads the body.
func get(t *testing.T, s *Engine, url string) (string, *http.Response, *Wire) {
	t.Helper()
	req, w := request(t, t.Context(), url)
	resp, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), resp, w
}

// fails sends a GET that must fail.
func fails(t *testing.T, s *Engine, url string) (*Wire, error) {
	t.Helper()
	req, w := request(t, t.Context(), url)
	resp, err := s.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
		t.Fatalf("%s: got %s, want an error", url, resp.Status)
	}
	return w, err
}

func newEngine(t *testing.T, c Config) *Engine {
	s := New(c)
	t.Cleanup(s.CloseIdleConnections)
	return s
}

// bulkServer serves size pseudo-random octets at any path, with a length unless
// the path is /chunked, and counts connections.
type bulkServer struct {
	*httptest.Server
	sum   string
	conns atomic.Int32
}

func newBulk(t *testing.T, size int, secure bool) *bulkServer {
	t.Helper()
	data := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	s := &bulkServer{sum: sumOf(data)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/chunked" {
			w.(http.Flusher).Flush()
		} else {
			w.Header().Set("Content-Length", strconv.Itoa(size))
		}
		_, _ = w.Write(data)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.conns.Add(1)
		}
	}
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func sumOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func sumFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return sumOf(b)
}

func mustRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	req, _ := request(t, t.Context(), url)
	return req
}
