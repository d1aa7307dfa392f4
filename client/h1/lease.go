package h1

import (
	"errors"
	"net/http"
	"sync"
)

// ErrLeaseLost: the connection of a Lease has ended between two requests. Nothing
// of the request was written.
var ErrLeaseLost = errors.New("the connection ended between two requests")

// Lease keeps one connection for the requests whose Wire carries it, one after
// the other: for schemes that authenticate a connection. The first of them opens
// it, unless an idle one of its lane was found; from then on it is that one or
// none (ErrLeaseLost). It speaks HTTP/1.1: HTTP/2 has no connection to
// authenticate. But where only the way through a proxy is, HTTP/2 may be spoken
// behind it; the connection is then shared with the lane.
//
// Where a proxy is asked for a tunnel, that connection is the tunnel, and the
// one to the proxy that has refused it so far with 407.
type Lease struct {
	engine  *Engine
	through bool // it is for the tunnel alone

	mu    sync.Mutex
	lane  string
	idle  *conn // between two requests
	half  *conn // to the proxy, which has not opened the tunnel yet
	begun bool  // there was a connection
	h2    bool  // it speaks HTTP/2, and is in the pool
	over  bool
	keep  bool // when it is over: for whoever is next in the lane
}

// Lease begins a lease. A connection of the same way, for the same Wire.As and
// TLS, that a Lease of this lane has left behind is taken over; Held tells. A
// lane has a name; "" is none, and nothing is taken over. through tells that
// nobody but a proxy that is asked for a tunnel is to know the connection.
func (e *Engine) Lease(req *http.Request, w *Wire, lane string, through bool) (*Lease, error) {
	l := &Lease{engine: e, lane: lane, through: through}
	if lane == "" {
		return l, nil
	}
	probe := *w
	probe.Lease = l
	r, err := e.route(req, &probe)
	if err != nil {
		return nil, err
	}
	if c := e.pool.get(r.key, false); c != nil {
		l.began(c)
	}
	return l, nil
}

// Held reports whether the lease has a connection to go on with.
func (l *Lease) Held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.idle != nil || l.half != nil || l.h2
}

// Shared reports whether HTTP/2 is spoken on the connection.
func (l *Lease) Shared() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.h2
}

// began notes the connection that the lease goes on with.
func (l *Lease) began(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = true
	if l.h2 = c.h2 != nil; !l.h2 {
		l.idle = c
	}
}

// Release ends the lease, at once or when the response that is being read has
// ended. With a lane the connection is left for the next Lease of it; without
// one it is closed.
func (l *Lease) Release(lane string) {
	l.mu.Lock()
	l.over, l.keep, l.lane = true, lane != "", lane
	idle, half := l.idle, l.half
	l.idle, l.half = nil, nil
	l.mu.Unlock()
	if half != nil {
		half.bye()
	}
	if idle != nil {
		l.put(idle)
	}
}

// take returns the connection, or nil for the first request.
func (l *Lease) take(k key) (*conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.idle
	l.idle = nil
	switch {
	case l.h2:
		if c = l.engine.pool.get(k, false); c != nil {
			return c, nil
		}
		return nil, &Error{Receive, ErrLeaseLost}
	case c == nil && l.half == nil && l.begun:
		return nil, &Error{Receive, ErrLeaseLost}
	case c == nil:
		l.begun = true
		return nil, nil
	}
	k.lane = c.key.lane
	if c.key != k || !c.alive() {
		c.bye()
		return nil, &Error{Receive, ErrLeaseLost}
	}
	c.lease = l
	return c, nil
}

// takeHalf returns the connection to a proxy that refused the tunnel, or nil.
func (l *Lease) takeHalf() (*conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.half
	l.half = nil
	if c != nil && !c.alive() {
		c.bye()
		return nil, &Error{Receive, ErrLeaseLost}
	}
	return c, nil
}

// put takes the connection back after a request.
func (l *Lease) put(c *conn) {
	c.rest()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.over:
		l.idle = c
	case l.keep:
		c.lease, c.key.lane = nil, l.lane
		l.engine.pool.put(c)
	default:
		c.bye()
	}
}

// putHalf takes a connection back on which a tunnel was refused.
func (l *Lease) putHalf(c *conn) {
	c.rest()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		c.bye()
		return
	}
	l.half = c
}
