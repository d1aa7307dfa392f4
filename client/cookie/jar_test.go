package cookie

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// today is the time of every test.
var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func newJar() *Jar { return &Jar{testOnlyNow: func() time.Time { return today }} }

// lines are what a file holds of the jar, without its heading.
func lines(j *Jar) string { return strings.TrimPrefix(j.text(), heading) }

// What a server sets, and what a file then holds. Where RFC 6265 leaves a choice
// the expectation is what curl 7.88 wrote.
func TestSetCookies(t *testing.T) {
	for _, test := range []struct {
		name, host, path string
		fields, want     string // lines
	}{
		{"for the host alone", "www.example.com", "/a/b", "a=b", "www.example.com\tFALSE\t/a/\tFALSE\t0\ta\tb"},
		{"root", "www.example.com", "/a", "a=b", "www.example.com\tFALSE\t/\tFALSE\t0\ta\tb"},
		{"domain", "www.example.com", "/", "a=1; Domain=example.com; HttpOnly", "#HttpOnly_.example.com\tTRUE\t/\tFALSE\t0\ta\t1"},
		{"E15 domain, dot and case", "www.example.com", "/", "a=1; DOMAIN=.Example.COM", ".example.com\tTRUE\t/\tFALSE\t0\ta\t1"},
		{"the last domain", "www.example.com", "/", "a=1; domain=b.org; domain=example.com", ".example.com\tTRUE\t/\tFALSE\t0\ta\t1"},
		{"empty domain", "www.example.com", "/", "a=1; domain=", "www.example.com\tFALSE\t/\tFALSE\t0\ta\t1"},
		{"E16 domain of others", "www.example.com", "/", "a=1; domain=example.org\na=1; domain=ample.com\na=1; domain=b.www.example.com", ""},
		{"E15 domain with a last dot", "www.example.com", "/", "a=1; domain=example.com.\na=1; domain=com.", ""},
		{"E15 public suffix", "www.example.co.uk", "/", "a=1; domain=co.uk\na=1; domain=uk\na=1; domain=CO.uk", ""},
		{"a suffix of the list's private part", "me.github.io", "/", "a=1; domain=github.io", ""},
		{"the suffix itself", "github.io", "/", "a=1; domain=github.io", "github.io\tFALSE\t/\tFALSE\t0\ta\t1"},
		{"a domain in another alphabet", "www.xn--bcher-kva.example", "/", "a=1; domain=b\u00fccher.example", ".xn--bcher-kva.example\tTRUE\t/\tFALSE\t0\ta\t1"},
		{"E15 ideographic full stops", "www.example.co.uk", "/", "a=1; domain=co\u3002uk", ""},
		{"E16 address", "127.0.0.1", "/", "a=1; domain=127.0.0.1\nb=1; domain=0.0.1\nb=1; domain=.0.1", "127.0.0.1\tFALSE\t/\tFALSE\t0\ta\t1"},
		{"localhost", "localhost", "/", "a=1; domain=localhost", "localhost\tFALSE\t/\tFALSE\t0\ta\t1"},
		{"path", "h.org", "/x/y", "a=1; path=/q/", "h.org\tFALSE\t/q/\tFALSE\t0\ta\t1"},
		{"path in quotes", "h.org", "/x/y", `a=1; path="/q"`, "h.org\tFALSE\t/q\tFALSE\t0\ta\t1"},
		{"no path", "h.org", "/x/y", "a=1; path=q\nb=1; path=", "h.org\tFALSE\t/x/\tFALSE\t0\tb\t1\nh.org\tFALSE\t/x/\tFALSE\t0\ta\t1"},
		{"spaces and quotes", "h.org", "/", "  q \t= \"v v\" ;  Path = /", "h.org\tFALSE\t/\tFALSE\t0\tq\t\"v v\""},
		{"equal signs", "h.org", "/", "a=b=c", "h.org\tFALSE\t/\tFALSE\t0\ta\tb=c"},
		{"no value", "h.org", "/", "a=", "h.org\tFALSE\t/\tFALSE\t0\ta\t"},
		{"no name", "h.org", "/", "=a\n=\nnoequals\n; path=/", ""},
		{"E14 TAB", "h.org", "/", "a\tb=1\nb=1\t2\nc=1; path=/\tTRUE", ""},
		{"E13 controls", "h.org", "/", "a=\x01\nb\x7f=1\nc=1; path=/\x1f", ""},
		{"octets beyond ASCII", "h.org", "/", "a=\xfcx", "h.org\tFALSE\t/\tFALSE\t0\ta\t\xfcx"},
		{"Max-Age", "h.org", "/", "a=1; max-age=100", fmt.Sprintf("h.org\tFALSE\t/\tFALSE\t%d\ta\t1", today.Unix()+100)},
		{"Max-Age in quotes", "h.org", "/", `a=1; max-age="100"`, fmt.Sprintf("h.org\tFALSE\t/\tFALSE\t%d\ta\t1", today.Unix()+100)},
		{"Max-Age before Expires", "h.org", "/", "a=1; max-age=100; expires=Wed, 21 Oct 1999 07:28:00 GMT", fmt.Sprintf("h.org\tFALSE\t/\tFALSE\t%d\ta\t1", today.Unix()+100)},
		{"Max-Age after Expires", "h.org", "/", "a=1; expires=Wed, 21 Oct 1999 07:28:00 GMT; max-age=100", fmt.Sprintf("h.org\tFALSE\t/\tFALSE\t%d\ta\t1", today.Unix()+100)},
		{"Max-Age without end", "h.org", "/", "a=1; max-age=99999999999999999999\nb=1; max-age=9223372036854775807", "h.org\tFALSE\t/\tFALSE\t9223372036854775807\tb\t1\nh.org\tFALSE\t/\tFALSE\t9223372036854775807\ta\t1"},
		{"Max-Age that is over", "h.org", "/", "a=1; max-age=0\nb=1; max-age=-1", ""},
		{"Expires", "h.org", "/", "a=1; expires=Wed, 21 Oct 2099 07:28:00 GMT", "h.org\tFALSE\t/\tFALSE\t4096250880\ta\t1"},
		{"Expires, unreadable", "h.org", "/", "a=1; expires=soon", "h.org\tFALSE\t/\tFALSE\t0\ta\t1"},
		{"Expires, long ago", "h.org", "/", "a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT\nb=1; expires=Wed, 21 Oct 1959 07:28:00 GMT", ""},
		{"E14 too long", "h.org", "/", "a=" + strings.Repeat("x", 4096) + "\nb=1; path=/" + strings.Repeat("x", 5000), ""},
		{"as long as may be", "h.org", "/", "a=" + strings.Repeat("x", 4095), "h.org\tFALSE\t/\tFALSE\t0\ta\t" + strings.Repeat("x", 4095)},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := newJar()
			j.SetCookies(test.host, test.path, true, strings.Split(test.fields, "\n"))
			if got := strings.TrimSuffix(lines(j), "\n"); got != test.want {
				t.Errorf("%q at %s%s makes\n%q, want\n%q", test.fields, test.host, test.path, got, test.want)
			}
		})
	}
}

