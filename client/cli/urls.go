package cli

import (
	"fmt"
	"net/url"
	"strings"

	"getin/client/auth"
	"getin/client/transfer"
)

// target is a URL as it was typed, read once: what is shown, looked up and
// connected to is the same URL.
type target struct {
	text   string   // as it was typed, perhaps without a scheme
	url    *url.URL // absolute, the host as in origin, without userinfo and fragment
	origin auth.Origin
	typed  *url.URL // before its dot segments were removed
	before string   // what was typed before the path; "" with a userinfo, and where the scheme was guessed

	// The userinfo, percent-decoded.
	user        string
	password    string
	hasUser     bool
	hasPassword bool
}

// urlError is a URL that cannot be used. It does not repeat the URL, which may
// hold a password.
type urlError struct {
	why  string
	code int
}

func (e *urlError) Error() string { return "URL: " + e.why }

func badURL(format string, args ...any) error {
	return &urlError{fmt.Sprintf(format, args...), exitURL}
}

// readURL reads a URL as typed. One without a scheme is https, or http when its
// host is a loopback one by name.
func readURL(typed string) (*target, error) {
	if err := checkOctets(typed); err != nil {
		return nil, err
	}
	protocol, rest, ok := strings.Cut(typed, "://")
	if !ok || !isScheme(protocol) {
		if p, _, colon := strings.Cut(typed, ":"); colon && (strings.EqualFold(p, "http") || strings.EqualFold(p, "https")) {
			return nil, badURL("%q must be followed by \"//\"", p+":")
		}
		return guessScheme(strings.TrimPrefix(typed, "//"))
	}
	protocol = strings.ToLower(protocol)
	if protocol != "http" && protocol != "https" {
		return nil, &urlError{fmt.Sprintf("protocol %q not supported", protocol), exitProtocol}
	}
	t, err := readRest(protocol, rest)
	if err == nil {
		t.before = beforePath(typed)
	}
	return t, err
}

func guessScheme(rest string) (*target, error) {
	t, err := readRest("https", rest)
	if err == nil && t.origin.LoopbackName() {
		return readRest("http", rest)
	}
	return t, err
}

// isScheme reads RFC 3986 section 3.1:
//
//	scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		alpha := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !alpha && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// checkOctets refuses what could end a line of HTTP, or of a helper's protocol
// (git CVE-2020-5260, curl CVE-2012-0036), and the space, which ends a
// request-target.
func checkOctets(s string) error {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == 0x7f {
			return badURL("character %d is %q", i+1, c)
		}
	}
	return nil
}

// readRest reads what follows "://". The authority is checked by hand first:
// parsers differ over it, and that has sent secrets to the wrong host more than
// once (curl CVE-2016-8624, wget CVE-2024-38428).
func readRest(protocol, rest string) (*target, error) {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	if strings.Contains(authority, `\`) {
		return nil, badURL("a backslash before the path")
	}
	t := &target{}
	userinfo, host, has := strings.Cut(authority, "@")
	if !has {
		host = authority
	} else if err := t.takeUserinfo(userinfo, host); err != nil {
		return nil, err
	}
	u, err := url.Parse(protocol + "://" + host + escapePath(tail))
	if err != nil {
		return nil, badURL("%v", bare(err))
	}
	if t.origin, err = auth.OriginOf(u); err != nil {
		return nil, badURL("%v", err)
	}
	// Resolving removes the dot segments, as RFC 3986 section 5.2.4 has it.
	t.typed, t.url = u, u.ResolveReference(u)
	_, t.url.Host, _ = strings.Cut(t.origin.Display(), "://")
	t.url.Fragment, t.url.RawFragment = "", ""
	if t.url.Path == "" {
		t.url.Path = "/"
	}
	return t, nil
}

// bare takes the URL out of an error of net/url.
func bare(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

// nobodys returns the target without the userinfo.
func (t *target) nobodys() *target { return &target{url: t.url, origin: t.origin} }

// fileName is the name that -O gives to what the URL brings.
func (t *target) fileName() string {
	_, rest, found := strings.Cut(t.text, "://")
	if !found {
		rest = t.text
	}
	path := ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 && rest[i] == '/' {
		path, _, _ = strings.Cut(rest[i:], "?")
		path, _, _ = strings.Cut(path, "#")
	}
	return transfer.URLName(path)
}

func (t *target) takeUserinfo(userinfo, host string) error {
	if strings.Contains(host, "@") {
		return badURL("more than one @ before the path")
	}
	user, password, has := strings.Cut(userinfo, ":")
	var err1, err2 error
	t.user, err1 = url.PathUnescape(user)
	t.password, err2 = url.PathUnescape(password)
	if err1 != nil || err2 != nil {
		return badURL("a bad percent-encoding before the @")
	}
	for _, c := range []byte(t.user + t.password) {
		if c < ' ' || c == 0x7f {
			return badURL("a control character before the @")
		}
	}
	t.hasUser, t.hasPassword = t.user != "" || has, has
	return nil
}

// escapePath percent-encodes the octets that RFC 3986 section 2 allows nowhere
// in a URL, and a "%" of the path that encodes nothing, so that what is parsed
// is also what is sent.
func escapePath(tail string) string {
	const illegal = "\"<>\\^`{|}"
	path := true
	var b strings.Builder
	for i := 0; i < len(tail); i++ {
		c := tail[i]
		path = path && c != '?' && c != '#'
		stray := c == '%' && path && (i+2 >= len(tail) || !isHex(tail[i+1]) || !isHex(tail[i+2]))
		if stray || c >= 0x80 || strings.IndexByte(illegal, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
