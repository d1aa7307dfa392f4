package cli

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// source serves one file, with ranges and their validators done right by
// net/http, and breaks off where a test says.
type source struct {
	URL string

	mu       sync.Mutex
	body     []byte
	etag     string
	modified time.Time
	cut      func(n int) int                                          // after how many octets the n-th answer is reset; -1: never
	answer   func(n int, w http.ResponseWriter, r *http.Request) bool // true: answered
	seen     []string                                                 // a line for each request
}

func newSource(t *testing.T, size int) *source {
	t.Helper()
	s := &source{body: randomBytes(1, size), etag: `"one"`}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL + "/file.bin"
	first := testOnlyFirstPause
	testOnlyFirstPause = time.Millisecond
	t.Cleanup(func() { testOnlyFirstPause = first })
	return s
}

func randomBytes(seed byte, size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// ServeHTTP implements http.Handler.
func (s *source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.seen = append(s.seen, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.Header.Get("Range"), r.Header.Get("If-Range"))))
	n, cut, answer := len(s.seen), s.cut, s.answer
	s.mu.Unlock()
	if answer != nil && answer(n, w, r) {
		return
	}
	s.mu.Lock()
	body, etag, modified := s.body, s.etag, s.modified
	s.mu.Unlock()
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	if cut != nil && cut(n) >= 0 {
		w = &cutWriter{ResponseWriter: w, left: cut(n)}
	}
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// behave changes how the source answers, while it may be answering.
func (s *source) behave(how func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how(s)
}

// cuts says after how many octets the n-th answer breaks off; -1 is never.
func (s *source) cuts(cut func(n int) int) { s.behave(func(s *source) { s.cut = cut }) }

// cutsFirst makes the next answer break off, and those after it whole.
func (s *source) cutsFirst(at int) {
	s.behave(func(s *source) {
		first := len(s.seen) + 1
		s.cut = func(n int) int {
			if n == first {
				return at
			}
			return -1
		}
	})
}

// answers says how requests are answered, or changed, before the source does it.
func (s *source) answers(answer func(n int, w http.ResponseWriter, r *http.Request) bool) {
	s.behave(func(s *source) { s.answer = answer })
}

// change gives the source another version.
func (s *source) change(seed byte, etag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body, s.etag = randomBytes(seed, len(s.body)), etag
}

// requests returns the requests since the last time, a line each: method, Range,
// If-Range.
func (s *source) requests() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := strings.Join(s.seen, "\n")
	s.seen = nil
	return all
}

// cutWriter ends the connection after so many octets of the body.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler) // closes the connection
}

// getin runs the program, and returns what it wrote.
func getin(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	sys, out, errs := testSystem(t)
	code = Main(args, sys)
	return code, out.String(), errs.String()
}

func wantFile(t *testing.T, name string, want []byte) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(b, want) {
		t.Errorf("%s: %d octets, want %d (%v)", filepath.Base(name), len(b), len(want), err)
	}
}

// rawServer answers each connection's first request with the n-th of the
// replies, to the octet, and closes it; the last serves all that follow.
func rawServer(t *testing.T, replies ...string) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 8192))
			_, _ = io.WriteString(c, replies[min(n, len(replies)-1)])
			c.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/raw.bin"
}
