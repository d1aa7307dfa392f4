package h1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// HTTP2 is the kind of what goes wrong on a connection of HTTP/2 (RFC 9113).
const HTTP2 Kind = 16

// speakH2 hands a connection to net/http's HTTP/2, and lets other requests of
// its key use it.
func (e *Engine) speakH2(ctx context.Context, c *conn, r *route) error {
	t := &http.Transport{
		DialTLSContext:         func(context.Context, string, string) (net.Conn, error) { return c.nc, nil },
		Protocols:              new(http.Protocols),
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHead,
		ExpectContinueTimeout:  e.continueTime(),
		IdleConnTimeout:        idleTimeout,
	}
	scheme := "https"
	if r.prior {
		scheme, t.DialContext = "http", t.DialTLSContext
	}
	t.Protocols.SetHTTP2(!r.prior)
	t.Protocols.SetUnencryptedHTTP2(r.prior)
	cc, err := t.NewClientConn(ctx, scheme, r.server)
	if err != nil {
		return fault(HTTP2, "HTTP/2 with %s: %w", r.host, err)
	}
	c.h2 = cc
	e.pool.share(c)
	return nil
}

// overH2 sends the request over HTTP/2.
func (x *exchange) overH2(c *conn) (*http.Response, error) {
	x.wire.link(&c.link, c.used.Swap(true))
	out := x.req.WithContext(x.ctx)
	out.Header = x.headerMap()
	if x.wire.Target != "" {
		u := *x.req.URL
		u.Opaque = x.wire.Target
		out.URL = &u
	}
	out.Body, out.ContentLength, out.GetBody = nil, 0, nil
	if p := &x.payload; p.body != nil {
		out.Body, out.ContentLength = p.body, p.length
		p.begun, p.handed = true, true
	}
	x.wrote = true
	x.tapRequest(out, c)
	resp, err := c.h2.RoundTrip(out)
	if err != nil {
		if cause := over(x.ctx); cause != nil {
			return nil, cause
		}
		x.engine.pool.forget(c)
		return nil, fault(HTTP2, "HTTP/2 with %s: %w", x.route.host, err)
	}
	x.wire.FirstByte = time.Now()
	x.wire.Head = headText(resp)
	resp.Request, resp.TLS = x.req, c.link.tls
	resp.Body = &h2Body{resp.Body, x.ctx}
	if t := x.wire.Tap; t != nil {
		t.Received(Head, []byte(x.wire.Head))
		resp.Body = tappedResponse{&tappedBody{resp.Body, t.Received, sync.OnceFunc(func() { t.Told(Event{Kind: Ended}) })}}
	}
	return resp, nil
}

// tapRequest tells of a request of HTTP/2, its head in the form of HTTP/1.
func (x *exchange) tapRequest(out *http.Request, c *conn) {
	t := x.wire.Tap
	if t == nil {
		return
	}
	if x.wire.Reused {
		t.Told(c.link.event(Reused))
	}
	t.Sent(Head, bytes.Replace(x.head, []byte(" HTTP/1.1\r\n"), []byte(" HTTP/2\r\n"), 1))
	if out.Body != nil {
		passed := int64(0)
		out.Body = &tappedBody{
			out.Body,
			func(p Piece, b []byte) { passed += int64(len(b)); t.Sent(p, b) },
			func() { t.Told(Event{Kind: Uploaded, Octets: passed}) },
		}
	}
}

// headerMap returns the request's fields as net/http wants them.
func (x *exchange) headerMap() http.Header {
	h := http.Header{}
	if x.wire.Fields == nil {
		h = x.req.Header.Clone()
	}
	if h == nil {
		h = http.Header{}
	}
	for _, f := range x.wire.Fields {
		if !engineOwn(f.Name) {
			h.Add(f.Name, f.Value)
		}
	}
	if x.route.tunnel {
		h.Del("Proxy-Authorization") // for the proxy alone
	}
	if _, has := h["User-Agent"]; !has {
		h["User-Agent"] = nil // or net/http would put its own
	}
	return h
}

// headText writes the head in the form of HTTP/1, the fields sorted: their
// order is not known.
func headText(resp *http.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/2 %d \r\n", resp.StatusCode) // RFC 9112 section 4: the reason may be empty, its space not
	names := make([]string, 0, len(resp.Header))
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range resp.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", strings.ToLower(name), v)
		}
	}
	b.WriteString("\r\n")
	return b.String()
}

// h2Body gives the errors of a body their kind.
type h2Body struct {
	io.ReadCloser
	ctx context.Context
}

// Read implements io.Reader.
func (b *h2Body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	if cause := over(b.ctx); cause != nil {
		return n, cause
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return n, &Error{Partial, err}
	}
	return n, fault(HTTP2, "HTTP/2: %w", err)
}
