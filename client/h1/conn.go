package h1

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// link is what is known of a connection once it stands. It does not change.
type link struct {
	local, peer netip.AddrPort
	unix        bool // the peer is a unix socket
	proxied     bool
	unverified  error
	key         string
	tls         *tls.ConnectionState

	proxyUnverified error
	proxyKey        string
	proxyTLS        *tls.ConnectionState
	opened          *Opening

	resolved, connected, secured time.Time
}

// event is an Event about the connection.
func (l *link) event(k EventKind) Event {
	return Event{Kind: k, Local: l.local, Peer: l.peer, Proxy: l.proxied}
}

// conn is one connection. Between pool.get and pool.put it belongs to one
// request, and all but cancel is for that request's goroutine.
type conn struct {
	nc   net.Conn // the socket, or TLS upon it
	sock *socket  // the bottom of it
	link link
	key  key
	h2   *http.ClientConn // set: HTTP/2 is spoken on it, by many at once

	lease *Lease // whose it is; nil: the pool's
	half  bool   // the proxy at its other end has refused a tunnel, and may open one yet

	used atomic.Bool // has served a request
	idle time.Time   // since when it is

	// whole: the last response ended where its head had said, behind a body.
	whole bool

	buf  []byte // buf[r:w] has come and is not read yet
	r, w int
	out  []byte // the head of the request being written; kept for its memory

	active  bool // a request is under way on it
	watches *watches
	watched *watch // for the end of the request's context; nil: it has none

	mu       sync.Mutex
	canceled bool
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// watch begins the service of a request. It lets the end of ctx end everything
// that waits on the connection.
func (c *conn) watch(ctx context.Context) {
	c.sock.active.Add(1)
	c.active = true
	c.watched = c.watches.add(ctx, c)
}

// unwatch ends it, and reports whether the connection is untouched.
func (c *conn) unwatch() bool {
	if c.active {
		c.active = false
		c.sock.active.Add(-1)
	}
	one := c.watched
	c.watched = nil
	return c.watches.remove(one, c)
}

// cancel lets every read and write fail, now and later.
func (c *conn) cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.canceled = true
	_ = c.sock.SetDeadline(past) // fails on a closed socket, where nobody waits
}

// setReadDeadline sets one, unless the connection is canceled. The zero time is
// none.
func (c *conn) setReadDeadline(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.canceled {
		_ = c.sock.SetReadDeadline(t) // a broken socket tells at the next read
	}
}

// drop closes the connection without a word, in whatever state it is.
func (c *conn) drop() {
	c.unwatch()
	_ = c.sock.Close() // of no use any more
}

// bye closes an idle connection.
func (c *conn) bye() {
	if c.h2 != nil {
		_ = c.h2.Close() // nothing is under way
	}
	_ = c.nc.Close() // under TLS with its closure alert; nobody waits for it
}

// rest makes it ready to be idle.
func (c *conn) rest() {
	c.shrink()
	c.idle = time.Now()
}

// giveBack ends the service of a request that has left the connection whole.
func (c *conn) giveBack(p *pool) {
	if c.lease != nil {
		c.lease.put(c)
		return
	}
	c.rest()
	p.put(c)
}

// buffered returns how many octets have come and are not read yet.
func (c *conn) buffered() int { return c.w - c.r }

// fill reads more into the buffer, which must not be full.
func (c *conn) fill() error {
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
	if c.buf == nil {
		c.buf = make([]byte, readBuffer)
	}
	n, err := c.nc.Read(c.buf[c.w:])
	c.w += n
	if n > 0 {
		return nil // an error will come again
	}
	if err == nil {
		return io.ErrNoProgress
	}
	return err
}

// room makes room in the buffer, which does not grow once it has limit octets.
func (c *conn) room(limit int) bool {
	switch {
	case c.w < len(c.buf) || c.buf == nil:
	case c.r > 0:
		c.w = copy(c.buf, c.buf[c.r:c.w])
		c.r = 0
	case len(c.buf) >= limit:
		return false
	default:
		grown := make([]byte, 2*len(c.buf))
		c.w = copy(grown, c.buf[:c.w])
		c.buf = grown
	}
	return true
}

// read reads at least one octet: what is in the buffer, or past it when p is as
// large.
func (c *conn) read(p []byte) (int, error) {
	if c.r == c.w {
		if len(p) >= readBuffer {
			return c.nc.Read(p)
		}
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.buf[c.r:c.w])
	c.r += n
	return n, nil
}

// need waits until n octets, a few, are in the buffer.
func (c *conn) need(n int) error {
	for c.buffered() < n {
		c.room(readBuffer) // they always fit
		if err := c.fill(); err != nil {
			return err
		}
	}
	return nil
}

var errLongLine = errors.New("line too long")

// line reads up to the next line feed, and returns what is before it. It is
// valid until the next read.
func (c *conn) line(limit int) ([]byte, error) {
	for from := 0; ; {
		if i := bytes.IndexByte(c.buf[c.r+from:c.w], '\n'); i >= 0 {
			line := c.buf[c.r : c.r+from+i]
			if c.r += from + i + 1; len(line) > limit {
				return nil, errLongLine
			}
			return line, nil
		}
		from = c.buffered()
		if from > limit || !c.room(2*limit) {
			return nil, errLongLine
		}
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
}

// head reads up to the empty line that ends a head or a trailer section, and
// returns all of it as a copy. Nothing is consumed when it fails, so buffered
// tells what has come.
func (c *conn) head(limit int) (string, error) {
	for from := 0; ; {
		if end := headEnd(c.buf[c.r:c.w], from); end >= 0 {
			if end > limit {
				return "", errLongLine
			}
			head := string(c.buf[c.r : c.r+end])
			c.r += end
			return head, nil
		}
		// An end may begin within the last two octets.
		from = max(c.buffered()-2, 0)
		if c.buffered() > limit || !c.room(2*limit) {
			return "", errLongLine
		}
		if err := c.fill(); err != nil {
			return "", err
		}
	}
}

// headEnd returns the offset behind the empty line, or -1. Lines may end with a
// bare LF (RFC 9112 section 2.2). The search begins at from, where an end that
// begins before has been looked for.
func headEnd(b []byte, from int) int {
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		rest := b[from:]
		if len(rest) > 0 && rest[0] == '\n' {
			return from + 1
		}
		if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			return from + 2
		}
	}
}

// shrink gives a buffer back that a large head has made large.
func (c *conn) shrink() {
	if len(c.buf) > 4*readBuffer {
		c.buf, c.r, c.w = nil, 0, 0
	}
	if cap(c.out) > 4*readBuffer {
		c.out = nil
	}
}
