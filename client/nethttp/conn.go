package nethttp

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// link is what is known of a connection once it stands. It does not change.
type link struct {
	local, peer netip.AddrPort
	proxied     bool
	unverified  error
	key         string
	tls         *tls.ConnectionState

	resolved, connected, secured time.Time
}

// conn is a connection as the Transport gets it. It reads along the head of
// each response, and lets a body be spliced past the Transport's buffers.
type conn struct {
	net.Conn // the socket, or TLS upon it
	link     link
	raw      syscall.RawConn // the socket; nil when there is no TCP at the bottom
	secure   bool            // Conn is TLS upon it

	mu     sync.Mutex
	inHead bool
	got    int // octets since begin, as far as the head went
	head   []byte
	ended  bool     // in the head
	lane   *splicer // takes the next large Read
}

// begin is called before each request is written.
func (c *conn) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inHead, c.got, c.head = true, 0, nil
}

// Read reads, or splices (see splicer). It is called by one goroutine at a
// time.
func (c *conn) Read(p []byte) (int, error) {
	if s := c.takeLane(len(p)); s != nil {
		n, err := s.move(c.raw, len(p))
		if err != errNoSplice {
			return n, err
		}
	}
	n, err := c.Conn.Read(p)
	if e := c.watch(p[:n], err); e != nil {
		return 0, e
	}
	return n, err
}

// ReadFrom lets the system send a file (sendfile), where it can.
func (c *conn) ReadFrom(r io.Reader) (int64, error) { return io.Copy(c.Conn, r) }

// watch looks at what was read, as long as that is head. A head that is too
// large stays so: net/http may read again after an error.
func (c *conn) watch(p []byte, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.inHead {
		return nil
	}
	c.ended = err == io.EOF
	return c.read(p)
}

// read keeps the octets up to the empty line that ends the head. Heads of
// informational responses (RFC 9110 section 15.2) are passed over, but for 101,
// which is final.
func (c *conn) read(p []byte) error {
	from := max(0, len(c.head)-3)
	c.head = append(c.head, p...)
	c.got += len(p)
	for {
		end := headEnd(c.head, from)
		if end < 0 {
			if len(c.head) > maxHead {
				return &Error{TooLarge, errHeadTooLarge}
			}
			return nil
		}
		if end > maxHead {
			return &Error{TooLarge, errHeadTooLarge}
		}
		if !informational(c.head[:end]) {
			c.head, c.inHead = c.head[:end:end], false
			return nil
		}
		c.head, from = c.head[end:], 0
	}
}

// headEnd returns the offset behind the empty line, or -1. Lines may end with a
// bare LF (RFC 9112 section 2.2).
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

func informational(head []byte) bool {
	_, rest, ok := bytes.Cut(head[:min(len(head), 32)], []byte(" "))
	return ok && len(rest) > 2 && rest[0] == '1' && !bytes.HasPrefix(rest, []byte("101"))
}

// headSeen returns the head of the response, when all of it has come.
func (c *conn) headSeen() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inHead {
		return nil
	}
	return c.head
}

// began tells whether anything of a response has come, whether that looks like
// HTTP, and whether it ended within the head.
func (c *conn) began() (any, like, cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	const start = "HTTP/1."
	n := min(len(c.head), len(start))
	return c.got > 0, string(c.head[:n]) == start[:n], c.inHead && c.ended
}

// offer lets the next Read that is larger than the Transport's buffer go to s.
func (c *conn) offer(s *splicer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lane = s
}

// withdraw takes the offer of s back, if it still stands.
func (c *conn) withdraw(s *splicer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lane == s {
		c.lane = nil
	}
}

func (c *conn) takeLane(size int) *splicer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if size <= readBuffer {
		return nil
	}
	s := c.lane
	c.lane = nil
	return s
}
