package cli

import (
	"errors"
	"strings"
	"testing"
)

func TestReadURL(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"https://example.com", "https://example.com/"},
		{"example.com", "https://example.com/"},
		{"example.com:8443/a?b#c", "https://example.com:8443/a?b"},
		{"localhost", "http://localhost/"},
		{"localhost:8080/x", "http://localhost:8080/x"},
		{"www.localhost/x", "http://www.localhost/x"},
		{"127.0.0.1:1", "http://127.0.0.1:1/"},
		{"[::1]:80/x", "http://[::1]/x"},
		{"127.0.0.1.example.com", "https://127.0.0.1.example.com/"},
		{"HTTP://EXAMPLE.com:80/", "http://example.com/"},
		{"https://example.com:443/", "https://example.com/"},
		{"https://example.com./", "https://example.com/"},
		{"https://b\u00fccher.example/", "https://xn--bcher-kva.example/"},
		{"https://example.com/a/../b/./c", "https://example.com/b/c"},
		{"https://example.com/a%2Fb|c", "https://example.com/a%2Fb%7Cc"},
		{"https://example.com/100%", "https://example.com/100%25"},
		{"https://example.com/%zz?a=%zz", "https://example.com/%25zz?a=%zz"},
		{"https://example.com/\u00fc", "https://example.com/%C3%BC"},
		{"https://example.com?q", "https://example.com/?q"},
		{"//example.com/x", "https://example.com/x"},
		// SECURITY E7 and E8: the host is what RFC 3986 says it is.
		{"http://example.com#@evil.example/x", "http://example.com/"},
		{"http://example.com/@evil.example/x", "http://example.com/@evil.example/x"},
		{"http://example.com?@evil.example/x", "http://example.com/?@evil.example/x"},
		{"http://a;b@evil.example/", "http://evil.example/"},
		{"http://example.com:80@evil.example/", "http://evil.example/"},
		{"example.com:80@evil.example", "https://evil.example/"},
	} {
		got, err := readURL(test.typed)
		if err != nil {
			t.Errorf("%s: %v", test.typed, err)
			continue
		}
		if got.url.String() != test.want || got.url.User != nil {
			t.Errorf("%s: %s, want %s", test.typed, got.url, test.want)
		}
		if !strings.HasPrefix(got.url.String(), got.origin.Display()+"/") {
			t.Errorf("%s: the URL is %s and the origin %s", test.typed, got.url, got.origin)
		}
	}
}

// SECURITY E1, E2, E6, E7: refused before anything is looked up.
func TestReadURLRefuses(t *testing.T) {
	for typed, code := range map[string]int{
		"": exitURL, "http://": exitURL, "https:///path": exitURL, "://x": exitURL, "http:example.com": exitURL, "http:/example.com": exitURL,
		"https:": exitURL, "http://host:port/": exitURL, "http://host:0/": exitURL, "http://host:65536/": exitURL,
		"http://a b/": exitURL, "http://a/b c": exitURL, "http://a/\n": exitURL, "http://a/\r": exitURL, "http://a/\x00": exitURL, "http://a\t/": exitURL,
		"http://a%0ab/": exitURL, "http://a%0d/": exitURL, "http://a%00/": exitURL, "http://a%2fb/": exitURL, "http://a%20b/": exitURL,
		"http://u%0a@a/": exitURL, "http://u:p%0d@a/": exitURL, "http://u%00:p@a/": exitURL, "http://u%zz@a/": exitURL,
		`http://example.com\@evil.example/`: exitURL, `http://example.com\.evil.example/`: exitURL,
		"http://a@b@c/": exitURL, "http://a:b@c@d/": exitURL, "http://[::1/": exitURL, "http://[x]/": exitURL,
		"ftp://example.com/": exitProtocol, "file:///etc/passwd": exitProtocol, "javascript://x": exitProtocol, "mailto:a@b.example": exitURL,
	} {
		got, err := readURL(typed)
		var e *urlError
		if err == nil {
			if typed == "mailto:a@b.example" && got.origin.Host == "b.example" {
				continue // RFC 3986: a user named "mailto" at b.example, as in curl
			}
			t.Errorf("%q: taken as %s", typed, got.url)
			continue
		}
		if !errors.As(err, &e) || e.code != code {
			t.Errorf("%q: %v, want exit %d", typed, err, code)
		}
	}
}

func TestUserinfo(t *testing.T) {
	for _, test := range []struct {
		typed, user, password string
		hasUser, hasPassword  bool
	}{
		{"http://h/", "", "", false, false},
		{"http://alice@h/", "alice", "", true, false},
		{"http://alice:@h/", "alice", "", true, true},
		{"http://alice:p%3Aw:d@h/", "alice", "p:w:d", true, true},
		{"http://a%40b:%25@h/", "a@b", "%", true, true},
		{"http://:tok@h/", "", "tok", true, true},
		{"http://@h/", "", "", false, false},
		{"alice:secret@localhost:80/", "alice", "secret", true, true},
	} {
		got, err := readURL(test.typed)
		if err != nil {
			t.Errorf("%s: %v", test.typed, err)
			continue
		}
		if got.user != test.user || got.password != test.password || got.hasUser != test.hasUser || got.hasPassword != test.hasPassword {
			t.Errorf("%s: %+v", test.typed, got)
		}
	}
}

// No error repeats what may be a password (SECURITY G2).
func TestG2_URLErrorsHoldNoSecret(t *testing.T) {
	for _, typed := range []string{
		"http://u:hunter2@h:port/", "http://u:hunter2@a@b/", "ftp://u:hunter2@h/", "http://u:hunter2@h/ x",
		"http://u:hunter2@h%00/", "u:hunter2@", "http://u:hunter2%zz@h/", "http://u:hunter2@[::1/",
	} {
		if _, err := readURL(typed); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", typed, err)
		}
	}
}

func FuzzReadURL(f *testing.F) {
	f.Add("http://a:b@h:1/p?q#f")
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := readURL(typed)
		if err != nil {
			return
		}
		again, err := readURL(got.url.String())
		if err != nil || again.origin != got.origin || again.url.String() != got.url.String() {
			t.Errorf("%q: read as %s, and that as %v (%v)", typed, got.url, again, err)
		}
	})
}
