package nethttp

import (
	"context"
	"net"
	"net/http"
	"net/url"
)

// route is how one request goes, decided once and read by the dialler.
type route struct {
	proxy  *url.URL // nil: directly; else without userinfo, with a port
	tunnel bool     // the proxy is asked for a connection, not for the resource
	auth   string   // Proxy-Authorization for CONNECT
	agent  string   // User-Agent for CONNECT
}

type routeKey struct{}

func routeOf(ctx context.Context) route {
	r, _ := ctx.Value(routeKey{}).(route)
	return r
}

// transportProxy tells the Transport of a proxy that takes absolute URLs. The
// others are the dialler's business.
func transportProxy(req *http.Request) (*url.URL, error) {
	if r := routeOf(req.Context()); r.proxy != nil && !r.tunnel {
		return r.proxy, nil
	}
	return nil, nil
}

func (s *Sender) route(req *http.Request) (route, error) {
	if s.config.Proxy == nil {
		return route{}, nil
	}
	p, err := s.config.Proxy(req.URL)
	if err != nil || p == nil {
		return route{}, proxyError(err)
	}
	p, err = normalProxy(p)
	if err != nil {
		return route{}, proxyError(err)
	}
	r := route{proxy: p, agent: req.Header.Get("User-Agent")}
	r.tunnel = req.URL.Scheme == "https" || p.Scheme == "socks5" || p.Scheme == "socks5h"
	if r.tunnel {
		r.auth = req.Header.Get("Proxy-Authorization")
	}
	return r, nil
}

func proxyError(err error) error {
	if err == nil {
		return nil
	}
	return &Error{ProxyName, err}
}

func hostOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}
