package token

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"getin/client/auth"
)

// check tells whether anything may be sent to a token server that a challenge of
// another origin names: over https, or on this machine, and never where a host
// out in the world points into a private network. It returns the addresses that
// were looked at, if any were. Whether a secret may go to another host at all is
// a person's to say, and has been said.
func (c *Client) check(ctx context.Context, challenger, issuer auth.Origin) ([]netip.Addr, error) {
	if issuer.Scheme != "https" && !issuer.LoopbackName() {
		return nil, untrusted(challenger, issuer, "it is not https")
	}
	if issuer.Host == challenger.Host {
		return nil, nil
	}
	to, err := c.addresses(ctx, issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: token server %s: %v", auth.ErrCannotStart, issuer.Display(), err)
	}
	farthest := slices.MinFunc(append(slices.Clip(to), outside), func(a, b netip.Addr) int { return int(reachOf(a) - reachOf(b)) })
	need := reachOf(farthest)
	if need == world {
		return to, nil
	}
	from, err := c.addresses(ctx, challenger)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", auth.ErrCannotStart, err)
	}
	far := len(from) == 0 || slices.ContainsFunc(from, func(a netip.Addr) bool { return reachOf(a) > need })
	if need == nowhere || far {
		return nil, untrusted(challenger, issuer, fmt.Sprintf("its address is %s, which is not out in the world", farthest))
	}
	return to, nil
}

func untrusted(challenger, issuer auth.Origin, why string) error {
	return fmt.Errorf("%w: %w: the token server %s that %s names: %s",
		auth.ErrCannotStart, auth.ErrNotAllowed, issuer.Display(), challenger.Display(), why)
}

// addresses returns those of the origin's host: its own, when it is one.
func (c *Client) addresses(ctx context.Context, o auth.Origin) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(o.Host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	if o.LoopbackName() {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	list, err := c.Lookup(ctx, o)
	list = slices.Clone(list)
	for i, a := range list {
		list[i] = a.Unmap()
	}
	return list, err
}

// reach is how far an address is from this machine.
type reach int

// nowhere is also what only this machine's link has: the metadata services of
// clouds.
const (
	nowhere reach = iota
	machine
	private
	world
)

var (
	// outside is any address of the world.
	outside = netip.AddrFrom4([4]byte{192, 88, 99, 1})

	// shared is the space of carriers, RFC 6598, in which a cloud has its
	// metadata service; ours is the "this network" of RFC 1122 section 3.2.1.3.
	shared = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10)
	ours   = netip.PrefixFrom(netip.AddrFrom4([4]byte{}), 8)

	// mapped4 is where NAT64 puts IPv4, RFC 6052 section 2.1.
	mapped4 = netip.PrefixFrom(netip.AddrFrom16([16]byte{1: 0x64, 2: 0xff, 3: 0x9b}), 96)

	// metadata is a cloud's metadata service that has a private address.
	metadata = netip.AddrFrom16([16]byte{0xfd, 0, 0x0e, 0xc2, 14: 0x02, 15: 0x54})
)

func reachOf(a netip.Addr) reach {
	if mapped4.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	switch {
	case !a.IsValid(), a.IsUnspecified(), a.IsMulticast(), a.IsLinkLocalUnicast(), a.WithZone("") == metadata,
		shared.Contains(a), ours.Contains(a):
		return nowhere
	case a.IsLoopback():
		return machine
	case a.IsPrivate():
		return private
	default:
		return world
	}
}
