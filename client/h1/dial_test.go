package h1

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// noResolver fails the test when a name is asked for.
func noResolver(t *testing.T) {
	t.Helper()
	testOnlyResolver = &net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
		t.Errorf("a resolver at %s was asked", addr)
		return nil, errors.New("no resolver here")
	}}
	t.Cleanup(func() { testOnlyResolver = nil })
}

func okServer(t *testing.T) (*httptest.Server, string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello from ", r.Host)
	}))
	t.Cleanup(srv.Close)
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	return srv, port
}

func TestR6LoopbackNamesAreNeverResolved(t *testing.T) {
	noResolver(t)
	_, port := okServer(t)
	for _, host := range []string{"localhost", "LocalHost", "localhost.", "a.b.localhost", "evil.LOCALHOST"} {
		t.Run(host, func(t *testing.T) {
			_, _, w := get(t, newEngine(t, Config{}), "http://"+host+":"+port)
			if !w.Peer.Addr().IsLoopback() {
				t.Errorf("peer %v", w.Peer)
			}
		})
	}
}

// onlyIPv6 listens at ::1, and holds the port of 127.0.0.1 so that nobody listens
// there: it is the near end of a connection.
func onlyIPv6(t *testing.T) net.Listener {
	t.Helper()
	far, _ := okServer(t)
	for {
		l, err := net.Listen("tcp", "[::1]:0")
		if err != nil {
			t.Skip("no IPv6 loopback here:", err)
		}
		near := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: l.Addr().(*net.TCPAddr).Port}
		held, err := (&net.Dialer{LocalAddr: near}).Dial("tcp", far.Listener.Addr().String())
		if err == nil {
			t.Cleanup(func() { _ = held.Close() })
			return l
		}
		_ = l.Close() // another has that port
	}
}

func TestR6LoopbackNameOverIPv6(t *testing.T) {
	l := onlyIPv6(t)
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	_ = srv.Listener.Close()
	srv.Listener = l
	srv.Start()
	defer srv.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_, _, w := get(t, newEngine(t, Config{}), "http://localhost:"+port)
	if w.Peer.Addr().String() != "::1" {
		t.Errorf("peer %v", w.Peer)
	}
	if _, err := fails(t, newEngine(t, Config{Network: "tcp4"}), "http://localhost:"+port); Classify(err) != Connect {
		t.Errorf("with IPv4 alone: %v", err)
	}
}

func TestR6LoopbackNameWithAnotherPeer(t *testing.T) {
	testOnlyPeer = func(netip.AddrPort) netip.AddrPort { return netip.MustParseAddrPort("192.0.2.1:80") }
	defer func() { testOnlyPeer = nil }()
	_, port := okServer(t)
	_, err := fails(t, newEngine(t, Config{}), "http://localhost:"+port)
	if Classify(err) != Connect || !strings.Contains(err.Error(), "192.0.2.1 is not a loopback address") {
		t.Errorf("got %v", err)
	}
}

func TestNamesLikeLocalhostAreResolved(t *testing.T) {
	for _, host := range []string{"localhost.example", "notlocalhost", "localhost.com"} {
		var asked atomic.Bool // a resolver asks for both families at once
		testOnlyResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			asked.Store(true)
			return nil, errors.New("unreachable")
		}}
		_, err := fails(t, newEngine(t, Config{}), "http://"+host+":1")
		testOnlyResolver = nil
		if !asked.Load() || Classify(err) != HostName || !strings.HasPrefix(err.Error(), "resolving "+host+": ") {
			t.Errorf("%s: asked %v, %v (kind %d)", host, asked.Load(), err, Classify(err))
		}
	}
}
