package h1

import (
	"net/netip"
	"testing"
	"time"
)

// A family that fails does not keep the other waiting.
func TestSecondFamilyAtOnce(t *testing.T) {
	noResolver(t)
	port := echoPath(t) // at 127.0.0.1 alone
	d := Dial{FallbackDelay: time.Hour, Hosts: map[string][]netip.Addr{
		"two.test:" + port: {netip.IPv6Loopback(), netip.MustParseAddr("127.0.0.1")},
	}}
	began := time.Now()
	if _, _, w := get2(t, newEngine(t, Config{Dial: d}), "http://two.test:"+port); !w.Peer.Addr().Is4() {
		t.Errorf("connected to %s", w.Peer)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %v", took)
	}
}
