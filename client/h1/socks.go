package h1

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
)

// dialSOCKS connects to addr through the SOCKS proxy. With socks4 and socks5 the
// name is resolved here, with socks4a and socks5h there.
func (e *Engine) dialSOCKS(ctx context.Context, l *link, proxy *url.URL, addr string) (net.Conn, error) {
	d, err := e.destination(ctx, l, proxy, addr)
	if err != nil {
		return nil, err
	}
	at, err := normalProxy(proxy)
	if err != nil {
		return nil, err
	}
	nc, err := e.connect(ctx, l, at.Host, true)
	if err != nil {
		return nil, err
	}
	err = converse(ctx, nc, func() error {
		if proxy.Scheme == "socks4" || proxy.Scheme == "socks4a" {
			return socks4(nc, proxy.User, d)
		}
		return socks5(nc, proxy.User, d)
	})
	if err == nil {
		return nc, nil
	}
	_ = nc.Close() // of no use any more
	kind := SOCKS
	if errors.Is(err, context.DeadlineExceeded) {
		kind = Timeout
	}
	return nil, fault(kind, "SOCKS proxy %s: %w", at.Host, err)
}

// converse runs a dialogue on a connection until the context ends it. No
// deadline stays behind.
func converse(ctx context.Context, nc net.Conn, talk func() error) error {
	stop := context.AfterFunc(ctx, func() { _ = nc.SetDeadline(past) }) // fails on a closed one, where nobody waits
	err := talk()
	if !stop() {
		return context.Cause(ctx)
	}
	return err
}

// destination is where a SOCKS proxy is asked to connect to: by name, or by
// address.
type destination struct {
	name string // "" when ip is there
	ip   netip.Addr
	port uint16
}

func (e *Engine) destination(ctx context.Context, l *link, proxy *url.URL, addr string) (destination, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return destination{}, &Error{HostName, err}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return destination{}, fault(BadRequest, "port %q of the URL", port)
	}
	d := destination{port: uint16(n)}
	if ip, err := netip.ParseAddr(host); err == nil {
		d.ip = ip.Unmap().WithZone("")
	} else if proxy.Scheme == "socks4a" || proxy.Scheme == "socks5h" {
		d.name = host
	} else if d.ip, err = e.resolve(ctx, l, addr, proxy.Scheme == "socks4"); err != nil {
		return d, err
	}
	if proxy.Scheme != "socks5" && proxy.Scheme != "socks5h" && d.ip.Is6() {
		return d, fault(SOCKS, "SOCKS4 has no IPv6 addresses, and %s is one", d.ip)
	}
	if len(d.name) > maxSOCKS {
		return d, fault(SOCKS, "the host name has %d octets; SOCKS has room for %d", len(d.name), maxSOCKS)
	}
	return d, nil
}

// maxSOCKS is the longest name, user and password, in octets: their length is
// one octet.
const maxSOCKS = 255

var errSOCKSReply = errors.New("the reply is not of SOCKS")

// socks4 asks for a connection by SOCKS4 (Ying-Da Lee, "SOCKS: A protocol for
// TCP proxy across firewalls"), or, to a name, SOCKS4A:
//
//	VN=4 CD=1 DSTPORT(2) DSTIP(4) USERID NUL [ name NUL ]
func socks4(nc net.Conn, user *url.Userinfo, d destination) error {
	ip := [4]byte{0, 0, 0, 1} // SOCKS4A: a name follows
	if d.name == "" {
		ip = d.ip.As4()
	}
	out := append([]byte{4, 1, byte(d.port >> 8), byte(d.port)}, ip[:]...)
	out = append(append(out, user.Username()...), 0)
	if d.name != "" {
		out = append(append(out, d.name...), 0)
	}
	in, err := exchangeSOCKS(nc, out, 8)
	switch {
	case err != nil:
		return err
	case in[0] != 0:
		return errSOCKSReply
	case in[1] == 90:
		return nil
	case in[1] == 92, in[1] == 93:
		return errors.New("it could not find out who you are (identd)")
	}
	return fmt.Errorf("the connection was refused (%d)", in[1])
}

