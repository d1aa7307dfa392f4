package h1

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// EnvironmentProxy returns the proxy function for what getenv gives:
// http_proxy, https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY, no_proxy and
// NO_PROXY; of two spellings the lower case one.
func EnvironmentProxy(getenv func(string) string) func(*url.URL) (*url.URL, error) {
	first := func(names ...string) string {
		for _, n := range names {
			if v := getenv(n); v != "" {
				return v
			}
		}
		return ""
	}
	c := httpproxy.Config{
		HTTPProxy:  first("http_proxy", "all_proxy", "ALL_PROXY"),
		HTTPSProxy: first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
		NoProxy:    first("no_proxy", "NO_PROXY"),
	}
	if c.HTTPProxy == "" && c.HTTPSProxy == "" {
		return nil
	}
	return c.ProxyFunc()
}

// FixedProxy returns the proxy function that names the one proxy for every
// host but those that noProxy lists, in the syntax of NO_PROXY. A proxy without
// a scheme is an http proxy.
func FixedProxy(proxy, noProxy string) (func(*url.URL) (*url.URL, error), error) {
	if !strings.Contains(proxy, "://") {
		proxy = "http://" + proxy
	}
	p, err := url.Parse(proxy)
	if err == nil {
		_, err = normalProxy(p)
	}
	if err != nil {
		return nil, &Error{ProxyName, fmt.Errorf("proxy: %w", withoutURL(err))}
	}
	direct := (&httpproxy.Config{HTTPProxy: "x:1", HTTPSProxy: "x:1", NoProxy: noProxy}).ProxyFunc()
	return func(u *url.URL) (*url.URL, error) {
		if noProxy == "*" {
			return nil, nil
		}
		if via, err := direct(u); err != nil || via == nil && !excusedLoopback(u) {
			return nil, err
		}
		return p, nil
	}, nil
}

// excusedLoopback tells the hosts that httpproxy takes no proxy for on its own
// account. A proxy that the user named for this run is taken for them too.
func excusedLoopback(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
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
	switch p.Scheme {
	case "http", "socks5", "socks5h":
		if port == "" {
			port = proxyPort
		}
	case "https":
		if port == "" {
			port = proxyPortHTTPS
		}
	default:
		return nil, fmt.Errorf("proxy scheme %q not supported", p.Scheme)
	}
	if p.Hostname() == "" {
		return nil, fmt.Errorf("proxy without a host")
	}
	return &url.URL{Scheme: p.Scheme, Host: net.JoinHostPort(p.Hostname(), port)}, nil
}
