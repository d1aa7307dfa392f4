package nethttp

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// dialTLS is the Transport's dialler where it wants TLS: to a server, through
// whatever proxy, or to an https proxy that takes absolute URLs.
func (s *Sender) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	ctx, cancel := s.limit(ctx)
	defer cancel()
	c := &conn{secure: true}
	r := routeOf(ctx)
	c.link.proxied = r.proxy != nil
	toProxy := r.proxy != nil && !r.tunnel
	s.rootsFor(toProxy).start()
	var nc net.Conn
	var err error
	if r.tunnel {
		nc, err = s.openTunnel(ctx, &c.link, r, addr)
	} else {
		nc, err = s.connect(ctx, &c.link, addr, toProxy)
	}
	if err != nil {
		return nil, err
	}
	c.raw = rawOf(nc)
	c.Conn, err = s.secure(ctx, &c.link, nc, addr, toProxy)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s *Sender) rootsFor(proxy bool) *roots {
	if proxy {
		return &s.proxyRoots
	}
	return &s.roots
}

// secure shakes hands with the host of addr over nc, which it closes when that
// fails, and notes in l what it learns.
func (s *Sender) secure(ctx context.Context, l *link, nc net.Conn, addr string, proxy bool) (net.Conn, error) {
	host := hostOf(addr)
	insecure := s.config.Insecure
	if proxy {
		insecure = s.config.ProxyInsecure
	}
	pool, err := s.rootsFor(proxy).get()
	if err != nil && !insecure {
		_ = nc.Close() // unused
		return nil, &Error{CAFile, err}
	}
	v := &verifier{sender: s, pool: pool, poolErr: err, host: host, addr: addr, insecure: insecure, proxy: proxy}
	tc := tls.Client(nc, s.tlsConfig(v))
	if err := tc.HandshakeContext(ctx); err != nil {
		_ = nc.Close() // of no use any more
		return nil, &Error{handshakeKind(err), fmt.Errorf("TLS with %s: %w", host, err)}
	}
	l.secured, l.unverified, l.key = time.Now(), v.unverified, v.key
	if !proxy {
		state := tc.ConnectionState()
		l.tls = &state
	}
	return tc, nil
}

func (s *Sender) tlsConfig(v *verifier) *tls.Config {
	c := &tls.Config{
		ServerName:         v.host,
		MinVersion:         s.config.MinTLS,
		MaxVersion:         s.config.MaxTLS,
		NextProtos:         []string{"http/1.1"},
		RootCAs:            v.pool,
		InsecureSkipVerify: v.insecure, // verifier.check looks all the same
		VerifyConnection:   v.check,
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if !v.proxy {
		// A session is resumed on the strength of an earlier check; what a
		// proxy's roots vouched for must not count for a server.
		c.ClientSessionCache = s.sessions
		c.Certificates = s.config.Certificates
	}
	return c
}

// handshakeKind tells a certificate that is not trusted from the rest.
func handshakeKind(err error) Kind {
	var cert *tls.CertificateVerificationError
	var known *Error
	switch {
	case errors.As(err, &known):
		return known.Kind
	case errors.As(err, &cert):
		return Certificate
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	default:
		return TLSHandshake
	}
}

// verifier judges the peer of one handshake, a resumed one too.
type verifier struct {
	sender   *Sender
	pool     *x509.CertPool
	poolErr  error
	host     string
	addr     string
	insecure bool
	proxy    bool

	key        string
	unverified error
}

// check is called after crypto/tls has verified the peer; under insecure, in
// place of that.
func (v *verifier) check(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	leaf := state.PeerCertificates[0]
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	v.key = "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
	if pins := v.sender.config.Pins; len(pins) > 0 && !v.proxy {
		if !slices.Contains(pins, v.key) {
			return &Error{Pin, fmt.Errorf("its public key %s is none of the pinned", v.key)}
		}
		return nil
	}
	if !v.insecure {
		return nil
	}
	v.unverified = v.poolErr
	if v.poolErr == nil {
		v.unverified = verifyChain(state.PeerCertificates, v.pool, v.host)
	}
	return v.sender.steady(v)
}

func verifyChain(chain []*x509.Certificate, pool *x509.CertPool, host string) error {
	opts := x509.VerifyOptions{Roots: pool, DNSName: host, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(opts)
	return err
}

// steady refuses an unverified peer whose key is not the one that this origin
// showed first in this run: else somebody could step in between challenge and
// answer (RULES R7).
func (s *Sender) steady(v *verifier) error {
	s.keysMu.Lock()
	defer s.keysMu.Unlock()
	first, seen := s.keys[v.addr]
	if !seen {
		s.keys[v.addr] = v.key
		return nil
	}
	if v.unverified != nil && first != v.key {
		return &Error{Pin, fmt.Errorf("%w: %s, before %s", ErrKeyChanged, v.key, first)}
	}
	return nil
}
