package h1

import (
	"context"
	"sync"
)

// dialling are the connections that are being made and that others may share, once
// they stand: where HTTP/2 is offered, the first of several requests to a server
// opens one, and the rest wait to see whether the server speaks it.
type dialling struct {
	mu    sync.Mutex
	under map[key]chan struct{} // closed when the connection stands, or has failed
}

// mayBeShared reports whether a new connection for the route may serve many.
func (e *Engine) mayBeShared(r *route) bool {
	return e.config.Await && r.lease == nil && (r.prior || r.key.secure && r.key.tls.HTTP2)
}

// await returns a connection that somebody else has just made, or nil when it is
// for the caller to make one. done is to be called when that stands.
func (e *Engine) await(ctx context.Context, r *route) (c *conn, done func(), err error) {
	d := &e.dialling
	d.mu.Lock()
	first, waits := d.under[r.key]
	if !waits {
		first = make(chan struct{})
		if d.under == nil {
			d.under = map[key]chan struct{}{}
		}
		d.under[r.key] = first
		d.mu.Unlock()
		return nil, func() {
			d.mu.Lock()
			delete(d.under, r.key)
			d.mu.Unlock()
			close(first)
		}, nil
	}
	d.mu.Unlock()
	select {
	case <-first:
		return e.pool.get(r.key, r.harmless), func() {}, nil // nil: it cannot be shared
	case <-ctx.Done():
		return nil, nil, over(ctx)
	}
}
