package h1

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Engine is an http.RoundTripper. It may be used by many goroutines at once.
type Engine struct {
	config      Config
	dialTimeout time.Duration
	pool        pool
	dialling    dialling
	watches     watches
	heads       sync.Pool    // of *[]byte, for requests
	active      atomic.Int32 // requests and responses under way on connections

	mu         sync.Mutex
	identities map[*TLS]*identity
}

// New returns an Engine. It opens and reads nothing yet.
func New(c Config) *Engine {
	e := &Engine{config: c, dialTimeout: c.ConnectTimeout, identities: map[*TLS]*identity{}}
	if e.dialTimeout <= 0 {
		e.dialTimeout = connectTimeout
	}
	e.heads.New = func() any { return new([]byte) }
	return e
}

// RoundTrip sends one request and reads the head of its response, on the
// caller's goroutine. Errors are *Error with a Kind, or the context's; every
// response but a proxy's to CONNECT is none (see ConnectError). The context
// covers the body of the response too.
//
// The request's body is closed, though perhaps after RoundTrip has returned: an
// answer may come before all of it was sent. It is read again, through GetBody,
// only when a connection kept from before turns out to be dead.
//
// A body of the response that implements io.WriterTo is quickest by that: see
// SpliceTarget.
func (e *Engine) RoundTrip(req *http.Request) (*http.Response, error) {
	w := WireOf(req.Context())
	if w == nil {
		w = &Wire{}
	}
	return e.Send(req, w)
}

// Send is RoundTrip with a Wire that the context need not carry. It is the
// request's alone until Send has returned.
func (e *Engine) Send(req *http.Request, w *Wire) (*http.Response, error) {
	x := &exchange{engine: e, req: req, ctx: req.Context(), wire: w}
	x.wire.Start = time.Now()
	x.payload = newPayload(req, x.wire)
	defer x.payload.close()
	if err := over(x.ctx); err != nil {
		return nil, err
	}
	var err error
	if x.route, err = e.route(req, x.wire); err != nil {
		return nil, err
	}
	x.route.harmless = x.payload.body == nil && Idempotent(req.Method)
	if x.route.old && x.payload.body != nil && x.payload.length < 0 {
		return nil, fault(Upload, "HTTP/1.0 has no way to send a body of unknown length")
	}
	scratch := e.heads.Get().(*[]byte)
	defer e.heads.Put(scratch)
	if x.head, err = appendHead((*scratch)[:0], req, x.wire, &x.route, &x.payload); err != nil {
		return nil, err
	}
	if cap(x.head) <= maxScratch {
		*scratch = x.head[:0]
	}
	return x.run()
}

// maxScratch is the largest buffer that is kept for the next request, in
// octets: a head with a short body.
const maxScratch = 2 * inlineBody

// connection returns an idle connection for the route, or a new one, before which
// it calls meanwhile.
func (e *Engine) connection(ctx context.Context, r *route, fresh bool, meanwhile func()) (*conn, error) {
	if r.lease != nil {
		if c, err := r.lease.take(r.key); c != nil || err != nil {
			return c, err
		}
	} else if !fresh {
		if c := e.pool.get(r.key, r.harmless); c != nil {
			return c, nil
		}
	}
	meanwhile()
	if !fresh && e.mayBeShared(r) {
		c, done, err := e.await(ctx, r)
		if c != nil || err != nil {
			return c, err
		}
		defer done()
	}
	c, err := e.openAs(ctx, r)
	if errors.Is(err, errOnlyH2) {
		c, err = e.open(ctx, r)
	}
	if err != nil {
		if end, ok := ctx.Deadline(); ok && isTimeout(err) && !time.Now().Before(end) {
			<-ctx.Done() // the same moment has only reached the socket first
		}
		if cause := over(ctx); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	if r.lease != nil && !r.lease.through {
		c.lease = r.lease
		return c, nil
	}
	if r.prior || c.link.tls != nil && c.link.tls.NegotiatedProtocol == "h2" {
		if err := e.speakH2(ctx, c, r); err != nil {
			_ = c.sock.Close() // of no use any more
			return nil, err
		}
		if r.lease != nil {
			r.lease.began(c)
		}
		return c, nil
	}
	c.lease = r.lease
	return c, nil
}

// openAs opens a connection with the client's certificates, for the proxy and the
// server, where there are any.
func (e *Engine) openAs(ctx context.Context, r *route) (*conn, error) {
	var err error
	if own := e.config.ProxyTLS.Certificate; own != nil && r.proxy != nil && r.proxy.Scheme == "https" {
		if r.proxyCert, err = own(ctx); err != nil {
			return nil, &Error{ClientCert, err}
		}
	}
	if own := r.key.tls.Certificate; r.key.secure && own != nil {
		if r.cert, err = own(ctx); err != nil {
			return nil, &Error{ClientCert, err}
		}
	}
	return e.open(ctx, r)
}

// continueTime is how long a body waits for "100 Continue".
func (e *Engine) continueTime() time.Duration {
	if t := e.config.ContinueTimeout; t > 0 {
		return t
	}
	return continueTimeout
}

// CloseIdleConnections closes what is kept for later requests.
func (e *Engine) CloseIdleConnections() {
	e.pool.close(func(key) bool { return true })
	e.watches.rest()
}