// Secure, and what rests on it (RFC 6265bis section 5.7).
func TestSecure(t *testing.T) {
	set := func(fields ...string) *Jar {
		j := newJar()
		j.SetCookies("h.example.org", "/", true, []string{"old=1; secure; domain=example.org; path=/login"})
		j.SetCookies("h.example.org", "/", false, fields)
		return j
	}
	if got := set().Cookies("h.example.org", "/login", false); got != "" {
		t.Errorf("sent where others read it: %q", got)
	}
	if got := set().Cookies("h.example.org", "/login", true); got != "old=1" {
		t.Errorf("sent where nobody reads it: %q", got)
	}
	for field, stored := range map[string]bool{
		"new=2; secure":                                     false,
		"old=2; path=/login/en":                             false,
		"old=2; path=/login":                                false,
		"old=2; path=/loginhelper":                          true,
		"old=2; path=/":                                     true,
		"old=2; domain=example.org":                         true,
		"old=2; domain=example.org; path=/login; max-age=0": false,
		"new=2; path=/login":                                true,
	} {
		j := set(field)
		if got := strings.Contains(lines(j), "\t2\n"); got != stored {
			t.Errorf("%s: stored: %v", field, got)
		}
		if !strings.Contains(lines(j), "TRUE\t/login\tTRUE\t0\told\t1\n") {
			t.Errorf("%s: the Secure cookie is lost", field)
		}
	}
	j := newJar()
	j.SetCookies("example.org", "/", true, []string{"a=1; secure"})
	j.SetCookies("h.example.org", "/", false, []string{"a=2; domain=example.org", "a=3"})
	if got := lines(j); got != "example.org\tFALSE\t/\tTRUE\t0\ta\t1\n" {
		t.Errorf("a name below the domain overlays: %q", got)
	}
}

func TestPrefixes(t *testing.T) {
	for field, stored := range map[string]bool{
		"__Secure-a=1":                                     false,
		"__Secure-a=1; secure":                             true,
		"__SECURE-a=1":                                     false,
		"__Host-a=1; path=/":                               false,
		"__Host-a=1; secure; path=/":                       true,
		"__Host-a=1; secure":                               false,
		"__Host-a=1; secure; path=/x":                      false,
		"__host-a=1; secure; path=/; domain=example.org":   false,
		"__Host-a=1; secure; path=/; domain=h.example.org": false,
		"__Hos-a=1":                                        true,
	} {
		j := newJar()
		j.SetCookies("h.example.org", "/", true, []string{field})
		if got := lines(j) != ""; got != stored {
			t.Errorf("%s: stored: %v", field, got)
		}
	}
}

