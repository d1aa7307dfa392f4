package token

import (
	"bufio"
	"context"
	"crypto/subtle"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// callback is the path of the redirect URI. Its port is another each time,
	// which an authorization server has to allow (RFC 8252 section 7.3).
	callback = "/callback"

	// maxCallers bounds how many connections there are at once: a browser opens
	// two or three, some of which it says nothing over.
	maxCallers = 8

	// maxRequest bounds the head of a request, in octets: a code and an
	// address of some kilobytes, and a browser's cookies for this machine.
	maxRequest = 64 << 10

	// callerTime is how long a connection may take to bring its request, and to
	// take the page.
	callerTime = 10 * time.Second
)

// loopback waits on this machine alone for the browser that brings the answer to
// an authorization request (RFC 8252 section 7.3). It takes one, and closes.
type loopback struct {
	listener net.Listener
	state    string
}

// listen opens a port of the loopback address: IPv4's, or IPv6's on a machine
// that has no other.
func listen(ctx context.Context, state string) (*loopback, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		var err6 error
		if l, err6 = c.Listen(ctx, "tcp6", "[::1]:0"); err6 != nil {
			return nil, err
		}
	}
	return &loopback{l, state}, nil
}

// redirectURI is where the answer is to be sent. The address is in digits, which
// no resolver leads elsewhere (RFC 8252 section 8.3).
func (l *loopback) redirectURI() string { return "http://" + l.host() + callback }

func (l *loopback) host() string { return l.listener.Addr().String() }

// caller is the browser that has brought the answer, and waits for its page.
type caller struct {
	net.Conn
	answer url.Values
}

func (l *loopback) close() { _ = l.listener.Close() } // nothing is buffered

// wait returns the browser that brings the right state, when it has come. All
// others are turned away; then the port is closed.
func (l *loopback) wait(ctx context.Context) (*caller, error) {
	ctx, done := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer done()
	context.AfterFunc(ctx, l.close)
	came := make(chan *caller)
	failed := make(chan error, 1)
	all.Go(func() {
		room := make(chan struct{}, maxCallers)
		for {
			conn, err := l.listener.Accept()
			if err != nil {
				failed <- err
				return
			}
			select {
			case room <- struct{}{}:
				all.Go(func() { l.receive(ctx, conn, came); <-room })
			default:
				_ = conn.Close() // too many, of whom nothing is known
			}
		}
	})
	select {
	case c := <-came:
		return c, nil
	case err := <-failed:
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
}

// receive reads one request, and passes the connection on if it is the one.
func (l *loopback) receive(ctx context.Context, conn net.Conn, came chan<- *caller) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(callerTime)) // a connection that has none fails by itself
	c := &caller{Conn: conn}
	if req, err := http.ReadRequest(bufio.NewReader(io.LimitReader(conn, maxRequest))); err == nil {
		var why page
		if c.answer, why = l.read(req); c.answer == nil {
			c.show(why)
		}
	}
	stop()
	if c.answer != nil {
		select {
		case came <- c:
			return // it is the receiver's now
		case <-ctx.Done(): // another was first
		}
	}
	_ = conn.Close() // nobody to tell
}

// read returns the parameters of the answer; of another request nil, and what is
// said to it. The Host tells a browser that was led here by a name of somebody
// else's (DNS rebinding). A parameter may come once only (RFC 6749 section 3.1).
func (l *loopback) read(req *http.Request) (url.Values, page) {
	if req.URL.Path != callback || req.Host != l.host() {
		return nil, page{http.StatusNotFound, "Not found", "There is nothing here."}
	}
	if req.Method != http.MethodGet {
		return nil, page{http.StatusMethodNotAllowed, "Not allowed", "The answer to a sign-in comes as a GET request."}
	}
	q, err := url.ParseQuery(req.URL.RawQuery)
	twice := slices.ContainsFunc(slices.Collect(maps.Values(q)), func(v []string) bool { return len(v) > 1 })
	if err != nil || twice || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(l.state)) != 1 {
		return nil, page{http.StatusBadRequest, "Not signed in", "This is not the answer to the sign-in that getin has begun."}
	}
	return q, page{}
}

// show sends the page.
func (c *caller) show(p page) {
	_ = c.SetDeadline(time.Now().Add(callerTime))
	body := p.html()
	resp := http.Response{
		StatusCode: p.status, ProtoMajor: 1, ProtoMinor: 1, Header: p.header(), Close: true,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
	_ = resp.Write(c) // the page is a courtesy
}

// finish sends the page, and ends the connection.
func (c *caller) finish(p page) {
	c.show(p)
	_ = c.Close()
}
