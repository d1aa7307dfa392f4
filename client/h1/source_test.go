//go:build unix

package h1

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestDialFrom(t *testing.T) {
	port := echoPath(t)
	url := "http://127.0.0.1:" + port
	for name, d := range map[string]Dial{
		"address": {Interface: "127.0.0.7"}, "host": {Interface: "host!127.0.0.7"},
	} {
		if _, _, w := get2(t, newEngine(t, Config{Dial: d}), url); w.Local.Addr().String() != "127.0.0.7" {
			t.Errorf("%s: connected from %s", name, w.Local)
		}
	}
	for _, d := range []Dial{
		{Interface: "nosuch.invalid"}, {Interface: "if!nosuch"}, {Interface: "192.0.2.1"}, {Interface: "host!nosuch.invalid"},
	} {
		if err := failsWith(t, newEngine(t, Config{Dial: d}), url); Classify(err) != Interface {
			t.Errorf("%+v: %v (kind %d)", d, err, Classify(err))
		}
	}
}

// Ports that are taken are passed over, as long as there are others.
func TestLocalPorts(t *testing.T) {
	port := echoPath(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	first := taken.Addr().(*net.TCPAddr).Port
	d := Dial{Interface: "127.0.0.1", LocalPort: first}
	if err := failsWith(t, newEngine(t, Config{Dial: d}), "http://127.0.0.1:"+port); Classify(err) != Interface {
		t.Errorf("a port that is taken: %v", err)
	}
	d.MorePorts = 50
	_, _, w := get2(t, newEngine(t, Config{Dial: d}), "http://127.0.0.1:"+port)
	if got := int(w.Local.Port()); got <= first || got > first+50 {
		t.Errorf("connected from %d, which is not among the 50 behind %d", got, first)
	}
}

func TestHosts(t *testing.T) {
	noResolver(t)
	port := echoPath(t)
	loop := netip.MustParseAddr("127.0.0.1")
	d := Dial{Hosts: map[string][]netip.Addr{
		"a.test:" + port: {netip.MustParseAddr("::1"), loop}, "*:" + port: {loop}, "six.test:" + port: {netip.MustParseAddr("::1")},
		"localhost:" + port: {netip.MustParseAddr("127.0.0.2")},
	}}
	for _, host := range []string{"a.test", "A.test", "other.test"} {
		if _, _, w := get2(t, newEngine(t, Config{Dial: d}), "http://"+host+":"+port); w.Peer.Addr() != loop {
			t.Errorf("%s: connected to %s", host, w.Peer)
		}
	}
	if err := failsWith(t, newEngine(t, Config{Dial: d, Network: "tcp4"}), "http://six.test:"+port); Classify(err) != HostName {
		t.Errorf("IPv6 alone under -4: %v", err)
	}
	socks := startSOCKS(t, nil)
	get2(t, newEngine(t, Config{Dial: d, Proxy: via(t, "socks4://"+socks.Addr)}), "http://a.test:"+port)
	if log := strings.Join(socks.Log(), ""); !strings.HasPrefix(log, "4 address 127.0.0.1:") {
		t.Errorf("SOCKS4 was asked for %q", log)
	}
}

func TestConnectTo(t *testing.T) {
	port := echoPath(t)
	d := Dial{ConnectTo: []ConnectTo{
		{Host: "A.test", Port: "80", To: "127.0.0.1", ToPort: port}, {Port: "81", To: "127.0.0.1", ToPort: port}, {Host: "127.0.0.1", ToPort: port},
	}}
	e := newEngine(t, Config{Dial: d})
	for _, url := range []string{"http://a.test", "http://b.test:81", "http://127.0.0.1:1"} {
		get2(t, e, url)
	}
	// What one host was reached by is not another's connection.
	if _, _, w := get2(t, e, "http://b.test:81/"); !w.Reused {
		t.Error("the connection was not used again")
	}
	if _, _, w := get2(t, e, "http://c.test:81/"); w.Reused {
		t.Error("the connection of another host was used")
	}
	if way, _ := newEngine(t, Config{Dial: d, Proxy: via(t, "http://p")}).Way(mustURL(t, "http://b.test:81/")); way.Tunnel != "127.0.0.1:"+port {
		t.Errorf("a proxy is asked for %q", way.Tunnel)
	}
}

// A host of this machine may be elsewhere: whoever decides about secrets is told.
func TestMoves(t *testing.T) {
	addr := func(s string) []netip.Addr { return []netip.Addr{netip.MustParseAddr(s)} }
	for i, c := range []struct {
		dial Dial
		want bool
	}{
		{Dial{}, false},
		{Dial{Hosts: map[string][]netip.Addr{"a.test:1": addr("192.0.2.1")}}, false},
		{Dial{Hosts: map[string][]netip.Addr{"localhost:1": addr("127.0.0.9")}}, false},
		{Dial{Hosts: map[string][]netip.Addr{"a.localhost:1": addr("192.0.2.1")}}, true},
		{Dial{Hosts: map[string][]netip.Addr{"*:1": addr("192.0.2.1")}}, true},
		{Dial{ConnectTo: []ConnectTo{{Host: "a.test", To: "b.test"}}}, false},
		{Dial{ConnectTo: []ConnectTo{{Host: "localhost", ToPort: "1"}}}, false},
		{Dial{ConnectTo: []ConnectTo{{Host: "127.0.0.1", To: "b.test"}}}, true},
		{Dial{ConnectTo: []ConnectTo{{To: "b.test"}}}, true},
		{Dial{Unix: "s", ConnectTo: []ConnectTo{{To: "b.test"}}}, false},
	} {
		if got := c.dial.Moves(); got != c.want {
			t.Errorf("case %d: %v, want %v", i, got, c.want)
		}
	}
}

// Nagle's delay and the questions of TCP are as they are wanted.
func TestSocketOptions(t *testing.T) {
	e := newEngine(t, Config{Dial: Dial{KeepAlive: 7 * time.Second, FallbackDelay: time.Second}})
	if d := e.dialer(source{}, 0); d.KeepAliveConfig.Idle != 7*time.Second || d.KeepAliveConfig.Interval != 7*time.Second ||
		!d.KeepAliveConfig.Enable || d.FallbackDelay != time.Second {
		t.Errorf("%+v", d)
	}
	if d := newEngine(t, Config{Dial: Dial{KeepAlive: -1}}).dialer(source{}, 0); d.KeepAlive >= 0 || d.KeepAliveConfig.Enable {
		t.Errorf("%+v", d)
	}
	port, err := strconv.Atoi(echoPath(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, delay := range []bool{false, true} {
		nc, err := newEngine(t, Config{Dial: Dial{Delay: delay}}).dialPorts(t.Context(), source{network: "tcp"}, "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			t.Fatal(err)
		}
		if got := noDelay(t, nc); got == delay {
			t.Errorf("delay %v: TCP_NODELAY is %v", delay, got)
		}
		_ = nc.Close()
	}
}
