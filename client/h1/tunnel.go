package h1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// connectMethod asks the proxy at the other end of c for a connection to the
// server (RFC 9110 section 9.3.6), and judges the answer.
func connectMethod(ctx context.Context, c *conn, r *route) error {
	c.watch(ctx)
	err := askConnect(c, r, tapOf(ctx))
	if !c.unwatch() {
		c.half = false
		if err == nil {
			err = context.Cause(ctx)
		}
	}
	if err != nil && ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		return fault(Timeout, "CONNECT to %s: %w", r.target, ctx.Err())
	}
	return err
}

func askConnect(c *conn, r *route, tap Tap) error {
	version := "HTTP/1.1"
	if r.connect10 {
		version = "HTTP/1.0"
	}
	out := append(c.out[:0], "CONNECT "+r.target+" "+version+"\r\nHost: "+r.target+"\r\n"...)
	for _, f := range r.connectFields() {
		if !validField(f) {
			return fault(BadRequest, "field %s has a value that no field can have", f.Name)
		}
		out = append(out, f.Name+": "+f.Value+"\r\n"...)
	}
	out = append(out, "\r\n"...)
	if tap != nil {
		tap.Sent(Head, out)
	}
	if _, err := c.nc.Write(out); err != nil {
		return fault(Send, "CONNECT to %s: %w", r.target, bare(err))
	}
	in := intake{conn: c, tap: tap}
	resp := &http.Response{}
	head, err := in.final()
	var f framing
	if err == nil {
		f, err = parseHead(head, http.MethodConnect, resp)
	}
	if err != nil {
		return fmt.Errorf("CONNECT to %s: %w", r.target, err)
	}
	if resp.StatusCode/100 == 2 {
		if c.buffered() > 0 {
			return fault(WeirdReply, "CONNECT to %s: the proxy sent more than its answer", r.target)
		}
		c.link.opened = &Opening{resp.StatusCode, head, resp.Header}
		return nil
	}
	resp.Request = &http.Request{
		Method: http.MethodConnect, URL: &url.URL{Opaque: r.target}, Host: r.target, Header: http.Header{},
	}
	page, whole := readPage(c, resp, f)
	c.half = whole && f.keep && resp.StatusCode == http.StatusProxyAuthRequired && c.buffered() == 0
	resp.Body = io.NopCloser(bytes.NewReader(page))
	return &Error{Receive, &ConnectError{Response: resp, head: head, link: c.link}}
}

// connectFields are the fields of CONNECT: ours, less those that the caller has
// for proxies, and these.
func (r *route) connectFields() []Field {
	var list []Field
	for _, f := range []Field{{"Proxy-Authorization", r.answer}, {"User-Agent", r.agent}} {
		own := func(o Field) bool { return strings.EqualFold(o.Name, f.Name) }
		if f.Value != "" && !slices.ContainsFunc(r.proxyFields, own) {
			list = append(list, f)
		}
	}
	return append(list, r.proxyFields...)
}

// readPage reads what a refusal says, and reports whether that is all. A proxy
// that does not end its page must not hold up the question.
func readPage(c *conn, resp *http.Response, f framing) (page []byte, whole bool) {
	b := &body{c: c, resp: resp, framing: f, left: f.length}
	if f.kind == noBody {
		return nil, true
	}
	c.setReadDeadline(time.Now().Add(continueTimeout))
	limited := &io.LimitedReader{R: readerFunc(b.next), N: maxRefusal}
	page, err := io.ReadAll(limited)
	c.setReadDeadline(time.Time{})
	return page, err == nil && limited.N > 0
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
