package h1

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
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
	target string   // host:port that is connected to for it (Dial.ConnectTo)
	socks  *url.URL // SOCKS proxy, with its userinfo; nil: none
	proxy  *url.URL // http or https proxy, behind the other if there are two; without userinfo, with a port
	tunnel bool     // the proxy is asked for a connection, not for the resource

	harmless    bool    // the request may be sent twice
	lease       *Lease  // nil: any connection will do
	answer      string  // Proxy-Authorization for CONNECT
	agent       string  // User-Agent for CONNECT
	proxyFields []Field // of the caller's, for the proxy
	connect10   bool
	old         bool             // HTTP/1.0
	prior       bool             // HTTP/2, without asking
	cert        *tls.Certificate // the client's own, once a connection is wanted
	proxyCert   *tls.Certificate // the same, for an https proxy
}

// route decides how the request goes.
func (e *Engine) route(req *http.Request, w *Wire) (route, error) {
	r, err := e.way(req.URL)
	if err != nil {
		return r, err
	}
	if r.key.tls = w.TLS; r.key.tls == nil {
		r.key.tls = &e.config.TLS
	}
	if r.lease = w.Lease; r.lease != nil {
		r.key.lane = r.lease.lane
	}
	if r.tunnel {
		r.agent = fieldOf(req, w, "User-Agent")
		if own := fieldOf(req, w, "Proxy-Authorization"); own != "" {
			r.answer = own
		}
		if r.key.auth = w.As; r.key.auth == "" {
			r.key.auth = r.answer
		}
	}
	return r, nil
}

// way decides what does not depend on the request's fields.
func (e *Engine) way(u *url.URL) (r route, err error) {
	switch u.Scheme {
	case "http":
	case "https":
		r.key.secure = true
	default:
		return r, fault(NotHTTP, "URL scheme %q not supported", u.Scheme)
	}
	if r.host, r.server, err = hostPort(u); err != nil {
		return r, err
	}
	r.target, r.key.addr = r.server, r.server
	if len(e.config.Dial.ConnectTo) > 0 {
		r.target = e.config.Dial.instead(r.server)
	}
	r.old = e.config.HTTP10
	if (e.config.Proxy != nil || e.config.PreProxy != nil) && e.config.Dial.Unix == "" {
		err = e.viaProxy(&r, u)
	}
	r.prior = e.config.PriorHTTP2 && !r.key.secure && !r.absolute()
	return r, err
}

func (e *Engine) viaProxy(r *route, u *url.URL) error {
	given, err := e.config.Proxy.of(u)
	if err != nil {
		return proxyError(err)
	}
	if given != nil && isSOCKS(given) {
		r.socks, given = given, nil
	} else if r.socks, err = e.config.PreProxy.of(u); err != nil {
		return proxyError(err)
	}
	if r.socks != nil {
		r.key.proxy = r.socks.String() + " "
	}
	if given == nil {
		return nil
	}
	if r.proxy, err = normalProxy(given); err != nil {
		return err
	}
	r.key.proxy += r.proxy.String()
	if e.config.ProxyFields != nil {
		r.proxyFields = e.config.ProxyFields(r.proxy)
	}
	if r.tunnel = r.key.secure || e.config.Tunnel || r.target != r.server; !r.tunnel {
		r.key.addr = "" // one connection for every server
		return nil
	}
	r.connect10 = e.config.Connect10
	if password, has := given.User.Password(); has || given.User.Username() != "" {
		pair := given.User.Username() + ":" + password
		r.answer = "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
	}
	return nil
}

// proxyError keeps the kind that an error has.
func proxyError(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	return &Error{ProxyName, err}
}

// Way is how an Engine reaches a URL.
type Way struct {
	// Proxy is the http or https proxy, nil for none.
	Proxy *url.URL

	// Tunnel is the target of the CONNECT that the proxy is asked, "" when it is
	// sent the request itself.
	Tunnel string

	// Relayed: a SOCKS proxy stands before all else.
	Relayed bool
}

// Way tells how the Engine reaches the URL.
func (e *Engine) Way(u *url.URL) (Way, error) {
	r, err := e.way(u)
	w := Way{Proxy: r.proxy, Relayed: r.socks != nil}
	if r.tunnel {
		w.Tunnel = r.target
	}
	return w, err
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
