package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"getin/client"
)

// Config says how to connect. The zero value is ready: no proxy, the system's
// CA certificates, TLS 1.2 or later.
type Config struct {
	// Proxy returns the proxy for a URL, nil for none. Schemes: http, https,
	// socks5 (names resolved here), socks5h (names resolved there). Its
	// userinfo is not used: credentials come in the request's
	// Proxy-Authorization. Nil is no proxy at all.
	Proxy func(*url.URL) (*url.URL, error)

	// ConnectTimeout is for resolving, connecting, the proxy's CONNECT and TLS
	// together. Zero is 5 minutes, as in curl.
	ConnectTimeout time.Duration

	// Network is "tcp", "tcp4" or "tcp6"; empty is "tcp".
	Network string

	// CACert names a PEM file whose certificates replace the system's;
	// ProxyCACert the same for https proxies.
	CACert, ProxyCACert string

	// Insecure goes on with a server whose certificate is not trusted, and
	// says so in Wire.Unverified; ProxyInsecure the same for https proxies.
	Insecure, ProxyInsecure bool

	// Pins are the public keys that the server may have, "sha256//BASE64". A
	// server with another one is refused, even under Insecure; one with a
	// pinned key counts as verified.
	Pins []string

	// MinTLS and MaxTLS are versions of crypto/tls. Zero is TLS 1.2, and the
	// latest.
	MinTLS, MaxTLS uint16

	// Certificates are the client's own, for servers that ask for one.
	Certificates []tls.Certificate

	// Getenv reads SSL_CERT_FILE and SSL_CERT_DIR. Nil: they are not looked at.
	Getenv func(string) string
}

const (
	// connectTimeout is curl's default.
	connectTimeout = 5 * time.Minute

	// continueTimeout is how long a body waits for "100 Continue", as in curl.
	continueTimeout = time.Second

	// maxHead bounds the head of a response, in octets, as in curl.
	maxHead = 300 << 10

	// readBuffer, in octets, holds the head and the whole of a small body (4
	// KiB and less is what many small files are), at four pages a connection.
	readBuffer = 16 << 10

	// idlePerHost keeps every connection of a parallel run (curl's
	// --parallel-max is at most 300).
	idlePerHost = 300

	// idleTimeout is how long an idle connection is kept: curl's maxage_conn.
	idleTimeout = 118 * time.Second
)

// Sender is an http.RoundTripper. It may be used by many goroutines at once.
type Sender struct {
	config      Config
	transport   *http.Transport
	roots       roots
	proxyRoots  roots
	sessions    tls.ClientSessionCache
	keysMu      sync.Mutex
	keys        map[string]string // host:port to the first key seen, under Insecure
	dialTimeout time.Duration
}

// New returns a Sender. It opens and reads nothing yet.
func New(c Config) *Sender {
	s := &Sender{
		config:      c,
		roots:       roots{file: c.CACert, getenv: c.Getenv},
		proxyRoots:  roots{file: c.ProxyCACert, getenv: c.Getenv},
		sessions:    tls.NewLRUClientSessionCache(0),
		keys:        map[string]string{},
		dialTimeout: c.ConnectTimeout,
	}
	if s.dialTimeout <= 0 {
		s.dialTimeout = connectTimeout
	}
	s.transport = &http.Transport{
		Proxy:                  transportProxy,
		DialContext:            s.dialClear,
		DialTLSContext:         s.dialTLS,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTimeout,
		ExpectContinueTimeout:  continueTimeout,
		MaxResponseHeaderBytes: 2 * maxHead, // never met: conn.Read refuses before
		ReadBufferSize:         readBuffer,
		Protocols:              new(http.Protocols),
	}
	s.transport.Protocols.SetHTTP1(true)
	return s
}

// CloseIdleConnections closes what is kept for later requests.
func (s *Sender) CloseIdleConnections() { s.transport.CloseIdleConnections() }

// RoundTrip sends one request. Errors are *Error with a Kind, or the context's.
// A proxy's 407 to CONNECT is returned as a response whose Request is the
// CONNECT request (its Method says so) and whose body is cut at 64 KiB.
//
// The body of a response implements io.WriterTo when it can be spliced: see
// SpliceTarget.
func (s *Sender) RoundTrip(req *http.Request) (*http.Response, error) {
	t := &trip{start: time.Now()}
	out, err := s.prepare(req, t)
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // the error that matters is err
		}
		return nil, err
	}
	resp, err := s.transport.RoundTrip(out)
	var refused *connectRefused
	if errors.As(err, &refused) {
		t.fill(client.WireOf(req.Context()), refused.resp, &refused.link)
		return refused.resp, nil
	}
	if err != nil {
		t.fill(client.WireOf(req.Context()), nil, nil)
		return nil, t.explain(req.Context(), err)
	}
	c := t.connection()
	resp.Request = req
	if c != nil {
		resp.TLS = c.link.tls
	}
	t.fill(client.WireOf(req.Context()), resp, nil)
	resp.Body = bodyOf(resp, c)
	return resp, nil
}

// prepare returns the request as the Transport is to see it.
func (s *Sender) prepare(req *http.Request, t *trip) (*http.Request, error) {
	r, err := s.route(req)
	if err != nil {
		return nil, err
	}
	ctx := context.WithValue(req.Context(), routeKey{}, r)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              t.gotConn,
		WroteRequest:         t.wroteRequest,
		GotFirstResponseByte: t.firstByte,
	})
	out := req.WithContext(ctx)
	_, hasAgent := req.Header["User-Agent"]
	if hasAgent && !r.tunnel {
		return out, nil
	}
	out.Header = req.Header.Clone()
	if out.Header == nil {
		out.Header = http.Header{}
	}
	if !hasAgent {
		out.Header["User-Agent"] = nil // or net/http would put its own
	}
	if r.tunnel {
		out.Header.Del("Proxy-Authorization") // for the proxy alone
	}
	return out, nil
}

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
