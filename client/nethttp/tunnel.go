package nethttp

import (
	"bufio"
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

// maxRefusal bounds the body of a refused CONNECT, in octets: a page for
// people, read whole before the connection is given up.
const maxRefusal = 64 << 10

// connectRefused carries a proxy's 407 out of the Transport.
type connectRefused struct {
	resp *http.Response
	link link
}

func (e *connectRefused) Error() string { return "CONNECT: the proxy answered " + e.resp.Status }

// openTunnel asks the proxy of r for a connection to addr, RFC 9110 section
// 9.3.6.
func (s *Sender) openTunnel(ctx context.Context, l *link, r route, addr string) (net.Conn, error) {
	if r.proxy.Scheme == "socks5" || r.proxy.Scheme == "socks5h" {
		return s.dialSOCKS(ctx, l, r.proxy, addr)
	}
	nc, err := s.connect(ctx, l, r.proxy.Host, true)
	if err == nil && r.proxy.Scheme == "https" {
		nc, err = s.secure(ctx, l, nc, r.proxy.Host, true)
	}
	if err != nil {
		return nil, err
	}
	stop := closeOnDone(ctx, nc)
	err = connectMethod(nc, l, r, addr)
	if !stop() && err == nil {
		err = &Error{Timeout, fmt.Errorf("CONNECT to %s: %w", addr, context.Cause(ctx))}
	}
	if err != nil {
		_ = nc.Close() // of no use any more
		return nil, err
	}
	return nc, nil
}

// connectMethod sends CONNECT and judges the answer.
func connectMethod(nc net.Conn, l *link, r route, addr string) error {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	req.Header["User-Agent"] = nil
	if r.agent != "" {
		req.Header.Set("User-Agent", r.agent)
	}
	if r.auth != "" {
		req.Header.Set("Proxy-Authorization", r.auth)
	}
	if err := req.Write(nc); err != nil {
		return &Error{Send, fmt.Errorf("CONNECT to %s: %w", addr, err)}
	}
	// What follows a 2xx is the server's and must not be read here: so the head
	// is read octet by octet, once a connection.
	br := bufio.NewReaderSize(io.LimitReader(octets{nc}, maxHead), 16)
	resp, err := http.ReadResponse(br, req)
	if err != nil {
		return &Error{Receive, fmt.Errorf("CONNECT to %s: %w", addr, err)}
	}
	if resp.StatusCode/100 == 2 {
		return nil
	}
	if resp.StatusCode != http.StatusProxyAuthRequired {
		return &Error{Receive, fmt.Errorf("CONNECT to %s: the proxy answered %s", addr, resp.Status)}
	}
	// A proxy that does not end its page must not hold up the question.
	_ = nc.SetReadDeadline(time.Now().Add(continueTimeout))
	page, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body = io.NopCloser(bytes.NewReader(page))
	return &connectRefused{resp, *l}
}

// octets reads one octet at a time.
type octets struct{ r io.Reader }

func (o octets) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

// closeOnDone closes nc when ctx ends. The function that it returns ends this,
// and reports whether nc is still open.
func closeOnDone(ctx context.Context, nc net.Conn) func() bool {
	return context.AfterFunc(ctx, func() { _ = nc.Close() })
}

// dialSOCKS connects to addr through a SOCKS5 proxy (RFC 1928), which asks for
// no password. With socks5 the name is resolved here, with socks5h there.
func (s *Sender) dialSOCKS(ctx context.Context, l *link, p *url.URL, addr string) (net.Conn, error) {
	if p.Scheme == "socks5" {
		ip, err := s.resolve(ctx, l, addr)
		if err != nil {
			return nil, err
		}
		addr = ip
	}
	forward := &toProxy{sender: s, link: l}
	d, err := proxy.SOCKS5("tcp", p.Host, nil, forward)
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
		return nil, &Error{SOCKS, fmt.Errorf("SOCKS proxy: %w", err)}
	}
	return forward.conn, nil
}

// toProxy connects to the proxy and keeps the bare connection, which the SOCKS
// dialler wraps.
type toProxy struct {
	sender *Sender
	link   *link
	conn   net.Conn
}

func (d *toProxy) Dial(network, addr string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, addr)
}

func (d *toProxy) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	var err error
	d.conn, err = d.sender.connect(ctx, d.link, addr, true)
	return d.conn, err
}

// resolve returns addr with an address in the place of its name.
func (s *Sender) resolve(ctx context.Context, l *link, addr string) (string, error) {
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
