package h1

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"time"
)

// testOnlyResolver, when not nil, resolves names in place of the system's
// resolver.
var testOnlyResolver *net.Resolver

// testOnlyPeer, when not nil, changes what is taken for the address of a peer.
var testOnlyPeer func(netip.AddrPort) netip.AddrPort

// open makes a connection for the route, TLS upon it where it is wanted. It is of
// no use when there is an error.
func (e *Engine) open(ctx context.Context, r *route) (*conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.dialTimeout, context.DeadlineExceeded)
	defer cancel()
	c, err := e.halfOpen(r)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if err = e.finishOpening(ctx, c, r); err == nil || r.lease != nil || !diedIdle(err) {
			return c, err
		}
	}
	c = &conn{key: r.key, watches: &e.watches}
	c.link.proxied = r.proxy != nil || r.socks != nil
	return c, e.finishOpening(ctx, c, r)
}

// finishOpening opens what is still closed. A failure closes the connection,
// unless it may lead on yet.
func (e *Engine) finishOpening(ctx context.Context, c *conn, r *route) error {
	err := e.openTo(ctx, c, r)
	switch {
	case err == nil || c.sock == nil:
	case c.half:
		e.parkHalf(c, r)
	default:
		_ = c.sock.Close() // of no use any more
	}
	return err
}

func (e *Engine) openTo(ctx context.Context, c *conn, r *route) error {
	var server *identity
	if r.key.secure {
		server = e.identity(r.key.tls)
		server.roots.start() // beside the connecting
	}
	if c.sock == nil {
		if err := e.openFirst(ctx, c, r); err != nil {
			return err
		}
	}
	if r.tunnel {
		if err := connectMethod(ctx, c, r); err != nil {
			return err
		}
	}
	if server == nil {
		return nil
	}
	return server.secure(ctx, c, hop{host: r.host, addr: r.server, cert: r.cert, lane: r.lease != nil && !r.lease.through})
}

// openFirst connects to the proxy, or to the server.
func (e *Engine) openFirst(ctx context.Context, c *conn, r *route) error {
	nc, err := e.firstHop(ctx, &c.link, r)
	if err != nil {
		return err
	}
	c.sock = newSocket(nc, &e.active)
	c.nc = c.sock
	if r.proxy == nil || r.proxy.Scheme != "https" {
		return nil
	}
	proxy := e.identity(&e.config.ProxyTLS)
	return proxy.secure(ctx, c, hop{host: r.proxy.Hostname(), addr: r.proxy.Host, cert: r.proxyCert, proxy: true})
}

// firstHop connects to the proxy, or the server: the bottom of a connection.
func (e *Engine) firstHop(ctx context.Context, l *link, r *route) (net.Conn, error) {
	to := r.target
	if r.proxy != nil {
		to = r.proxy.Host
	}
	switch {
	case e.config.Dial.Unix != "":
		return e.connectUnix(ctx, l)
	case r.socks != nil:
		return e.dialSOCKS(ctx, l, r.socks, to)
	default:
		return e.connect(ctx, l, to, r.proxy != nil)
	}
}

// connect opens a TCP connection and notes its ends and times in l.
//
// A name at or below localhost goes to the loopback addresses and is never
// resolved: a resolver that answers otherwise would send a secret meant for this
// machine across a network. Only the user's own word goes before that
// (Dial.Hosts).
func (e *Engine) connect(ctx context.Context, l *link, addr string, proxy bool) (net.Conn, error) {
	local, _ := loopbackName(addr)
	fixed, isFixed := e.config.Dial.addresses(addr)
	tap := tapOf(ctx)
	if tap != nil {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			ConnectStart: func(_, addr string) { tap.Told(Event{Kind: Dialing, Addr: addr, Proxy: proxy}) },
		})
	}
	var nc net.Conn
	var err error
	switch {
	case isFixed:
		nc, err = e.dialEach(ctx, addr, fixed)
	case local:
		nc, err = e.dialEach(ctx, addr, loopbacks())
	default:
		// Called before any address is dialled, in this goroutine.
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			DNSDone: func(httptrace.DNSDoneInfo) { l.resolved = time.Now() },
		})
		nc, err = e.dialFrom(ctx, e.network(), addr)
	}
	if err != nil {
		return nil, &Error{dialKind(err, proxy), connectError(err, addr)}
	}
	l.connected = time.Now()
	l.local, l.peer = addrPort(nc.LocalAddr()), addrPort(nc.RemoteAddr())
	if testOnlyPeer != nil {
		l.peer = testOnlyPeer(l.peer)
	}
	if local && !isFixed && !l.peer.Addr().IsLoopback() {
		_ = nc.Close() // unused
		return nil, fault(Connect, "connecting to %s: %s is not a loopback address", addr, l.peer.Addr())
	}
	tell(tap, Event{Kind: Connected, Addr: addr, Proxy: proxy, Local: l.local, Peer: l.peer})
	return nc, nil
}

// connectUnix opens a connection to the unix socket.
func (e *Engine) connectUnix(ctx context.Context, l *link) (net.Conn, error) {
	path := e.config.Dial.Unix
	tell(tapOf(ctx), Event{Kind: Dialing, Addr: path})
	nc, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, &Error{dialKind(err, false), connectError(err, path)}
	}
	l.connected, l.unix = time.Now(), true
	tell(tapOf(ctx), Event{Kind: Connected, Addr: path})
	return nc, nil
}

// network is "tcp", "tcp4" or "tcp6".
func (e *Engine) network() string {
	if e.config.Network == "" {
		return "tcp"
	}
	return e.config.Network
}

// loopbacks returns the addresses of this machine in curl's order.
func loopbacks() []netip.Addr {
	return []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}
}

// resolve returns an address of the host of addr.
func (e *Engine) resolve(ctx context.Context, l *link, addr string, only4 bool) (netip.Addr, error) {
	host, _ := splitHostPort(addr)
	list, fixed := e.config.Dial.addresses(addr)
	if local, _ := loopbackName(addr); local && !fixed {
		list, fixed = loopbacks(), true
		slices.Reverse(list) // many proxies know IPv4 alone
	}
	if !fixed {
		r := testOnlyResolver
		if r == nil {
			r = net.DefaultResolver
		}
		found, err := r.LookupNetIP(ctx, "ip", host)
		if err != nil {
			return netip.Addr{}, &Error{dialKind(err, false), connectError(err, addr)}
		}
		l.resolved = time.Now()
		list = found
	}
	for _, ip := range e.ofNetwork(list) {
		if ip = ip.Unmap(); ip.Is4() || !only4 {
			return ip, nil
		}
	}
	return netip.Addr{}, fault(HostName, "resolving %s: no address that is allowed", host)
}

// connectError says what could not be connected to, without net's repetition
// of it.
func connectError(err error, addr string) error {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		host, _ := splitHostPort(addr)
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

// splitHostPort takes apart what joinHostPort, or the route, put together.
func splitHostPort(addr string) (host, port string) {
	host, port, _ = net.SplitHostPort(addr) // it was put together
	return host, port
}

func joinHostPort(host, port string) string { return net.JoinHostPort(host, port) }
