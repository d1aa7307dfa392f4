package h1

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// sink is a writer with a file behind it, as transfer's.
type sink struct {
	*os.File
	written, spliced int64
}

func (s *sink) Write(p []byte) (int, error) { s.written += int64(len(p)); return s.File.Write(p) }
func (s *sink) SpliceFile() *os.File        { return s.File }
func (s *sink) Spliced(n int64)             { s.spliced += n }

func newSink(t *testing.T, flag int) *sink {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "out"), flag|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return &sink{File: f}
}

func TestBulkReachesTheFile(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for _, size := range []int{bulkMin, bulkMin + 1, 1<<20 - 1, 5<<20 + 3, 64 << 20} {
			for name, flag := range map[string]int{"file": 0, "appending": os.O_APPEND} {
				t.Run(fmt.Sprint(secure, size, name), func(t *testing.T) {
					srv := newBulk(t, size, secure)
					e := newEngine(t, Config{TLS: TLS{Insecure: true}})
					for range 2 {
						s := newSink(t, flag)
						req, _ := newRequest(t, "GET", srv.URL, nil)
						resp, err := e.RoundTrip(req)
						if err != nil {
							t.Fatal(err)
						}
						n, err := resp.Body.(io.WriterTo).WriteTo(s)
						if err != nil || n != int64(size) || s.written+s.spliced != n || sumFile(t, s.Name()) != srv.sum {
							t.Fatalf("%d octets, %d written, %d spliced, %v", n, s.written, s.spliced, err)
						}
						plain := runtime.GOOS == "linux" && !secure && flag == 0
						if plain && s.spliced < n-readBuffer || !plain && s.spliced > 0 {
							t.Errorf("%d of %d octets spliced", s.spliced, n)
						}
						if k, err := resp.Body.Read(make([]byte, 1)); k != 0 || err != io.EOF {
							t.Errorf("after the end: %d %v", k, err)
						}
						_ = resp.Body.Close()
					}
					for _, list := range e.pool.idle {
						if s := list[0].sock; s.mark != nil || s.wide != nil {
							t.Error("the connection is still set for bulk")
						}
					}
					if c := srv.conns.Load(); c != 1 {
						t.Errorf("%d connections, want 1", c)
					}
				})
			}
		}
	}
}

