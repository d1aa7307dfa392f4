package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"getin/client/h1"
)

// serve answers one request on a socket with what talk writes, and returns the
// response as the sender gives it.
func serve(t *testing.T, talk func(net.Conn)) *http.Response {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		defer nc.Close()
		_, _ = nc.Read(make([]byte, 4096))
		talk(nc)
	}()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h1.New(h1.Config{}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(b)
	return b
}

func withLength(n int, data []byte) func(net.Conn) {
	return func(nc net.Conn) {
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
		_, _ = nc.Write(data)
	}
}

func chunked(data []byte, end string) func(net.Conn) {
	return func(nc net.Conn) {
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for part := range bytesChunks(data, 50_000) {
			fmt.Fprintf(nc, "%x\r\n%s\r\n", len(part), part)
		}
		_, _ = io.WriteString(nc, end)
	}
}

func bytesChunks(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			k := min(n, len(b))
			if !yield(b[:k]) {
				return
			}
			b = b[k:]
		}
	}
}

func TestDeliverToFile(t *testing.T) {
	large := random(9<<20 + 5)
	for name, c := range map[string]struct {
		talk func(net.Conn)
		want []byte
	}{
		"small":   {withLength(5, []byte("hello")), []byte("hello")},
		"empty":   {withLength(0, nil), nil},
		"large":   {withLength(len(large), large), large},
		"chunked": {chunked(large, "0\r\n\r\n"), large},
		"until closed": {func(nc net.Conn) {
			_, _ = io.WriteString(nc, "HTTP/1.0 200 OK\r\n\r\n")
			_, _ = nc.Write(large)
		}, large},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "out")
			var told int64
			n, err := Deliver(serve(t, c.talk), &Sink{Path: file, Progress: func(total int64) {
				if total <= told {
					t.Errorf("progress from %d to %d", told, total)
				}
				told = total
			}})
			b, rerr := os.ReadFile(file)
			if err != nil || rerr != nil || n != int64(len(c.want)) || !bytes.Equal(b, c.want) || told != n {
				t.Errorf("%d octets, %v, %v; %d in the file, %d told", n, err, rerr, len(b), told)
			}
		})
	}
}

func TestDeliverTruncated(t *testing.T) {
	data := random(3 << 20)
	for name, c := range map[string]struct {
		talk func(net.Conn)
		want int
	}{
		"length":  {withLength(4<<20, data), len(data)},
		"chunked": {chunked(data, ""), len(data)},
		"in size": {chunked(data, "5"), len(data)},
		"at once": {withLength(10, nil), -1},
		"few":     {withLength(10, data[:4]), 4},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "out")
			_, err := Deliver(serve(t, c.talk), &Sink{Path: file})
			var w *WriteError
			if !errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &w) || h1.Classify(err) != h1.Partial {
				t.Errorf("got %v", err)
			}
			b, rerr := os.ReadFile(file)
			if c.want < 0 && !errors.Is(rerr, fs.ErrNotExist) || c.want >= 0 && !bytes.Equal(b, data[:c.want]) {
				t.Errorf("%d octets in the file, %v", len(b), rerr)
			}
		})
	}
}

func TestDeliverToAFullDisk(t *testing.T) {
	data := random(3 << 20)
	for name, talk := range map[string]func(net.Conn){"length": withLength(len(data), data), "chunked": chunked(data, "0\r\n\r\n")} {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("no /dev/full here:", err)
		}
		for _, s := range []*Sink{{Path: "/dev/full"}, {Out: f}} {
			var w *WriteError
			if n, err := Deliver(serve(t, talk), s); n != 0 || !errors.As(err, &w) {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
		_ = f.Close()
	}
}

func TestDeliverToAPipe(t *testing.T) {
	data := random(3 << 20)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	done := make(chan struct{})
	go func() { _, _ = got.ReadFrom(r); close(done) }()
	n, err := Deliver(serve(t, withLength(len(data), data)), &Sink{Out: w})
	_ = w.Close()
	<-done
	if n != int64(len(data)) || err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Errorf("%d octets, %v", n, err)
	}
}

// A reader at the other end sees each piece as it comes.
func TestDeliverDoesNotHoldBackFromAPipe(t *testing.T) {
	for name, head := range map[string]string{
		"until closed": "HTTP/1.0 200 OK\r\n\r\n", "length": "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			resp := serve(t, func(nc net.Conn) {
				_, _ = io.WriteString(nc, head)
				for range 3 { // the next piece when the last has been seen
					_, _ = io.WriteString(nc, "tick")
					_ = r.SetReadDeadline(time.Now().Add(5 * time.Second))
					if _, err := io.ReadFull(r, make([]byte, 4)); err != nil {
						t.Error("held back:", err)
						return
					}
				}
			})
			_, _ = Deliver(resp, &Sink{Out: w}) // with a length it ends early
			_ = w.Close()
		})
	}
}

// What has come is in the file soon, although it comes slowly.
func TestDeliverLingersNotLong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	grown := func() bool { info, err := os.Stat(file); return err == nil && info.Size() > 100 }
	resp := serve(t, func(nc net.Conn) {
		_, _ = io.WriteString(nc, "HTTP/1.0 200 OK\r\n\r\n")
		for end := time.Now().Add(5 * time.Second); !grown(); {
			if time.Now().After(end) {
				t.Error("nothing in the file after five seconds")
				return
			}
			_, _ = nc.Write(make([]byte, 50))
			time.Sleep(5 * time.Millisecond) // the pace of the server
		}
	})
	if _, err := Deliver(resp, &Sink{Path: file}); err != nil {
		t.Error(err)
	}
}

func TestDeliverRefusedLeavesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	put(t, file, "old")
	_, err := Deliver(serve(t, withLength(3, []byte("new"))), &Sink{Path: file, Exists: Refuse})
	if !errors.Is(err, fs.ErrExist) || content(t, file) != "old" {
		t.Errorf("%v, %q", err, content(t, file))
	}
}