// socks5 asks for a connection by SOCKS5 (RFC 1928), as the user when there is
// one (RFC 1929).
//
//	VER=5 CMD=1 RSV=0 ATYP DST.ADDR DST.PORT(2)
func socks5(nc net.Conn, user *url.Userinfo, d destination) error {
	if err := socks5Login(nc, user); err != nil {
		return err
	}
	out := []byte{5, 1, 0}
	switch {
	case d.name != "":
		out = append(append(out, 3, byte(len(d.name))), d.name...)
	case d.ip.Is4():
		out = append(append(out, 1), d.ip.AsSlice()...)
	default:
		out = append(append(out, 4), d.ip.AsSlice()...)
	}
	// And the first octet of BND.ADDR, its length for a name.
	in, err := exchangeSOCKS(nc, append(out, byte(d.port>>8), byte(d.port)), 5)
	if err != nil {
		return err
	}
	if in[0] != 5 {
		return errSOCKSReply
	}
	if in[1] != 0 {
		return socks5Refusal(in[1])
	}
	rest, known := map[byte]int{1: 4 - 1, 3: int(in[4]), 4: 16 - 1}[in[3]]
	if !known {
		return errSOCKSReply
	}
	return readAll(nc, make([]byte, rest+2))
}

// socks5Login settles the method of authentication, and authenticates.
func socks5Login(nc net.Conn, user *url.Userinfo) error {
	methods := []byte{5, 1, 0}
	if user != nil {
		methods = []byte{5, 2, 0, 2}
	}
	in, err := exchangeSOCKS(nc, methods, 2)
	if err != nil {
		return err
	}
	switch {
	case in[0] != 5:
		return errSOCKSReply
	case in[1] == 0:
		return nil
	case in[1] == 2 && user != nil:
		return socks5Password(nc, user)
	case in[1] == 0xff && user == nil:
		return errors.New("it wants a user and a password, or something else that is not known")
	}
	return fmt.Errorf("its method of authentication (%d) is not known", in[1])
}

// socks5Password is RFC 1929 section 2.
func socks5Password(nc net.Conn, user *url.Userinfo) error {
	name := user.Username()
	password, _ := user.Password()
	if len(name) > maxSOCKS || len(password) > maxSOCKS {
		return fmt.Errorf("the user or the password has more than %d octets", maxSOCKS)
	}
	out := append([]byte{1, byte(len(name))}, name...)
	out = append(append(out, byte(len(password))), password...)
	in, err := exchangeSOCKS(nc, out, 2)
	if err != nil {
		return err
	}
	if in[1] != 0 {
		return errors.New("the user or the password was refused")
	}
	return nil
}

// socks5Refusal names the reply field of RFC 1928 section 6.
func socks5Refusal(reply byte) error {
	why := map[byte]string{
		1: "it failed", 2: "not allowed by its rules", 3: "network unreachable", 4: "host unreachable",
		5: "connection refused", 6: "TTL expired", 7: "command not supported", 8: "address type not supported",
	}[reply]
	if why == "" {
		why = "for a reason that is not known"
	}
	return fmt.Errorf("no connection: %s (%d)", why, reply)
}

// exchangeSOCKS says something, and reads a reply of n octets.
func exchangeSOCKS(nc net.Conn, out []byte, n int) ([]byte, error) {
	if _, err := nc.Write(out); err != nil {
		return nil, bare(err)
	}
	in := make([]byte, n)
	return in, readAll(nc, in)
}

// readAll fills b, and not an octet more is taken.
func readAll(nc net.Conn, b []byte) error {
	_, err := io.ReadFull(nc, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it closed the connection")
	}
	if err != nil {
		return bare(err)
	}
	return nil
}
