package auth_test

import (
	"errors"
	"net/url"
	"testing"

	"getin/client/auth"
)

func TestOriginOf(t *testing.T) {
	for in, want := range map[string]string{
		"http://example.com":                     "http://example.com:80",
		"HTTPS://Example.COM/a?b#c":              "https://example.com:443",
		"http://example.com:/":                   "http://example.com:80",
		"http://example.com:00080/":              "http://example.com:80",
		"https://example.com:80/":                "https://example.com:80",
		"http://example.com./":                   "http://example.com:80",
		"http://example.com\u3002/":              "http://example.com:80",
		"http://www\u3002example\uff0ecom\uff61": "http://www.example.com:80",
		"http://B\u00fccher.example/":            "http://xn--bcher-kva.example:80",
		"http://b%C3%BCcher.example/":            "http://xn--bcher-kva.example:80",
		"http://XN--BCHER-KVA.example/":          "http://xn--bcher-kva.example:80",
		"http://\uff45xample.com/":               "http://example.com:80",
		"http://a_b.example/":                    "http://a_b.example:80",
		"http://1.2.3.4./":                       "http://1.2.3.4:80",
		"http://[2001:DB8:0::1]/":                "http://[2001:db8::1]:80",
		"http://[2001:db8::1]:8080":              "http://[2001:db8::1]:8080",
		"http://[fe80::1%25eth0]/":               "http://[fe80::1%25eth0]:80",
		"http://a;b@evil.example/":               "http://evil.example:80", // E8
		"http://example.com#@evil.example/x":     "http://example.com:80",  // E7
		"http://example.com:80@evil.example/":    "http://evil.example:80", // B5
		"http://example.com?@evil.example/":      "http://example.com:80",
		"http://a@b@evil.example/":               "http://evil.example:80",
	} {
		o, err := auth.OriginOf(mustURL(t, in))
		if err != nil || o.String() != want {
			t.Errorf("%q: %q, %v; want %q", in, o, err, want)
			continue
		}
		if again, err := auth.ParseOrigin(o.String()); err != nil || again != o {
			t.Errorf("%q: read again %+v, %v", o, again, err)
		}
		if again, err := auth.ParseOrigin(o.Display()); err != nil || again != o {
			t.Errorf("%q: read again %+v, %v", o.Display(), again, err)
		}
	}
}

// SECURITY-CASES E6, E7, E1, E2: what the URL parser refuses is refused, and so
// is a URL made by hand that goes round it.
func TestNoOrigin(t *testing.T) {
	for _, in := range []string{
		"", "/a", "//example.com/", "example.com", "ftp://example.com/", "file:///etc/passwd",
		"http:///a", "http://:80/", "http:example.com", "http://./", "http://\u3002/",
		"http://example.com:0/", "http://example.com:65536/", "http://example.com:99999999999/", "http://example.com:-1/",
		"http://example.com\\@evil.example/", "http://exa mple.com/", "http://example.com%0a/", "http://example.com%0d%0aX:y/",
		"http://example.com%2f@evil.example%2f/", "http://example.com\t/", "http://exa%00mple.com/",
		"http://example.com../", "http://.example.com/", "http://a..b/", "http://\u2100/", "http://[::1/", "http://[::1]x/",
	} {
		if o, err := auth.ParseOrigin(in); !errors.Is(err, auth.ErrOrigin) || o != (auth.Origin{}) {
			t.Errorf("%q: %q, %v", in, o, err)
		}
	}
	for _, host := range []string{
		"a\nb", "a\rb", "a\x00b", "a b", "a\tb", "a%0ab", "a/b", "a@b", `a\b`, "a#b", "a?b", "a\x7fb", "[fe80::1%a\nb]", "[fe80::1%a/b]", "[fe80::1%\u00e4]", "a\u0080b",
	} {
		if o, err := auth.OriginOf(&url.URL{Scheme: "http", Host: host}); !errors.Is(err, auth.ErrOrigin) {
			t.Errorf("host %q: %q, %v", host, o, err)
		}
	}
}

// SECURITY-CASES D11, A10, J2: a host that holds another one is another one.
func TestA10_D11_J2_OtherOrigins(t *testing.T) {
	home := mustOrigin(t, mustURL(t, "https://example.com/"))
	for _, in := range []string{
		"http://example.com/", "https://example.com:8443/", "https://www.example.com/", "https://example.com.evil.example/",
		"https://notexample.com/", "https://example.co/", "https://example.com@evil.example/", "https://evil.example/example.com",
		"https://[::1%25.example.com]/", "https://example-com/", "https://ex\u0430mple.com/",
	} {
		if mustOrigin(t, mustURL(t, in)) == home {
			t.Errorf("%s is %s", in, home)
		}
	}
}

func TestDisplay(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com:443/": "https://example.com",
		"http://example.com:80/":   "http://example.com",
		"http://example.com:443/":  "http://example.com:443",
		"https://[::1]:443/":       "https://[::1]",
		"https://[::1]:8443/":      "https://[::1]:8443",
		"http://b\u00fccher.de":    "http://xn--bcher-kva.de",
	} {
		if got := mustOrigin(t, mustURL(t, in)).Display(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestHostPort(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com/":          "example.com:443",
		"http://[::1]/":                 "[::1]:80",
		"http://[fe80::1%25eth0]:8080/": "[fe80::1%eth0]:8080",
	} {
		if got := mustOrigin(t, mustURL(t, in)).HostPort(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestLoopbackName(t *testing.T) {
	for in, want := range map[string]bool{
		"http://localhost/":              true,
		"http://LocalHost./":             true,
		"http://a.localhost/":            true,
		"http://127.0.0.1/":              true,
		"http://127.255.255.254/":        true,
		"http://[::1]/":                  true,
		"http://[::ffff:127.0.0.1]/":     true,
		"http://localhost.example.com/":  false,
		"http://notlocalhost/":           false,
		"http://127.0.0.1.example.com/":  false,
		"http://0.0.0.0/":                false,
		"http://[::]/":                   false,
		"http://10.0.0.1/":               false,
		"http://localhost@evil.example/": false,
		"http://127.1/":                  false,
		"http://[2001:db8::7f00:1]/":     false,
	} {
		if got := mustOrigin(t, mustURL(t, in)).LoopbackName(); got != want {
			t.Errorf("%s: %v", in, got)
		}
	}
}
