package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"getin/client"
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
