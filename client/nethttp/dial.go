package nethttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"getin/client/auth"
)

// testOnlyResolver, when not nil, resolves names in place of the system's
// resolver.
var testOnlyResolver *net.Resolver

// testOnlyPeer, when not nil, changes what is taken for the address of a peer.
var testOnlyPeer func(netip.AddrPort) netip.AddrPort

// dialClear is the Transport's dialler where it does not want TLS: to a server,
// or to a proxy that takes absolute URLs.
func (s *Sender) dialClear(ctx context.Context, _, addr string) (net.Conn, error) {
	ctx, cancel := s.limit(ctx)
	defer cancel()
	c := &conn{}
	r := routeOf(ctx)
	c.link.proxied = r.proxy != nil
	var err error
	if r.tunnel {
		c.Conn, err = s.dialSOCKS(ctx, &c.link, r.proxy, addr)
	} else {
		c.Conn, err = s.connect(ctx, &c.link, addr, r.proxy != nil)
	}
	if err != nil {
		return nil, err
	}
	c.raw = rawOf(c.Conn)
	return c, nil
}

func rawOf(nc net.Conn) syscall.RawConn {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil // neither spliced nor marked, then
	}
	return raw
}

func (s *Sender) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.dialTimeout, context.DeadlineExceeded)
}

// connect opens a TCP connection and notes its ends and times in l.
//
// A name at or below localhost (RFC 6761 section 6.3) goes to the loopback
// addresses and is never resolved: a resolver that answers otherwise would send
// a secret meant for this machine across a network (RULES R6).
func (s *Sender) connect(ctx context.Context, l *link, addr string, proxy bool) (net.Conn, error) {
	d := &net.Dialer{Resolver: testOnlyResolver}
	network := s.config.Network
	if network == "" {
		network = "tcp"
	}
	local, port := loopbackName(addr)
	var nc net.Conn
	var err error
	if local {
		nc, err = dialLoopback(ctx, d, network, port)
	} else {
		// Called before any address is dialled, in this goroutine.
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			DNSDone: func(httptrace.DNSDoneInfo) { l.resolved = time.Now() },
		})
		nc, err = d.DialContext(ctx, network, addr)
	}
	if err != nil {
		return nil, &Error{dialKind(err, proxy), connectError(err, addr)}
	}
	l.connected = time.Now()
	l.local, l.peer = addrPort(nc.LocalAddr()), addrPort(nc.RemoteAddr())
	if testOnlyPeer != nil {
		l.peer = testOnlyPeer(l.peer)
	}
	if local && !l.peer.Addr().Unmap().IsLoopback() {
		_ = nc.Close() // unused
		return nil, &Error{Connect, fmt.Errorf("connecting to %s: %s is not a loopback address", addr, l.peer.Addr())}
	}
	return nc, nil
}

// loopbackName reports whether the host of addr is a name (no address) of the
// loopback.
func loopbackName(addr string) (bool, string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false, ""
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return false, ""
	}
	o, err := auth.OriginOf(&url.URL{Scheme: "http", Host: addr})
	return err == nil && o.LoopbackName(), port
}

// dialLoopback tries ::1, then 127.0.0.1, as curl does.
func dialLoopback(ctx context.Context, d *net.Dialer, network, port string) (net.Conn, error) {
	var first error
	for _, ip := range []string{"::1", "127.0.0.1"} {
		if network == "tcp4" && ip == "::1" || network == "tcp6" && ip != "::1" {
			continue
		}
		nc, err := d.DialContext(ctx, network, net.JoinHostPort(ip, port))
		if err == nil {
			return nc, nil
		}
		if first == nil || ctx.Err() == nil {
			first = err
		}
	}
	return nil, first
}

// connectError says what could not be connected to, without net's repetition
// of it.
func connectError(err error, addr string) error {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return fmt.Errorf("resolving %s: %w", hostOf(addr), noName(dns))
	case errors.As(err, &op):
		return fmt.Errorf("connecting to %s: %w", addr, op.Err)
	default:
		return fmt.Errorf("connecting to %s: %w", addr, err)
	}
}

// noName shortens "lookup HOST on SERVER: no such host".
func noName(dns *net.DNSError) error {
	if dns.IsNotFound {
		return errNoHost{dns}
	}
	return dns
}

type errNoHost struct{ *net.DNSError }

func (errNoHost) Error() string   { return "no such host" }
func (e errNoHost) Unwrap() error { return e.DNSError }

func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
