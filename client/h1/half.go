package h1

import (
	"errors"
	"time"
)

// A proxy that answers CONNECT with 407 and keeps the connection is asked again
// on the same one: it costs no new handshake, and schemes that authenticate a
// connection know no other way.

// halfKey is the key under which such connections wait: whoever they are asked
// for, they lead to the proxy and nowhere yet.
func (r *route) halfKey() key { return key{proxy: r.key.proxy, half: true} }

// halfOpen returns a connection to the proxy on which a tunnel was refused, nil
// when there is none.
func (e *Engine) halfOpen(r *route) (c *conn, err error) {
	if !r.tunnel {
		return nil, nil
	}
	if r.lease != nil {
		c, err = r.lease.takeHalf()
	} else {
		c = e.pool.get(r.halfKey(), false)
	}
	if c != nil {
		c.key, c.half = r.key, false
		c.link.resolved, c.link.connected = time.Time{}, time.Time{} // in another request
	}
	return c, err
}

// parkHalf keeps a connection on which a tunnel was refused.
func (e *Engine) parkHalf(c *conn, r *route) {
	c.key = r.halfKey()
	if r.lease != nil {
		r.lease.putHalf(c)
		return
	}
	c.rest()
	e.pool.put(c)
}

// diedIdle tells the failure of a connection that the proxy has closed while it
// was idle.
func diedIdle(err error) bool {
	var refused *ConnectError
	k := Classify(err)
	return (k == EmptyReply || k == Receive || k == Send) && !errors.As(err, &refused)
}
