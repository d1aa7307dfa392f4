package h1

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// exchange is one request on its way, and its response.
type exchange struct {
	engine  *Engine
	req     *http.Request
	ctx     context.Context
	wire    *Wire
	route   route
	head    []byte // of the request
	payload payload
	in      intake
	wrote   bool  // an octet of the request, at least
	failed  error // why the request could not be written; the answer may have come all the same

	resp http.Response
	body body
}

// run sends the request, once more if the connection turns out to be dead, and
// reads the head of the response.
func (x *exchange) run() (*http.Response, error) {
	c, err := x.connection(false)
	if err != nil {
		return nil, err
	}
	resp, err := x.over(c)
	if err == nil || !x.mayRepeat(err) {
		return resp, err
	}
	if err := x.payload.rewind(); err != nil {
		return nil, err
	}
	if c, err = x.connection(true); err != nil {
		return nil, err
	}
	return x.over(c)
}

func (x *exchange) over(c *conn) (*http.Response, error) {
	if c.h2 != nil {
		return x.overH2(c)
	}
	if err := x.once(c); err != nil {
		return nil, err
	}
	return &x.resp, nil
}

func (x *exchange) connection(fresh bool) (*conn, error) {
	ctx := x.ctx
	if x.wire.Tap != nil {
		ctx = WithWire(ctx, x.wire) // for whoever connects
	}
	c, err := x.engine.connection(ctx, &x.route, fresh, x.meanwhile)
	var refused *ConnectError
	if errors.As(err, &refused) {
		x.wire.link(&refused.link, false)
		x.wire.Head = refused.head
	}
	return c, err
}

// Idempotent reports whether a request with the method may be sent again when
// nobody knows what became of it (RFC 9110 section 9.2.2).
func Idempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// mayRepeat tells whether the request may be sent again on a new connection: the
// old one was kept from before and has died without a word (RFC 9112 section
// 9.3.1), and the request does no harm twice, or has not gone out.
func (x *exchange) mayRepeat(err error) bool {
	if !x.wire.Reused || x.in.began || x.wire.Lease != nil || x.ctx.Err() != nil || !x.payload.repeatable() {
		return false
	}
	if k := Classify(err); k != EmptyReply && k != Receive && k != Send && k != HTTP2 {
		return false
	}
	return !x.wrote || Idempotent(x.req.Method)
}

// once sends the request on c and reads the head of the response. An error ends
// the connection.
func (x *exchange) once(c *conn) error {
	x.wire.link(&c.link, c.used.Load())
	x.in = intake{conn: c, tap: x.wire.Tap}
	if x.wire.Reused {
		tell(x.wire.Tap, c.link.event(Reused))
	}
	x.wrote, x.failed = false, nil
	c.watch(x.ctx)
	err := x.talk(c)
	x.wire.Interim, x.wire.FirstByte = x.in.interim, x.in.first
	if err == nil {
		return nil
	}
	c.drop()
	if s := x.payload.sender; s != nil && x.payload.again != nil && x.ctx.Err() == nil {
		<-s.done // it reads what may be read again
	}
	return x.reason(err)
}

// reason picks, of all that went wrong, what went wrong first.
func (x *exchange) reason(err error) error {
	var known *Error
	sent := x.payload.sender.failed()
	switch {
	case errors.As(sent, &known) && known.Kind == ReadBody:
		return sent
	case x.ctx.Err() != nil:
		return over(x.ctx)
	case x.in.began:
		return err
	case x.failed != nil:
		return x.failed
	case sent != nil:
		return sent
	}
	return err
}

func (x *exchange) talk(c *conn) error {
	if err := x.send(c); err != nil {
		return err
	}
	x.meanwhile()
	head, err := x.receive(c)
	if err != nil {
		return err
	}
	f, err := parseHead(head, x.req.Method, &x.resp)
	if err != nil {
		return err
	}
	x.wire.Head = head
	x.resp.Request, x.resp.TLS = x.req, c.link.tls
	f.keep = f.keep && !x.route.old
	x.settleSending(c, &f)
	c.used.Store(true)
	x.attach(c, f)
	return nil
}

// meanwhile gives the caller the time that is now to be waited.
func (x *exchange) meanwhile() {
	if x.wire.Meanwhile != nil && x.payload.body == nil {
		x.wire.Meanwhile()
	}
}

// send writes the head, and with it a short body, or begins with a long one.
func (x *exchange) send(c *conn) error {
	p := &x.payload
	x.wire.SentHead = len(x.head)
	if p.body == nil || p.expects || !p.short() {
		x.sent(Head, x.head)
		x.write(c, x.head)
		if p.body != nil {
			x.wire.Sent = time.Time{} // not yet
		}
		if p.body != nil && !p.expects && x.failed == nil {
			p.start(c)
		}
		return nil
	}
	all, err := p.read()
	if err != nil {
		return err
	}
	x.sent(Head, x.head)
	x.sent(Content, all)
	x.write(c, append(x.head, all...))
	return nil
}

// write writes on the caller's goroutine. A failure is kept: a server that has
// closed may have said why before.
func (x *exchange) write(c *conn, b []byte) {
	n, err := c.nc.Write(b)
	x.wrote = x.wrote || n > 0
	if err != nil {
		x.failed = fault(Send, "sending: %w", bare(err))
		return
	}
	x.wire.Sent = time.Now()
}

// receive reads up to the final head. With Expect (RFC 9110 section 10.1.1) it
// sends the body when the server wants it, or says nothing for too long.
func (x *exchange) receive(c *conn) (string, error) {
	p := &x.payload
	if !p.expects {
		return x.in.final()
	}
	for {
		if !p.begun {
			came, err := x.in.wait(x.engine.continueTime())
			if err == nil && !came {
				err = x.sendOffered(c)
			}
			if err != nil {
				return "", err
			}
		}
		head, status, err := x.in.next()
		if err != nil || !interim(status) {
			return head, err
		}
		if status == "100" && !p.begun {
			if err := x.sendOffered(c); err != nil {
				return "", err
			}
		}
	}
}

func (x *exchange) sendOffered(c *conn) error {
	p := &x.payload
	if !p.short() {
		p.start(c)
		return nil
	}
	all, err := p.read()
	if err != nil {
		return err
	}
	x.sent(Content, all)
	x.write(c, all)
	return nil
}

// settleSending decides what becomes of a body that is still being sent, or was
// never asked for, when the answer is here (RFC 9112 section 9.5).
func (x *exchange) settleSending(c *conn, f *framing) {
	p := &x.payload
	if p.body != nil && !p.begun || x.failed != nil {
		f.keep = false // the server may wait for a body yet
		return
	}
	s := p.sender
	if s == nil {
		return
	}
	select {
	case <-s.done:
		x.wire.Sent = s.at
		f.keep = f.keep && s.err == nil
	default:
		if x.resp.StatusCode >= 300 {
			s.stop(c, p.again != nil)
			f.keep = false
		}
	}
}

// attach gives the response its body, and the connection back when there is
// none.
func (x *exchange) attach(c *conn, f framing) {
	b := &x.body
	b.framing, b.c, b.ctx, b.pool, b.sender, b.resp = f, c, x.ctx, &x.engine.pool, x.payload.sender, &x.resp
	b.left, b.tap = f.length, x.wire.Tap
	if x.wire.Raw {
		b.raw = &rawLines{}
	}
	switch {
	case f.kind == noBody:
		b.end = b.finish(io.EOF)
		x.resp.Body = http.NoBody
	case f.kind == lengthBody && f.length >= bulkMin && b.tap == nil:
		x.resp.Body = bulk{b}
	default:
		x.resp.Body = b
	}
}
