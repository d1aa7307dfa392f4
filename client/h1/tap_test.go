package h1

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// diary is a Tap that keeps a line for each thing told, and all octets.
type diary struct {
	mu    sync.Mutex
	lines []string
	sent  bytes.Buffer // content
	came  bytes.Buffer
}

func (d *diary) Told(e Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := map[EventKind]string{
		Dialing: "dialing", Connected: "connected", Secured: "secured", Reused: "reused", Uploaded: "uploaded", Ended: "ended",
	}[e.Kind]
	if e.Kind == Uploaded {
		name += fmt.Sprint(" ", e.Octets)
	}
	d.lines = append(d.lines, name)
}

func (d *diary) note(dir string, what Piece, p []byte, content *bytes.Buffer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if what == Content {
		content.Write(p)
		return
	}
	line, _, _ := strings.Cut(string(p), "\r\n")
	d.lines = append(d.lines, dir+" "+line)
}

func (d *diary) Sent(what Piece, p []byte)     { d.note(">", what, p, &d.sent) }
func (d *diary) Received(what Piece, p []byte) { d.note("<", what, p, &d.came) }

// tapped makes a request, and returns what its tap was told.
func tapped(t *testing.T, e *Engine, method, url string, body io.Reader) *diary {
	t.Helper()
	d := &diary{}
	req, err := http.NewRequestWithContext(WithWire(t.Context(), &Wire{Tap: d}), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := e.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	// A file is what a body is spliced to.
	file, err := os.Create(filepath.Join(t.TempDir(), "body"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if w, ok := resp.Body.(io.WriterTo); ok {
		_, err = w.WriteTo(file)
	} else {
		_, err = io.Copy(file, resp.Body)
	}
	if err != nil {
		t.Error(err)
	}
	_ = resp.Body.Close()
	if came, err := os.ReadFile(file.Name()); err != nil || !bytes.Equal(came, d.came.Bytes()) {
		t.Errorf("%d octets were told of, %d came, %v", d.came.Len(), len(came), err)
	}
	return d
}

func (d *diary) want(t *testing.T, lines ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if got, want := strings.Join(d.lines, "\n"), strings.Join(lines, "\n"); got != want {
		t.Errorf("told:\n%s\nwant:\n%s", got, want)
	}
}

// Everything is told in its order, and no octet is left out, whatever way it
// goes: in one write, beside the answer, in chunks, past this process.
func TestTapIsToldEverything(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/chunks" {
			_ = http.NewResponseController(w).Flush()
		} else {
			w.Header().Set("Content-Length", fmt.Sprint(len(big)))
		}
		_, _ = w.Write(big)
	}))
	defer s.Close()
	e := New(Config{})
	defer e.CloseIdleConnections()
	d := tapped(t, e, "GET", s.URL, nil)
	d.want(t, "dialing", "connected", "> GET / HTTP/1.1", "< HTTP/1.1 200 OK", "ended")
	if !bytes.Equal(d.came.Bytes(), big) {
		t.Errorf("%d octets of the body", d.came.Len())
	}
	tapped(t, e, "HEAD", s.URL, nil).want(t, "reused", "> HEAD / HTTP/1.1", "< HTTP/1.1 200 OK", "ended")
	for _, body := range []io.Reader{bytes.NewReader([]byte("short")), bytes.NewReader(big), io.MultiReader(bytes.NewReader(big))} {
		want := "uploaded 5"
		if l, ok := body.(interface{ Len() int }); !ok || l.Len() > 5 {
			want = fmt.Sprint("uploaded ", len(big))
		}
		d := tapped(t, e, "POST", s.URL+"/chunks", body)
		d.mu.Lock()
		if i := slices.Index(d.lines, want); i > 2 && want != "uploaded 5" {
			d.lines = slices.Insert(slices.Delete(d.lines, i, i+1), 2, want) // the answer was seen first
		}
		d.mu.Unlock()
		d.want(t, "reused", "> POST /chunks HTTP/1.1", want, "< HTTP/1.1 200 OK", "ended")
		if n := d.sent.Len(); n != 5 && !bytes.Equal(d.sent.Bytes(), big) {
			t.Errorf("%s: %d octets of the request's body", want, n)
		}
	}
}

// CONNECT is told of, and the handshakes.
func TestTapOfTunnel(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	p := newProxy(t, nil)
	e := New(Config{Proxy: via(t, p.url), TLS: TLS{Insecure: true}})
	defer e.CloseIdleConnections()
	d := tapped(t, e, "GET", s.URL, nil)
	addr := strings.TrimPrefix(s.URL, "https://")
	d.want(t, "dialing", "connected", "> CONNECT "+addr+" HTTP/1.1", "< HTTP/1.1 200 Go ahead", "secured", "> GET / HTTP/1.1", "< HTTP/1.1 200 OK", "ended")
}

// HTTP/2 is told of in the form of HTTP/1.
func TestTapOfHTTP2(t *testing.T) {
	s := newH2(t, "h2")
	e := New(Config{TLS: TLS{Insecure: true, HTTP2: true}})
	defer e.CloseIdleConnections()
	d := tapped(t, e, "POST", s.URL+"/x", strings.NewReader("body"))
	d.want(t, "dialing", "connected", "secured", "> POST /x HTTP/2", "uploaded 4", "< HTTP/2 200 ", "ended")
	if d.sent.String() != "body" {
		t.Errorf("sent %q", &d.sent)
	}
}
