package nethttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"getin/client"
)

// trip gathers what httptrace tells of one request. Its hooks may still be
// called after RoundTrip has returned, so the caller's Wire is filled from it
// and never by them.
type trip struct {
	start time.Time

	mu     sync.Mutex
	conn   *conn // the last one, when the Transport had to try again
	reused bool
	sent   time.Time
	first  time.Time
}

func (t *trip) gotConn(info httptrace.GotConnInfo) {
	c, _ := info.Conn.(*conn)
	if c != nil {
		c.begin()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conn, t.reused = c, info.Reused
}

func (t *trip) wroteRequest(info httptrace.WroteRequestInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if info.Err == nil {
		t.sent = time.Now()
	}
}

func (t *trip) firstByte() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first = time.Now()
}

func (t *trip) connection() *conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.conn
}

// fill writes into w, which may be nil, what is known of the request. l is the
// connection's when none was handed to the Transport.
func (t *trip) fill(w *client.Wire, resp *http.Response, l *link) {
	if w == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var head []byte
	if t.conn != nil {
		l, head = &t.conn.link, t.conn.headSeen()
	}
	w.Start, w.Sent, w.FirstByte, w.Reused = t.start, t.sent, t.first, t.reused
	if l != nil {
		w.Local, w.Peer, w.Proxied = l.local, l.peer, l.proxied
		w.Unverified, w.PeerKey = l.unverified, l.key
		if !t.reused {
			w.NameResolved, w.Connected, w.Secured = l.resolved, l.connected, l.secured
		}
	}
	if resp != nil {
		w.Head = exactHead(head, resp)
	}
}

// exactHead returns what was seen on the wire, or the head written anew when
// that is not the head of this response.
func exactHead(seen []byte, resp *http.Response) []byte {
	line, _, _ := strings.Cut(string(seen[:min(len(seen), 64)]), "\n")
	if f := strings.Fields(line); len(f) > 1 && f[1] == fmt.Sprintf("%03d", resp.StatusCode) {
		return seen
	}
	return writeHead(resp)
}

// writeHead writes a head from its parts, the fields sorted: their order is
// not known.
func writeHead(resp *http.Response) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/%d.%d %s\r\n", resp.ProtoMajor, resp.ProtoMinor, resp.Status)
	names := make([]string, 0, len(resp.Header))
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range resp.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, v)
		}
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// explain gives an error of the Transport its kind, with the help of what was
// seen on the connection.
func (t *trip) explain(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	c := t.connection()
	var op *net.OpError
	if c == nil {
		// A request that the Transport would not send, mostly.
		return err
	}
	began, like, cut := c.began()
	switch ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); {
	case ended && !began:
		return &Error{EmptyReply, errors.New("empty reply from the server")}
	case began && !like:
		return &Error{NotHTTP, errors.New("the reply is not HTTP/1")}
	case ended, cut:
		return &Error{Receive, errors.New("the connection ended within the head of the response")}
	case errors.As(err, &op), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &Error{Classify(err), err}
	case began:
		return &Error{WeirdReply, err}
	default:
		return err
	}
}
