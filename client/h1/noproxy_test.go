package h1

import "testing"

// The cases of curl's tests/unit/unit1614.c, and others tried with curl 8.
func TestJ2_NoProxy(t *testing.T) {
	for _, c := range []struct {
		host, list string
		want       bool
	}{
		{"www.example.com", "localhost,.example.com,.example.de", true},
		{"www.example.com.", "localhost,.example.com,.example.de", true},
		{"example.com", "localhost,.example.com,.example.de", true},
		{"example.com.", "localhost,.example.com,.example.de", true},
		{"example.com", "localhost,.example.com.,.example.de", true},
		{"www.example.com", "localhost,.example.com.,.example.de", true},
		{"example.com", "localhost,example.com,.example.de", true},
		{"example.com.", "localhost,example.com,.example.de", true},
		{"nexample.com", "localhost,example.com,.example.de", false},
		{"www.example.com", "localhost,example.com,.example.de", true},
		{"127.0.0.1", "127.0.0.1,localhost", true},
		{"127.0.0.1", "127.0.0.1,localhost,", true},
		{"127.0.0.1", "127.0.0.1/8,localhost,", true},
		{"127.0.0.1", "127.0.0.1/28,localhost,", true},
		{"127.0.0.1", "127.0.0.1/31,localhost,", true},
		{"127.0.0.1", "localhost,127.0.0.1", true},
		{"127.0.0.1", "   localhost,127.0.0.1", true},
		{"127.0.0.1", "127.0.0.1/32.3,localhost,", false},
		{"127.0.0.1", "127.0.0.1/33,localhost,", false},
		{"127.0.0.1", "foobar,127.0.0.1:80", false},
		{"127.0.0.1", "127.0.0.11,localhost", false},
		{"192.168.1.160", "localhost,192.168.0.0/16", true},
		{"192.168.1.160", "localhost,192.168.0.1/16", true},
		{"192.169.1.160", "localhost,192.168.0.0/16", false},
		{"::1", "::1,localhost", true},
		{"::1", "[::1],localhost", true},
		{"::ffff:10.0.0.1", "10.0.0.0/8", true},
		{"fe80::1%eth0", "fe80::/10", true},
		{"::1%25.example.com", "*.example.com,.example.com", false}, // CVE-2025-22870
		{"2001:db8::2", "2001:db8::/32", true},
		{"2001:db9::2", "2001:db8::/32", false},
		{"EXAMPLE.com", "example.COM", true},
		{"com", "example.com", false},
		{"a.test", "*", true},
		{"a.test", "*,b.test", false},
		{"a.test", "*.test", false},
		{"a.test", "", false},
		{"a.test", "., ,", false},
		{"a.test", "b.test a.test", true},
		{"a.test", "test", true},
	} {
		if got := noProxy(c.list).matches(c.host); got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.host, c.list, got, c.want)
		}
	}
}
