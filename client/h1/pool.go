package h1

import (
	"net"
	"sync"
	"time"
)

// key tells which requests may share a connection. Two connections of one key
// are the same to a server, to a proxy and to whoever looks at the certificate.
type key struct {
	secure bool
	addr   string // host:port of the server; "" for a proxy that takes absolute URLs
	proxy  string // scheme://host:port, before it that of SOCKS with its user; "" is none
	auth   string // who opened a tunnel: Wire.As, or Proxy-Authorization
	tls    *TLS
	lane   string
	half   bool // leads to the proxy alone, which has refused a tunnel
}

// pool keeps connections between requests.
type pool struct {
	mu   sync.Mutex
	idle map[key][]*conn // the last is the one used last
	h2   map[key]*conn
}

// get takes a connection of the key that is not known to be dead, or returns
// nil. One of HTTP/2 stays where it is. harmless tells that the request may be
// repeated.
func (p *pool) get(k key, harmless bool) *conn {
	for {
		c := p.pop(k)
		if c == nil || c.h2 != nil || harmless && c.warm() || c.alive() {
			return c
		}
		c.bye()
	}
}

// warmFor is how long a connection is not looked at after a response. No server
// gives up so soon, and what it has to add is hardly here yet.
const warmFor = time.Millisecond

// warm reports whether the connection was in use right now, and ended with a body
// of which all had been announced. Who sends more after that is not waited for.
func (c *conn) warm() bool { return c.whole && c.buffered() == 0 && time.Since(c.idle) < warmFor }

func (p *pool) pop(k key) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.h2[k]; c != nil {
		if c.h2.Err() == nil && c.h2.Available() > 0 {
			return c
		}
		delete(p.h2, k) // full or on its way out; it ends by itself
	}
	list := p.idle[k]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	p.idle[k] = list[:len(list)-1]
	return c
}

// put keeps a connection for later, or closes it when there are enough.
func (p *pool) put(c *conn) {
	if !p.push(c) {
		c.bye()
	}
}

func (p *pool) push(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[c.key]
	if len(list) >= idlePerKey {
		return false
	}
	if p.idle == nil {
		p.idle = map[key][]*conn{}
	}
	p.idle[c.key] = append(list, c)
	return true
}

// share lets others use a connection of HTTP/2.
func (p *pool) share(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.h2 == nil {
		p.h2 = map[key]*conn{}
	}
	p.h2[c.key] = c
}

// forget lets nobody else have a connection of HTTP/2. Who is using it goes on.
func (p *pool) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.h2[c.key] == c {
		delete(p.h2, c.key)
	}
}

// close closes what is idle, for the keys that which picks.
func (p *pool) close(which func(key) bool) {
	p.mu.Lock()
	var gone []*conn
	for k, list := range p.idle {
		if which(k) {
			gone = append(gone, list...)
			delete(p.idle, k)
		}
	}
	for k, c := range p.h2 {
		if which(k) && c.h2.InFlight() == 0 {
			gone = append(gone, c)
			delete(p.h2, k)
		}
	}
	p.mu.Unlock()
	for _, c := range gone {
		c.bye()
	}
}

// alive finds out whether an idle connection can still be used: the server may
// have closed it, or have said something that nobody asked for (RFC 9112
// section 9.3: "408", mostly), or have been silent for too long.
func (c *conn) alive() bool {
	if time.Since(c.idle) > idleTimeout || c.buffered() > 0 {
		return false
	}
	s := readable(c.sock.fd, time.Since(c.idle))
	if c.sock.pending() && s == silent {
		s = speaks
	}
	if c.nc == net.Conn(c.sock) {
		return s == silent
	}
	// Under TLS it may be a session ticket, which is none of the content; and
	// content may lie in the layer's own buffers.
	return s != gone && c.onlyTickets(s)
}

// ticketWait bounds the reading of what has come already.
const ticketWait = time.Millisecond

// onlyTickets reads what TLS has for itself, and reports whether there was
// nothing else.
func (c *conn) onlyTickets(s state) bool {
	until := past
	if s == speaks {
		until = time.Now().Add(ticketWait)
	}
	c.setReadDeadline(until)
	err := c.fill()
	c.setReadDeadline(time.Time{})
	return c.buffered() == 0 && isTimeout(err)
}