// Which cookies of a file go where, in which order: recorded from curl 7.88.
func TestCookies(t *testing.T) {
	j := newJar()
	if err := j.Read(strings.NewReader(sample), false); err != nil {
		t.Fatal(err)
	}
	const all = "future=10; upper=17; blank=; honly=7; low=21; b=19; a=20; wide=1; hdr=14"
	for _, test := range []struct{ host, path, want string }{
		{"www.example.com", "/", all},
		{"www.example.com", "", all},
		{"www.example.com", "/ab", all},
		{"www.example.com", "/a", "paslash=5; pa=3; " + all},
		{"www.example.com", "/a/", "paslash=5; pa=3; " + all},
		{"www.example.com", "/a/b/c", "pab=4; paslash=5; pa=3; " + all},
		{"example.com", "/", "narrow=2; wide=1; hdr=14"},
		{"foo.example.com", "/", "wide=1; hdr=14"},
		{"badexample.com", "/", ""},
		{"other.org", "/", ""},
		{"127.0.0.1", "/", ""},
		{"x.co.uk", "/", ""},
		{"co.uk", "/", "uk=25"},
		{"a.localhost", "/", ""},
		{"localhost", "/", "l=26"},
		{"2001:db8::1", "/", "six=27"},
	} {
		if got := j.Cookies(test.host, test.path, false); got != test.want {
			t.Errorf("%s%s gets %q, want %q", test.host, test.path, got, test.want)
		}
	}
	if got := j.Cookies("www.example.com", "/", true); !strings.Contains(got, "sec=6") {
		t.Errorf("over TLS: %q", got)
	}
}

func TestReplaced(t *testing.T) {
	j := newJar()
	j.SetCookies("h.org", "/", true, []string{"a=1; path=/x", "b=2"})
	j.SetCookies("h.org", "/", true, []string{"a=3; path=/x/", "b=4; path=/other", "c=5"})
	j.SetCookies("h.org", "/", true, []string{"c=; max-age=0"})
	if got, want := lines(j), "h.org\tFALSE\t/other\tFALSE\t0\tb\t4\nh.org\tFALSE\t/\tFALSE\t0\tb\t2\nh.org\tFALSE\t/x/\tFALSE\t0\ta\t3\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExpiry(t *testing.T) {
	now := today
	j := &Jar{testOnlyNow: func() time.Time { return now }}
	j.SetCookies("h.org", "/", true, []string{"a=1; max-age=10"})
	if got := j.Cookies("h.org", "/", true); got != "a=1" {
		t.Errorf("at once: %q", got)
	}
	now = now.Add(10 * time.Second)
	if got := j.Cookies("h.org", "/", true); got != "" || lines(j) != "" {
		t.Errorf("when its time is over: %q, %q", got, lines(j))
	}
}

func TestLimits(t *testing.T) {
	j := newJar()
	var fields []string
	for i := range 60 {
		fields = append(fields, fmt.Sprintf("n%d=v", i))
	}
	j.SetCookies("h.org", "/", true, fields)
	if got := strings.Count(lines(j), "\n"); got != maxTaken {
		t.Errorf("%d cookies of one response", got)
	}
	for i := range 3 * maxSite / maxTaken {
		for k := range fields {
			fields[k] = fmt.Sprintf("m%d-%d=v", i, k)
		}
		j.SetCookies("h.org", "/", true, fields)
	}
	if got := strings.Count(lines(j), "\n"); got != maxSite {
		t.Errorf("%d cookies of one site", got)
	}
	if got := strings.Count(j.Cookies("h.org", "/", true), "="); got != maxSent {
		t.Errorf("%d cookies sent", got)
	}
	j = newJar()
	for i := range 4 {
		j.SetCookies("h.org", "/", true, []string{fmt.Sprintf("n%d=%s", i, strings.Repeat("v", 4000))})
	}
	if got := j.Cookies("h.org", "/", true); len(got) > 8190 || strings.Count(got, "=") != 2 {
		t.Errorf("a field of %d octets", len(got))
	}
}

func TestTogether(t *testing.T) {
	j := newJar()
	done := make(chan string)
	for i := range 8 {
		go func() {
			for k := range 100 {
				j.SetCookies("h.org", "/", true, []string{fmt.Sprintf("n%d=%d", i, k)})
				_ = j.Cookies("h.org", "/", true)
			}
			done <- lines(j)
		}()
	}
	for range 8 {
		<-done
	}
	if got := strings.Count(lines(j), "\t99\n"); got != 8 {
		t.Errorf("%d of 8 are there", got)
	}
}
