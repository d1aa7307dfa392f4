package h1

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/netip"
	"time"
)

// testOnlyResolver, when not nil, resolves names in place of the system's
// resolver.
var testOnlyResolver *net.Resolver

// testOnlyPeer, when not nil, changes what is taken for the address of a peer.
var testOnlyPeer func(netip.AddrPort) netip.AddrPort

// open makes a connection for the route, TLS upon it where it is wanted.
func (e *Engine) open(ctx context.Context, r *route) (*conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.dialTimeout, context.DeadlineExceeded)
	defer cancel()
	c := &conn{key: r.key}
	c.link.proxied = r.proxy != nil
	if err := e.openTo(ctx, c, r); err != nil {
		if c.sock != nil {
			_ = c.sock.Close() // of no use any more
		}
		return nil, err
	}
	return c, nil
}

func (e *Engine) openTo(ctx context.Context, c *conn, r *route) error {
	var server *identity
	if r.key.secure {
		server = e.identity(r.key.tls)
		server.roots.start() // beside the connecting
	}
	first := r.server
	if r.proxy != nil {
		first = r.proxy.Host
	}
	var nc net.Conn
	var err error
	if r.socks() {
		nc, err = e.dialSOCKS(ctx, &c.link, r)
	} else {
		nc, err = e.connect(ctx, &c.link, first, r.proxy != nil)
	}
	if err != nil {
		return err
	}
	c.sock = newSocket(nc, &e.active)
	c.nc = c.sock
	if r.proxy != nil && r.proxy.Scheme == "https" {
		proxy := e.identity(&e.config.ProxyTLS)
		if err := proxy.secure(ctx, c, hop{host: r.proxy.Hostname(), addr: first, proxy: true}); err != nil {
			return err
		}
	}
	if r.tunnel && !r.socks() {
		if err := connectMethod(ctx, c, r); err != nil {
			return err
		}
	}
	if server == nil {
		return nil
	}
	return server.secure(ctx, c, hop{host: r.host, addr: r.server, lane: r.key.lane != ""})
}

// connect opens a TCP connection and notes its ends and times in l.
//
// A name at or below localhost goes to the loopback addresses and is never
// resolved: a resolver that answers otherwise would send a secret meant for this
// machine across a network.
func (e *Engine) connect(ctx context.Context, l *link, addr string, proxy bool) (net.Conn, error) {
	d := &net.Dialer{Resolver: testOnlyResolver}
	network := e.config.Network
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
	if local && !l.peer.Addr().IsLoopback() {
		_ = nc.Close() // unused
		return nil, fault(Connect, "connecting to %s: %s is not a loopback address", addr, l.peer.Addr())
	}
	return nc, nil
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
	if errors.As(err, &dns) {
		host, _, _ := net.SplitHostPort(addr) // it was dialled, so it can be split
		return fmt.Errorf("resolving %s: %w", host, noName(dns))
	}
	return fmt.Errorf("connecting to %s: %w", addr, bare(err))
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