func TestOtherBodiesAreRead(t *testing.T) {
	srv := newBulk(t, 1<<20, false)
	_, resp, _ := get2(t, newEngine(t, Config{}), srv.URL+"/chunked")
	if _, ok := resp.Body.(io.WriterTo); ok {
		t.Error("a chunked body offers WriteTo")
	}
	body, _, _ := get2(t, newEngine(t, Config{}), srv.URL+"/chunked")
	if sumOf([]byte(body)) != srv.sum {
		t.Error("a chunked body came out wrong")
	}
	resp2, err := newEngine(t, Config{}).RoundTrip(mustRequest(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := resp2.Body.(io.WriterTo).WriteTo(&b); err != nil || n != 1<<20 || sumOf(b.Bytes()) != srv.sum {
		t.Errorf("to a buffer: %d %v", n, err)
	}
}

// Half by Read, the other half by WriteTo, as transfer does.
func TestReadThenWriteTo(t *testing.T) {
	srv := newBulk(t, 3<<20, false)
	resp, err := newEngine(t, Config{}).RoundTrip(mustRequest(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s := newSink(t, 0)
	if _, err := io.CopyN(s.File, struct{ io.Reader }{resp.Body}, 100001); err != nil {
		t.Fatal(err)
	}
	if _, err := resp.Body.(io.WriterTo).WriteTo(s); err != nil || sumFile(t, s.Name()) != srv.sum {
		t.Errorf("%v, or a wrong file", err)
	}
}

// A server that stops or hangs up within a bulk body: the file holds what came.
func TestBulkCutShort(t *testing.T) {
	const came = 2 << 20
	for name, hang := range map[string]bool{"closes": false, "stalls": true} {
		t.Run(name, func(t *testing.T) {
			addr := rawServer(t, func(nc net.Conn, _ string) {
				fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 8<<20)
				_, _ = nc.Write(make([]byte, came))
				if hang {
					_, _ = io.Copy(io.Discard, nc)
				}
				_ = nc.Close()
			})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := newSink(t, 0)
			if hang {
				go func() {
					for ctx.Err() == nil && sizeOf(s) < came {
						time.Sleep(time.Millisecond) // what is spliced tells nobody
					}
					cancel()
				}()
			}
			req, _ := request(t, ctx, "http://"+addr)
			e := newEngine(t, Config{})
			resp, err := e.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			n, err := resp.Body.(io.WriterTo).WriteTo(s)
			if n != came || sizeOf(s) != came || pooled(e) != 0 {
				t.Errorf("%d octets, file of %d", n, sizeOf(s))
			}
			if hang && err != context.Canceled || !hang && (Classify(err) != Partial || !errors.Is(err, io.ErrUnexpectedEOF)) {
				t.Errorf("%v (kind %d)", err, Classify(err))
			}
		})
	}
}

func sizeOf(s *sink) int64 {
	info, err := s.Stat()
	if err != nil {
		return -1
	}
	return info.Size()
}

// The file goes on where it was.
func TestBulkKeepsTheOffset(t *testing.T) {
	srv := newBulk(t, 1<<20, false)
	s := newSink(t, 0)
	_, _ = s.WriteString("before")
	resp, err := newEngine(t, Config{}).RoundTrip(mustRequest(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := resp.Body.(io.WriterTo).WriteTo(s); err != nil {
		t.Fatal(err)
	}
	_, _ = s.WriteString("after")
	b, _ := os.ReadFile(s.Name())
	if !bytes.HasPrefix(b, []byte("before")) || !bytes.HasSuffix(b, []byte("after")) || sumOf(b[6:len(b)-5]) != srv.sum {
		t.Errorf("file of %d octets is not before, body, after", len(b))
	}
}

// halfSink takes what is written, and has a file behind it that takes nothing.
type halfSink struct {
	io.Writer
	file *os.File
}

func (s halfSink) SpliceFile() *os.File { return s.file }
func (s halfSink) Spliced(int64)        {}

// A destination that fails is told from a connection that does.
func TestBulkDestinationFails(t *testing.T) {
	srv := newBulk(t, 4<<20, false)
	e := newEngine(t, Config{})
	resp, err := e.RoundTrip(mustRequest(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	ro, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	_, err = resp.Body.(io.WriterTo).WriteTo(halfSink{io.Discard, ro})
	var path *fs.PathError
	var ours *Error
	if !errors.As(err, &path) || errors.As(err, &ours) {
		t.Errorf("%v", err)
	}
	_ = resp.Body.Close()
	if pooled(e) != 0 {
		t.Error("the connection was kept in the middle of a body")
	}
}

// The mark comes down by itself when the sender is slow, and in time for the
// tail of the body.
func TestMarkComesDown(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no low-water mark but on Linux")
	}
	said := make(chan bool)
	addr, _ := perConn(t, func(_ int, nc net.Conn, _ *bufio.Reader) {
		for range said {
			_, _ = nc.Write(make([]byte, 1000))
		}
	})
	defer close(said)
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetReadDeadline(time.Now().Add(20 * time.Second))
	m := mark{raw: newSocket(nc, new(atomic.Int32)).raw, left: 2 * markUntil}
	for _, left := range []int64{2 * markUntil, markUntil - 1} {
		m.raise()
		m.left = left
		m.before()
		if up := left >= markUntil; m.up != up {
			t.Errorf("with %d octets left: up %v", left, m.up)
		}
		said <- true
		// Under a mark that stays up, 1000 octets would never wake the reader.
		n, err := nc.Read(make([]byte, 2000))
		if m.after(n, err); n != 1000 || err != nil {
			t.Fatalf("with %d octets left: %d %v", left, n, err)
		}
	}
	m.close()
}

// A sender that pauses within a fast body must not be waited for longer than the
// pause: the low-water mark comes down by itself.
func TestMarkDoesNotStall(t *testing.T) {
	testOnlyQuick = true
	defer func() { testOnlyQuick = false }()
	const size = 48 << 20
	for _, rest := range []int{markSize / 2, 3 * markUntil} {
		t.Run(fmt.Sprint(rest), func(t *testing.T) {
			goOn := make(chan struct{})
			addr := rawServer(t, func(nc net.Conn, _ string) {
				fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
				_, _ = nc.Write(make([]byte, size-rest))
				<-goOn
				_, _ = nc.Write(make([]byte, rest))
			})
			resp, err := newEngine(t, Config{}).RoundTrip(mustRequest(t, "http://"+addr))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			s := newSink(t, 0)
			done := make(chan error, 1)
			go func() { _, err := resp.Body.(io.WriterTo).WriteTo(s); done <- err }()
			for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				if info, _ := os.Stat(s.Name()); info.Size() == size-int64(rest) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("what was sent does not arrive")
				}
			}
			close(goOn)
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}
