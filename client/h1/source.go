package h1

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// source is where a connection is to come from.
type source struct {
	network string
	ip      netip.Addr // zero: any
	device  string     // "": any
}

// dialFrom dials from the interface, the address or the ports that Dial names.
func (e *Engine) dialFrom(ctx context.Context, network, addr string) (net.Conn, error) {
	d := &e.config.Dial
	if d.Interface == "" {
		return e.dialPorts(ctx, source{network: network}, addr)
	}
	list, err := d.sources(ctx, network)
	if err != nil {
		return nil, &Error{Interface, err}
	}
	for i, s := range list {
		nc, err := e.dialPorts(ctx, s, addr)
		if err == nil || i == len(list)-1 || !unbound(err) {
			return nc, err
		}
	}
	return nil, fault(Interface, "interface %s: it has no address that is allowed", d.Interface)
}

// dialPorts tries the ports one after the other, as long as they are in use.
func (e *Engine) dialPorts(ctx context.Context, s source, addr string) (net.Conn, error) {
	var err error
	for i := 0; i <= e.config.Dial.MorePorts; i++ {
		var nc net.Conn
		if nc, err = e.dialer(s, i).DialContext(ctx, s.network, addr); err == nil {
			e.tune(nc)
			return nc, nil
		}
		if !unbound(err) || e.config.Dial.LocalPort == 0 {
			break
		}
	}
	return nil, err
}

// keepAlive is curl's: a server that is busy for a minute is not disturbed.
const keepAlive = time.Minute

func (e *Engine) dialer(s source, n int) *net.Dialer {
	d := &net.Dialer{Resolver: testOnlyResolver, FallbackDelay: e.config.Dial.FallbackDelay}
	port := e.config.Dial.LocalPort
	if port > 0 {
		port += n
	}
	if s.ip.IsValid() || port > 0 {
		d.LocalAddr = &net.TCPAddr{IP: s.ip.AsSlice(), Port: port, Zone: s.ip.Zone()}
	}
	if s.device != "" {
		d.Control = bindTo(s.device)
	}
	k := e.config.Dial.KeepAlive
	if k == 0 {
		k = keepAlive
	}
	if d.KeepAlive = -1; k > 0 {
		d.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: k, Interval: k}
	}
	return d
}

func (e *Engine) tune(nc net.Conn) {
	if tcp, ok := nc.(*net.TCPConn); ok && e.config.Dial.Delay {
		_ = tcp.SetNoDelay(false) // as slow as it may be, it works
	}
}

// sources returns where a connection may come from, to be tried in order. A
// device is bound to where the system can, and may; else its addresses are.
func (d *Dial) sources(ctx context.Context, network string) ([]source, error) {
	name, onlyDevice := strings.CutPrefix(d.Interface, "if!")
	name, onlyHost := strings.CutPrefix(name, "host!")
	if ip, err := netip.ParseAddr(name); err == nil {
		return []source{{network: network, ip: ip}}, nil
	}
	if !onlyHost {
		nic, err := net.InterfaceByName(name)
		if err == nil {
			return deviceSources(nic, network)
		}
		if onlyDevice {
			return nil, fault(Interface, "interface %s: there is none of that name", name)
		}
	}
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return nil, fault(Interface, "interface %s: neither an interface nor a host of this machine", name)
	}
	return addressSources(nil, list, network), nil
}

func deviceSources(nic *net.Interface, network string) ([]source, error) {
	addrs, err := nic.Addrs()
	if err != nil {
		return nil, fault(Interface, "interface %s: %w", nic.Name, err)
	}
	var list []netip.Addr
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				list = append(list, ip)
			}
		}
	}
	var sources []source
	if canBind {
		sources = append(sources, source{network: network, device: nic.Name})
	}
	return addressSources(sources, list, network), nil
}

func addressSources(sources []source, list []netip.Addr, network string) []source {
	for _, ip := range list {
		ip = ip.Unmap()
		family := "tcp6"
		if ip.Is4() {
			family = "tcp4"
		}
		if network == "tcp" || network == family {
			sources = append(sources, source{network: family, ip: ip})
		}
	}
	return sources
}

// unbound tells an error about this end of the connection, before the other was
// called: the address or the port is taken or not ours, or of another family.
func unbound(err error) bool {
	var call *os.SyscallError
	var addr *net.AddrError
	return errors.As(err, &call) && (call.Syscall == "bind" || call.Syscall == "setsockopt") || errors.As(err, &addr)
}
