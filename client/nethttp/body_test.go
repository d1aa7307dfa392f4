package nethttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

const mib = 1 << 20

// saveTo sends a GET and lets the body write itself to w.
func saveTo(t *testing.T, s *Sender, url string, w io.Writer) (int64, error) {
	t.Helper()
	req, _ := request(t, t.Context(), url)
	resp, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	to, ok := resp.Body.(io.WriterTo)
	if !ok {
		t.Fatalf("the body of %s cannot write itself", url)
	}
	return to.WriteTo(w)
}

func create(t *testing.T, dir string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestSpliceToFileAndUseConnectionAgain(t *testing.T) {
	const size = 64*mib + 12345
	srv := newBulk(t, size, false)
	dirs := map[string]string{"disk": t.TempDir()}
	if d, err := os.MkdirTemp("/dev/shm", "splice"); err == nil {
		dirs["tmpfs"] = d
		t.Cleanup(func() { _ = os.RemoveAll(d) })
	}
	for name, dir := range dirs {
		t.Run(name, func(t *testing.T) {
			before := srv.conns.Load()
			s := newSender(t, Config{})
			for range 3 {
				f := create(t, dir)
				n, err := saveTo(t, s, srv.URL, f)
				if err != nil || n != size {
					t.Fatalf("%d octets, %v", n, err)
				}
				if sumFile(t, f.Name()) != srv.sum {
					t.Fatal("the file differs")
				}
			}
			if n := srv.conns.Load() - before; n != 1 {
				t.Errorf("%d connections for three requests", n)
			}
		})
	}
}

// counter is a SpliceTarget; it tells what came by Write and what past it.
type counter struct {
	*os.File
	wrote, spliced int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.File.Write(p)
	c.wrote += int64(n)
	return n, err
}
func (c *counter) SpliceFile() *os.File { return c.File }
func (c *counter) Spliced(n int64)      { c.spliced += n }

func TestSpliceIsUsedAndTold(t *testing.T) {
	if !canSplice {
		t.Skip("no splice on this system")
	}
	const size = 8 * mib
	srv := newBulk(t, size, false)
	c := &counter{File: create(t, t.TempDir())}
	if n, err := saveTo(t, newSender(t, Config{}), srv.URL, c); n != size || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if c.wrote+c.spliced != size || c.wrote > 2*readBuffer {
		t.Errorf("%d octets written, %d spliced", c.wrote, c.spliced)
	}
	if sumFile(t, c.Name()) != srv.sum {
		t.Error("the file differs")
	}
}

func TestSpliceKeepsTheOffset(t *testing.T) {
	srv := newBulk(t, mib, false)
	f := create(t, t.TempDir())
	_, _ = f.WriteString("before")
	if _, err := saveTo(t, newSender(t, Config{}), srv.URL, f); err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString("after")
	b, _ := os.ReadFile(f.Name())
	if !bytes.HasPrefix(b, []byte("before")) || !bytes.HasSuffix(b, []byte("after")) || sumOf(b[6:len(b)-5]) != srv.sum {
		t.Errorf("file of %d octets is not before, body, after", len(b))
	}
}

// Whatever cannot be spliced to is written to.
func TestWriteToOtherDestinations(t *testing.T) {
	const size = 4 * mib
	srv := newBulk(t, size, false)
	s := newSender(t, Config{})
	t.Run("appending", func(t *testing.T) {
		f, err := os.OpenFile(filepath.Join(t.TempDir(), "out"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if n, err := saveTo(t, s, srv.URL, f); n != size || err != nil || sumFile(t, f.Name()) != srv.sum {
			t.Errorf("%d, %v, or the file differs", n, err)
		}
	})
	t.Run("buffer", func(t *testing.T) {
		var b bytes.Buffer
		if n, err := saveTo(t, s, srv.URL, &b); n != size || err != nil || sumOf(b.Bytes()) != srv.sum {
			t.Errorf("%d, %v, or the octets differ", n, err)
		}
	})
	t.Run("pipe", func(t *testing.T) {
		r, w, _ := os.Pipe()
		var b bytes.Buffer
		done := make(chan error)
		go func() { _, err := b.ReadFrom(r); done <- err }()
		n, err := saveTo(t, s, srv.URL, w)
		_ = w.Close()
		if rerr := <-done; n != size || err != nil || rerr != nil || sumOf(b.Bytes()) != srv.sum {
			t.Errorf("%d, %v, %v, or the octets differ", n, err, rerr)
		}
	})
	t.Run("null", func(t *testing.T) {
		f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if n, err := saveTo(t, s, srv.URL, f); n != size || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestWriteErrorsAreTheFiles(t *testing.T) {
	srv := newBulk(t, 4*mib, false)
	s := newSender(t, Config{})
	t.Run("full", func(t *testing.T) {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("no /dev/full here:", err)
		}
		defer f.Close()
		var path *fs.PathError
		if _, err := saveTo(t, s, srv.URL, f); !errors.As(err, &path) || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cannot be written", func(t *testing.T) {
		f := create(t, t.TempDir())
		r, err := os.Open(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var path *fs.PathError
		_, err = saveTo(t, s, srv.URL, &misled{spliceTo: r})
		if canSplice && (!errors.As(err, &path) || path.Op != "write" || path.Path != f.Name()) {
			t.Errorf("got %v", err)
		}
	})
}

// misled takes writes, but offers a file that takes no splice.
type misled struct {
	bytes.Buffer
	spliceTo *os.File
}

func (m *misled) SpliceFile() *os.File { return m.spliceTo }
func (m *misled) Spliced(int64)        {}

// promise sends a head that promises size octets, and then the first sent.
func promise(t *testing.T, size, sent int, then func(net.Conn)) string {
	t.Helper()
	return "http://" + rawServer(t, func(nc net.Conn, _ string) {
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
		_, _ = nc.Write(make([]byte, sent))
		then(nc)
		_ = nc.Close()
	})
}

func TestTruncatedBodies(t *testing.T) {
	for _, sent := range []int{0, 100, readBuffer, 3 * mib, 8*mib - 1} {
		t.Run(fmt.Sprint(sent), func(t *testing.T) {
			url := promise(t, 8*mib, sent, func(net.Conn) {})
			f := create(t, t.TempDir())
			n, err := saveTo(t, newSender(t, Config{}), url, f)
			if !errors.Is(err, io.ErrUnexpectedEOF) || Classify(err) != Partial || n != int64(sent) {
				t.Errorf("spliced: %d octets, %v", n, err)
			}
			if info, _ := f.Stat(); info.Size() != int64(sent) {
				t.Errorf("the file has %d octets", info.Size())
			}
			req, _ := request(t, t.Context(), url)
			resp, err := newSender(t, Config{}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(b) != sent {
				t.Errorf("read: %d octets, %v", len(b), err)
			}
			_ = resp.Body.Close()
		})
	}
}

func TestResetWithinTheBody(t *testing.T) {
	url := promise(t, 8*mib, mib, func(nc net.Conn) { _ = nc.(*net.TCPConn).SetLinger(0) })
	_, err := saveTo(t, newSender(t, Config{}), url, create(t, t.TempDir()))
	// What came before the reset may be lost; then it is an end like any other.
	if k := Classify(err); k != Receive && k != Partial {
		t.Errorf("%v: kind %d", err, k)
	}
}

func TestCancelWithinASplice(t *testing.T) {
	stay := make(chan struct{})
	defer close(stay)
	url := promise(t, 64*mib, 6*mib, func(net.Conn) { <-stay })
	for name, end := range map[string]func() (context.Context, context.CancelFunc){
		"cancel": func() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) },
		"deadline": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 300*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := end()
			defer cancel()
			req, _ := request(t, ctx, url)
			resp, err := newSender(t, Config{}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if name == "cancel" {
				time.AfterFunc(100*time.Millisecond, cancel)
			}
			began := time.Now()
			_, err = resp.Body.(io.WriterTo).WriteTo(create(t, t.TempDir()))
			if !errors.Is(err, ctx.Err()) || ctx.Err() == nil || time.Since(began) > 5*time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		})
	}
}

// A mark above what the server sends must not keep from the reader what has
// come: here the server waits until the client has seen the first part.
func TestSlowingDownDoesNotStall(t *testing.T) {
	const first, pause, size = 32*mib + 777, 100_000, 64 * mib
	for _, splice := range []bool{true, false} {
		t.Run(fmt.Sprint("splice ", splice), func(t *testing.T) {
			seen := make(chan struct{})
			url := promise(t, size, first, func(nc net.Conn) {
				time.Sleep(50 * time.Millisecond) // until the reader waits
				_, _ = nc.Write(make([]byte, pause))
				select {
				case <-seen:
				case <-time.After(10 * time.Second):
					return // the body then is too short
				}
				_, _ = nc.Write(make([]byte, size-first-pause))
			})
			var once sync.Once
			w := &watcher{File: create(t, t.TempDir()), at: first + pause, hit: func() { once.Do(func() { close(seen) }) }}
			var n int64
			var err error
			if s := newSender(t, Config{}); splice {
				n, err = saveTo(t, s, url, w)
			} else {
				n, err = saveTo(t, s, url, struct{ io.Writer }{w})
			}
			if n != size || err != nil {
				t.Errorf("%d octets, %v", n, err)
			}
		})
	}
}

// watcher is a SpliceTarget that tells when a number of octets has been seen.
type watcher struct {
	*os.File
	seen, at int64
	hit      func()
}

func (w *watcher) Write(p []byte) (int, error) {
	w.Spliced(int64(len(p)))
	return w.File.Write(p)
}
func (w *watcher) SpliceFile() *os.File { return w.File }
func (w *watcher) Spliced(n int64) {
	if w.seen += n; w.seen >= w.at {
		w.hit()
	}
}

func TestBodiesThatDoNotSplice(t *testing.T) {
	clear, secure := newBulk(t, 16*mib, false), newBulk(t, 16*mib, true)
	small := newBulk(t, 1000, false)
	s := newSender(t, Config{Insecure: true})
	for name, c := range map[string]struct {
		url string
		sum string
	}{
		"chunked": {clear.URL + "/chunked", clear.sum}, "TLS": {secure.URL, secure.sum},
		"TLS chunked": {secure.URL + "/chunked", secure.sum}, "small": {small.URL, small.sum},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				body, resp, _ := get(t, s, c.url)
				if _, ok := resp.Body.(io.WriterTo); ok {
					t.Error("claims to splice")
				}
				if sumOf([]byte(body)) != c.sum {
					t.Error("the octets differ")
				}
			}
		})
	}
	if n := secure.conns.Load(); n != 1 {
		t.Errorf("%d connections over TLS, want 1", n)
	}
}

func TestManySplicesAtOnce(t *testing.T) {
	const size = 3*mib + 17
	srv := newBulk(t, size, false)
	s := newSender(t, Config{})
	var wg sync.WaitGroup
	for range 8 {
		dir := t.TempDir()
		wg.Go(func() {
			for range 4 {
				f := create(t, dir)
				if n, err := saveTo(t, s, srv.URL, f); n != size || err != nil {
					t.Errorf("%d, %v", n, err)
				} else if sumFile(t, f.Name()) != srv.sum {
					t.Error("the file differs")
				}
			}
		})
	}
	wg.Wait()
}
