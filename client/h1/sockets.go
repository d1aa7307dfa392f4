package h1

import (
	"net/netip"
	"strings"
	"time"
)

// Dial says how sockets are made. The zero value leaves all to the system.
type Dial struct {
	// Hosts are the addresses of hosts that are not to be resolved, by
	// "host:port", or "*:port" for every host that is not named itself. Hosts at
	// or below localhost may be among them; they then are where this says.
	Hosts map[string][]netip.Addr

	// ConnectTo are other hosts and ports to connect to; the first that matches
	// counts. Nothing else of a request changes: not Host, not the name that the
	// certificate must have.
	ConnectTo []ConnectTo

	// Unix is the path of a unix socket to connect to, whatever the host and
	// whatever the proxies; with "@" before it, one of Linux's abstract names.
	Unix string

	// Interface is the name of the interface, the host or the address to connect
	// from; as "if!NAME" it is an interface, as "host!NAME" none.
	Interface string

	// LocalPort and those up to LocalPort+MorePorts are tried as the port to
	// connect from. Zero: any.
	LocalPort, MorePorts int

	// KeepAlive is how long a connection may be silent before TCP asks whether
	// the other end is there, and between such questions. Zero is a minute, less
	// than zero never.
	KeepAlive time.Duration

	// Delay lets TCP wait for more before it sends a small segment (RFC 896).
	Delay bool

	// FallbackDelay is the head start of IPv6 over IPv4 (RFC 8305). Zero is Go's
	// 300 ms.
	FallbackDelay time.Duration
}

// ConnectTo is one rule: for Host and Port, To and ToPort. Empty ones match
// everything, and leave what is there. Hosts have no brackets.
type ConnectTo struct{ Host, Port, To, ToPort string }

// instead returns the host:port to connect to for another.
func (d *Dial) instead(addr string) string {
	host, port := splitHostPort(addr)
	for _, c := range d.ConnectTo {
		if c.Host != "" && !strings.EqualFold(c.Host, host) || c.Port != "" && c.Port != port {
			continue
		}
		if c.To != "" {
			host = c.To
		}
		if c.ToPort != "" {
			port = c.ToPort
		}
		return joinHostPort(host, port)
	}
	return addr
}

// addresses returns those that are fixed for a host:port.
func (d *Dial) addresses(addr string) ([]netip.Addr, bool) {
	if len(d.Hosts) == 0 {
		return nil, false
	}
	host, port := splitHostPort(addr)
	if _, err := netip.ParseAddr(host); err == nil {
		return nil, false
	}
	for _, name := range []string{strings.TrimSuffix(strings.ToLower(host), "."), "*"} {
		if list, ok := d.Hosts[name+":"+port]; ok {
			return list, true
		}
	}
	return nil, false
}

// Moves reports whether a host at or below localhost may be reached elsewhere
// than on the loopback: Hosts or ConnectTo say so, for some port. A server must
// then not be taken for this machine by its name.
func (d *Dial) Moves() bool {
	if d.Unix != "" {
		return false
	}
	for name, list := range d.Hosts {
		host, _ := splitHostPort(name)
		if local, _ := loopbackName(name); local || host == "*" {
			for _, ip := range list {
				if !ip.IsLoopback() {
					return true
				}
			}
		}
	}
	for _, c := range d.ConnectTo {
		from, _ := loopbackName(joinHostPort(c.Host, "1"))
		ip, err := netip.ParseAddr(c.Host)
		if c.To != "" && (c.Host == "" || from || err == nil && ip.IsLoopback()) {
			return true
		}
	}
	return false
}
