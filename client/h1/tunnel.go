package h1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/proxy"
)

// connectMethod asks the proxy at the other end of c for a connection to the
// server (RFC 9110 section 9.3.6), and judges the answer.
func connectMethod(ctx context.Context, c *conn, r *route) error {
	c.watch(ctx)
	err := askConnect(c, r)
	if !c.unwatch() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil && ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		return fault(Timeout, "CONNECT to %s: %w", r.server, ctx.Err())
	}
	return err
}

func askConnect(c *conn, r *route) error {
	out := append(c.out[:0], "CONNECT "+r.server+" HTTP/1.1\r\nHost: "+r.server+"\r\n"...)
	for _, f := range []Field{{"Proxy-Authorization", r.key.auth}, {"User-Agent", r.agent}} {
		if f.Value == "" {
			continue
		}
		if !validField(f) {
			return fault(BadRequest, "field %s has a value that no field can have", f.Name)
		}
		out = append(out, f.Name+": "+f.Value+"\r\n"...)
	}
	if _, err := c.nc.Write(append(out, "\r\n"...)); err != nil {
		return fault(Send, "CONNECT to %s: %w", r.server, bare(err))
	}
	in := intake{conn: c}
	resp := &http.Response{}
	head, err := in.final()
	var f framing
	if err == nil {
		f, err = parseHead(head, http.MethodConnect, resp)
	}
	if err != nil {
		return fmt.Errorf("CONNECT to %s: %w", r.server, err)
	}
	if resp.StatusCode/100 == 2 {
		if c.buffered() > 0 {
			return fault(WeirdReply, "CONNECT to %s: the proxy sent more than its answer", r.server)
		}
		return nil
	}
	resp.Request = &http.Request{
		Method: http.MethodConnect, URL: &url.URL{Opaque: r.server}, Host: r.server, Header: http.Header{},
	}
	page := readPage(c, resp, f)
	resp.Body = io.NopCloser(bytes.NewReader(page))
	return &Error{Receive, &ConnectError{Response: resp, head: head, link: c.link}}
}

// readPage reads what a refusal says. A proxy that does not end its page must
// not hold up the question.
func readPage(c *conn, resp *http.Response, f framing) []byte {
	b := &body{c: c, resp: resp, framing: f, left: f.length}
	if f.kind == noBody {
		return nil
	}
	c.setReadDeadline(time.Now().Add(continueTimeout))
	page, _ := io.ReadAll(io.LimitReader(readerFunc(b.next), maxRefusal)) // as much as there is
	return page
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// dialSOCKS connects to the server through a SOCKS5 proxy (RFC 1928), which asks
// for no password. With socks5 the name is resolved here, with socks5h there.
func (e *Engine) dialSOCKS(ctx context.Context, l *link, r *route) (net.Conn, error) {
	addr := r.server
	if r.proxy.Scheme == "socks5" {
		ip, err := e.resolve(ctx, l, addr)
		if err != nil {
			return nil, err
		}
		addr = ip
	}
	forward := &toProxy{engine: e, link: l}
	d, err := proxy.SOCKS5("tcp", r.proxy.Host, nil, forward)
	if err != nil {
		return nil, &Error{SOCKS, err}
	}
	if _, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", addr); err != nil {
		var known *Error
		if errors.As(err, &known) {
			return nil, known
		}
		if forward.conn != nil {
			_ = forward.conn.Close() // of no use any more
		}
		return nil, fault(SOCKS, "SOCKS proxy: %w", err)
	}
	return forward.conn, nil
}

// toProxy connects to the proxy and keeps the bare connection, which the SOCKS
// dialler wraps.
type toProxy struct {
	engine *Engine
	link   *link
	conn   net.Conn
}

func (d *toProxy) Dial(network, addr string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, addr)
}

func (d *toProxy) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	var err error
	d.conn, err = d.engine.connect(ctx, d.link, addr, true)
	return d.conn, err
}

// resolve returns addr with an address in the place of its name.
func (e *Engine) resolve(ctx context.Context, l *link, addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", &Error{HostName, err}
	}
	if local, _ := loopbackName(addr); local {
		return net.JoinHostPort("127.0.0.1", port), nil
	}
	r := testOnlyResolver
	if r == nil {
		r = net.DefaultResolver
	}
	ips, err := r.LookupHost(ctx, host)
	if err != nil {
		return "", &Error{dialKind(err, false), connectError(err, addr)}
	}
	l.resolved = time.Now()
	return net.JoinHostPort(ips[0], port), nil
}
