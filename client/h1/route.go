package h1

import (
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// route is how one request goes: decided once, read by whoever connects.
type route struct {
	key    key
	host   string   // of the server: A-labels or an address without brackets
	server string   // host:port of the server
	proxy  *url.URL // nil: directly; else without userinfo, with a port
	tunnel bool     // the proxy is asked for a connection, not for the resource
	agent  string   // User-Agent for CONNECT
}

// route decides how the request goes.
func (e *Engine) route(req *http.Request, w *Wire) (route, error) {
	var r route
	switch req.URL.Scheme {
	case "http":
	case "https":
		r.key.secure = true
	default:
		return r, fault(NotHTTP, "URL scheme %q not supported", req.URL.Scheme)
	}
	var err error
	if r.host, r.server, err = hostPort(req.URL); err != nil {
		return r, err
	}
	r.key.addr, r.key.lane, r.key.tls = r.server, w.Lane, w.TLS
	if r.key.tls == nil {
		r.key.tls = &e.config.TLS
	}
	if e.config.Proxy != nil {
		return r, e.viaProxy(&r, req, w)
	}
	return r, nil
}

func (e *Engine) viaProxy(r *route, req *http.Request, w *Wire) error {
	given, err := e.config.Proxy(req.URL)
	if err != nil {
		return &Error{ProxyName, err}
	}
	if given == nil {
		return nil
	}
	if r.proxy, err = normalProxy(given); err != nil {
		return &Error{ProxyName, err}
	}
	r.key.proxy = r.proxy.String()
	r.tunnel = r.key.secure || r.socks()
	if !r.tunnel {
		r.key.addr = r.proxy.Host
		return nil
	}
	r.agent = fieldOf(req, w, "User-Agent")
	if r.socks() {
		return nil
	}
	r.key.auth = fieldOf(req, w, "Proxy-Authorization")
	if password, has := given.User.Password(); r.key.auth == "" && (has || given.User.Username() != "") {
		pair := given.User.Username() + ":" + password
		r.key.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
	}
	return nil
}

func (r *route) socks() bool {
	return r.proxy != nil && (r.proxy.Scheme == "socks5" || r.proxy.Scheme == "socks5h")
}

// absolute tells that the request-target names the whole URL (RFC 9112 section
// 3.2.2).
func (r *route) absolute() bool { return r.proxy != nil && !r.tunnel }

// fieldOf returns the value of the request's first field of the name, which is
// in canonical form.
func fieldOf(req *http.Request, w *Wire, name string) string {
	if w.Fields == nil {
		return req.Header.Get(name)
	}
	for _, f := range w.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// hostPort returns the host of the URL as it is resolved, and host:port as it
// is dialled.
func hostPort(u *url.URL) (host, addr string, err error) {
	host = u.Hostname()
	if host == "" {
		return "", "", fault(BadRequest, "the URL names no host")
	}
	if host, err = asciiHost(host); err != nil {
		return "", "", err
	}
	port := u.Port()
	if port != "" && len(host)+1+len(port) == len(u.Host) && strings.HasPrefix(u.Host, host) {
		return host, u.Host, nil // as mostly; nothing to put together
	}
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return host, net.JoinHostPort(host, port), nil
}

// asciiHost returns the host in A-labels and lower case, and refuses octets that
// no name has: white space and controls above all, which would end the line
// that they are written into.
func asciiHost(host string) (string, error) {
	upper := false
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 0x80:
			return nameOf(host)
		case 'A' <= c && c <= 'Z':
			upper = true
		case c <= ' ' || c == 0x7f || strings.IndexByte("\"#/<>?@[\\]^`{|}", c) >= 0:
			return "", fault(BadRequest, "the host %q of the URL has a character that no host has", host)
		}
	}
	if upper {
		return strings.ToLower(host), nil
	}
	return host, nil
}

func nameOf(host string) (string, error) {
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", fault(BadRequest, "the host %q of the URL: %w", host, err)
	}
	return ascii, nil
}

// loopbackName reports whether the host of addr is a name (no address) of the
// loopback: localhost, or below it (RFC 6761 section 6.3).
func loopbackName(addr string) (bool, string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false, ""
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost"), port
}

// hostField returns the value of Host (RFC 9112 section 3.2): as the caller
// says, else the authority without a default port.
func hostField(req *http.Request, r *route) string {
	if req.Host != "" && req.Host != req.URL.Host {
		return req.Host
	}
	u := req.URL
	port := u.Port()
	if port == "" && u.Host == r.host {
		return r.host
	}
	if !r.key.secure && port == "80" || r.key.secure && port == "443" {
		port = ""
	}
	host := r.host
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		host = "[" + a.WithZone("").String() + "]" // a zone means nothing to others
	}
	switch {
	case port == "":
		return host
	case len(host)+1+len(port) == len(u.Host) && host == u.Host[:len(host)]:
		return u.Host
	}
	return host + ":" + port
}
