package cli

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"getin/client/h1"
)

// takeResolve reads curl's syntax:
//
//	resolve = [ "+" ] host ":" port ":" addr *( "," addr ) / "-" host ":" port
//
// Addresses of IPv6 may have brackets; so must a host that is one. The "+" has
// curl forget the entry in time, which is longer than a run of getin.
func takeResolve(o *options, v string) error {
	rest, gone := strings.CutPrefix(v, "-")
	host, rest := cutHost(strings.TrimPrefix(rest, "+"))
	port, list, _ := strings.Cut(rest, ":")
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" {
		return badSyntax("%q is not HOST:PORT:ADDRESS", v)
	} else {
		port = strconv.FormatUint(n, 10)
	}
	name := strings.TrimSuffix(strings.ToLower(host), ".") + ":" + port
	if gone {
		delete(o.dial.Hosts, name)
		return nil
	}
	var addrs []netip.Addr
	for _, a := range strings.Split(list, ",") {
		ip, err := netip.ParseAddr(strings.Trim(a, "[] "))
		if err != nil {
			return badSyntax("%q is no address", a)
		}
		addrs = append(addrs, ip.Unmap())
	}
	if o.dial.Hosts == nil {
		o.dial.Hosts = map[string][]netip.Addr{}
	}
	o.dial.Hosts[name] = addrs
	return nil
}

// takeConnectTo reads curl's syntax, in which every part may be empty:
//
//	connect-to = host ":" port ":" host ":" port
func takeConnectTo(o *options, v string) error {
	var c h1.ConnectTo
	var rest string
	c.Host, rest = cutHost(v)
	c.Port, rest, _ = strings.Cut(rest, ":")
	c.To, c.ToPort = cutHost(rest)
	for _, port := range []string{c.Port, c.ToPort} {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil && port != "" {
			return badSyntax("%q is no port", port)
		}
	}
	o.dial.ConnectTo = append(o.dial.ConnectTo, c)
	return nil
}

// cutHost takes the host before a colon, out of its brackets if it has any.
func cutHost(s string) (host, rest string) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if host, rest, ok := strings.Cut(inner, "]"); ok {
			return host, strings.TrimPrefix(rest, ":")
		}
	}
	host, rest, _ = strings.Cut(s, ":")
	return host, rest
}

// takeLocalPort reads "N" or "N-M".
func takeLocalPort(o *options, v string) error {
	from, to, isRange := strings.Cut(v, "-")
	first, err := number(from, 1)
	last := first
	if err == nil && isRange {
		last, err = number(strings.TrimSpace(to), first)
	}
	if err != nil {
		return err
	}
	if last > math.MaxUint16 {
		return fmt.Errorf("%d is no port", last)
	}
	o.dial.LocalPort, o.dial.MorePorts = first, last-first
	return nil
}
