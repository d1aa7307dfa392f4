package h1

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

// headStart is how long the first family of addresses is tried alone: Go's
// figure for names, within what RFC 8305 section 5 allows.
const headStart = 300 * time.Millisecond

// dialEach tries the addresses of the first one's family, one after the other,
// and beside them, when they have had their head start or have failed, those of
// the other family.
func (e *Engine) dialEach(ctx context.Context, addr string, list []netip.Addr) (net.Conn, error) {
	list = e.ofNetwork(list)
	var second []netip.Addr
	first := slices.DeleteFunc(slices.Clone(list), func(ip netip.Addr) bool {
		other := ip.Is4() != list[0].Is4()
		if other {
			second = append(second, ip)
		}
		return other
	})
	if len(second) == 0 {
		return e.dialInTurn(ctx, addr, first)
	}
	return e.race(ctx, addr, first, second)
}

// dialled is what came of one family.
type dialled struct {
	nc  net.Conn
	err error
}

// race returns the first connection that is made; the other is given up.
func (e *Engine) race(ctx context.Context, addr string, first, second []netip.Addr) (net.Conn, error) {
	racing, giveUp := context.WithCancel(ctx)
	defer giveUp()
	done := make(chan dialled, 2)
	run := func(list []netip.Addr) {
		nc, err := e.dialInTurn(racing, addr, list)
		done <- dialled{nc, err}
	}
	delay := e.config.Dial.FallbackDelay
	if delay == 0 {
		delay = headStart
	}
	start := time.NewTimer(delay)
	defer start.Stop()
	go run(first)
	running, begun := 1, false
	var failed error
	for {
		select {
		case <-start.C:
		case r := <-done:
			running--
			if r.err == nil {
				go closeLoser(done, running)
				return r.nc, nil
			}
			if failed == nil || ctx.Err() == nil {
				failed = r.err
			}
			if begun && running == 0 || ctx.Err() != nil {
				go closeLoser(done, running)
				return nil, failed
			}
		}
		if !begun {
			begun = true
			running++
			go run(second)
		}
	}
}

func closeLoser(done <-chan dialled, running int) {
	for range running {
		if r := <-done; r.nc != nil {
			_ = r.nc.Close() // unused
		}
	}
}

// dialInTurn tries one address after the other, each with its share of the time
// that is left.
func (e *Engine) dialInTurn(ctx context.Context, addr string, list []netip.Addr) (net.Conn, error) {
	host, port := splitHostPort(addr)
	first := error(&net.DNSError{Err: "no address that is allowed", Name: host, IsNotFound: true})
	for i, ip := range list {
		one, cancel := share(ctx, len(list)-i)
		nc, err := e.dialFrom(one, e.network(), joinHostPort(ip.String(), port))
		cancel()
		if err == nil {
			return nc, nil
		}
		if i == 0 || ctx.Err() == nil {
			first = err
		}
	}
	return nil, first
}

// share leaves of the time until ctx ends the n-th part.
func share(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok || n <= 1 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/time.Duration(n))
}

// ofNetwork returns the addresses of the family that is allowed.
func (e *Engine) ofNetwork(list []netip.Addr) []netip.Addr {
	if e.config.Network == "" || e.config.Network == "tcp" {
		return list
	}
	var left []netip.Addr
	for _, ip := range list {
		if ip.Is4() == (e.config.Network == "tcp4") {
			left = append(left, ip)
		}
	}
	return left
}
