//go:build unix

package h1

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// socketPair returns both ends of a TCP connection, the first as the engine
// holds it.
func socketPair(t *testing.T) (*socket, *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	return newSocket(near, new(atomic.Int32)), far.(*net.TCPConn)
}

func TestLoneRead(t *testing.T) {
	s, far := socketPair(t)
	buf := make([]byte, 8)
	if _, err := io.WriteString(far, "one"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.loneRead(buf); err != nil || string(buf[:n]) != "one" {
		t.Errorf("what is there: %q, %v", buf[:n], err)
	}
	late := time.AfterFunc(5*patience, func() { _, _ = io.WriteString(far, "two") })
	defer late.Stop()
	if n, err := s.loneRead(buf); err != nil || string(buf[:n]) != "two" {
		t.Errorf("what comes later than patience: %q, %v", buf[:n], err)
	}
	_ = s.SetReadDeadline(time.Now().Add(patience / 2))
	if _, err := s.loneRead(buf); !errors.Is(err, os.ErrDeadlineExceeded) || !isTimeout(err) {
		t.Errorf("a deadline within patience: %v", err)
	}
	_ = s.SetReadDeadline(time.Time{})
	_ = far.CloseWrite()
	if n, err := s.loneRead(buf); n != 0 || err != io.EOF {
		t.Errorf("the end: %d, %v", n, err)
	}
}

func TestLoneReadOfABrokenConnection(t *testing.T) {
	s, far := socketPair(t)
	_ = far.SetLinger(0)
	_ = far.Close()
	_, err := s.loneRead(make([]byte, 8))
	var op *net.OpError
	if !errors.Is(err, syscall.ECONNRESET) || !errors.As(err, &op) || Classify(err) != Receive {
		t.Errorf("reset: %v, of kind %v", err, Classify(err))
	}
	_ = s.Close()
	if _, err := s.loneRead(make([]byte, 8)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed here: %v", err)
	}
}

// A deadline set by another goroutine, which is how a context ends a wait, is
// felt while the read waits in the kernel.
func TestLoneReadIsCanceled(t *testing.T) {
	s, _ := socketPair(t)
	began := time.Now()
	soon := time.AfterFunc(patience/2, func() { _ = s.SetDeadline(past) })
	defer soon.Stop()
	if _, err := s.loneRead(make([]byte, 8)); !isTimeout(err) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

// Requests side by side wait in the poller, and go back to the kernel alone.
func TestActiveRequestsAreCounted(t *testing.T) {
	srv := newBulk(t, 1, false)
	e := newEngine(t, Config{})
	fetch := func() *http.Response {
		req, _ := request(t, t.Context(), srv.URL)
		resp, err := e.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	first, second := fetch(), fetch()
	if n := e.active.Load(); n != 2 {
		t.Errorf("two under way: %d", n)
	}
	_, _ = io.Copy(io.Discard, first.Body)
	_ = second.Body.Close()
	_ = second.Body.Close()
	if n := e.active.Load(); n != 0 {
		t.Errorf("none under way: %d", n)
	}
}
