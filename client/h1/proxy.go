package h1

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ProxyFunc returns the proxy for a URL, nil for none.
type ProxyFunc func(*url.URL) (*url.URL, error)

func (f ProxyFunc) of(u *url.URL) (*url.URL, error) {
	if f == nil {
		return nil, nil
	}
	return f(u)
}

// EnvironmentProxy returns the proxy function for what getenv gives:
// http_proxy, https_proxy, HTTPS_PROXY, all_proxy and ALL_PROXY; of two
// spellings the lower case one. Hosts on the list have none (NoProxy). Nil: the
// environment names no proxy.
func EnvironmentProxy(getenv func(string) string, except string) ProxyFunc {
	plain := environment(getenv, "http_proxy", "all_proxy", "ALL_PROXY")
	secure := environment(getenv, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
	if plain == nil && secure == nil {
		return nil
	}
	return func(u *url.URL) (*url.URL, error) {
		named := plain
		if u.Scheme == "https" {
			named = secure
		}
		if named == nil || noProxy(except).matches(u.Hostname()) {
			return nil, nil
		}
		return named.url, named.err
	}
}

// NoProxy returns the list of no_proxy or NO_PROXY.
func NoProxy(getenv func(string) string) string {
	v, _ := firstOf(getenv, "no_proxy", "NO_PROXY")
	return v
}

// namedProxy is what a variable says. That it is nonsense matters only to a URL
// that it is for.
type namedProxy struct {
	url *url.URL
	err error
}

func environment(getenv func(string) string, names ...string) *namedProxy {
	v, name := firstOf(getenv, names...)
	if v == "" {
		return nil
	}
	p, err := ParseProxy(v)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return &namedProxy{p, err}
}

func firstOf(getenv func(string) string, names ...string) (value, name string) {
	for _, n := range names {
		if v := getenv(n); v != "" {
			return v, n
		}
	}
	return "", ""
}

// FixedProxy returns the proxy function that names the one proxy for every
// host but those on the list, which has the syntax of NO_PROXY.
func FixedProxy(proxy, except string) (ProxyFunc, error) {
	p, err := ParseProxy(proxy)
	if err != nil {
		return nil, err
	}
	return func(u *url.URL) (*url.URL, error) {
		if noProxy(except).matches(u.Hostname()) {
			return nil, nil
		}
		return p, nil
	}, nil
}

// ParseProxy reads "[scheme://][user[:password]@]host[:port]". Without a scheme
// it is an http proxy; "socks" is SOCKS4, as in curl. The user and the password
// are percent-decoded. An error is *Error and repeats neither.
func ParseProxy(s string) (*url.URL, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "http", s
	}
	if scheme = strings.ToLower(scheme); scheme == "socks" {
		scheme = "socks4"
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	var user *url.Userinfo
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		var err error
		if user, err = userinfo(rest[:at]); err != nil {
			return nil, &Error{ProxyName, err}
		}
		rest = rest[at+1:]
	}
	p, err := url.Parse(scheme + "://" + rest)
	if err != nil {
		return nil, fault(ProxyName, "proxy: %w", withoutURL(err))
	}
	p.User = user
	if _, err := normalProxy(p); err != nil {
		return nil, err
	}
	return p, nil
}

func userinfo(s string) (*url.Userinfo, error) {
	user, password, has := strings.Cut(s, ":")
	u, err1 := url.PathUnescape(user)
	p, err2 := url.PathUnescape(password)
	switch {
	case err1 != nil || err2 != nil:
		return nil, errors.New("proxy: a bad percent-encoding before the @")
	case has:
		return url.UserPassword(u, p), nil
	default:
		return url.User(u), nil
	}
}

// withoutURL drops the URL from an error of url.Parse: it may hold a password.
func withoutURL(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

// Default ports of proxies: curl's.
const (
	proxyPort      = "1080"
	proxyPortHTTPS = "443"
)

// normalProxy returns the proxy's URL with scheme, host and port alone.
func normalProxy(p *url.URL) (*url.URL, error) {
	port := p.Port()
	switch {
	case p.Scheme == "https" && port == "":
		port = proxyPortHTTPS
	case p.Scheme != "http" && p.Scheme != "https" && !isSOCKS(p):
		return nil, fault(Connect, "proxy scheme %q not supported", p.Scheme)
	case port == "":
		port = proxyPort
	}
	if p.Hostname() == "" {
		return nil, fault(ProxyName, "proxy without a host")
	}
	return &url.URL{Scheme: p.Scheme, Host: net.JoinHostPort(p.Hostname(), port)}, nil
}

// isSOCKS reports whether the proxy speaks SOCKS.
func isSOCKS(p *url.URL) bool {
	switch p.Scheme {
	case "socks4", "socks4a", "socks5", "socks5h":
		return true
	}
	return false
}
