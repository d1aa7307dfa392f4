package h1

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// identity is what belongs to one TLS: what was read for it, and what must not
// be shared with another: sessions (a client certificate of one would vouch for
// the other), and the keys seen.
type identity struct {
	tls      *TLS
	roots    roots
	sessions tls.ClientSessionCache

	mu     sync.Mutex
	keys   map[string]string // host:port to the first key seen, under Insecure
	onlyH2 map[string]bool   // host:port of the servers that take nothing else
}

func newIdentity(t *TLS, getenv func(string) string) *identity {
	return &identity{
		tls: t, roots: roots{file: t.CACert, dir: t.CAPath, getenv: getenv}, sessions: tls.NewLRUClientSessionCache(0),
		keys: map[string]string{}, onlyH2: map[string]bool{},
	}
}

// identity returns the one of t, which is made when it is first wanted.
func (e *Engine) identity(t *TLS) *identity {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.identities[t]
	if id == nil {
		id = newIdentity(t, e.config.Getenv)
		e.identities[t] = id
	}
	return id
}

// hop is the other end of a handshake.
type hop struct {
	host, addr string
	proxy      bool
	cert       *tls.Certificate // the client's own, or nil
	lane       bool             // HTTP/1.1 and nothing else: HTTP/2 has no connection to authenticate
}

// errOnlyH2: the server speaks HTTP/2 alone, which was not offered.
var errOnlyH2 = errors.New("the server speaks HTTP/2 alone")

// secure shakes hands with the peer over c, and notes what it learns.
func (id *identity) secure(ctx context.Context, c *conn, h hop) error {
	pool, err := id.roots.get()
	if err != nil && !id.tls.Insecure {
		return &Error{CAFile, err}
	}
	v := &verifier{id: id, pool: pool, poolErr: err, hop: h}
	tc := tls.Client(c.nc, id.config(v))
	if err := tc.HandshakeContext(ctx); err != nil {
		if cause := ctx.Err(); errors.Is(cause, context.Canceled) {
			return cause
		}
		if !h.proxy && refusedProtocol(err) && id.learnOnlyH2(h.addr) {
			return errOnlyH2
		}
		return fault(handshakeKind(err), "TLS with %s: %w", h.host, bare(err))
	}
	c.nc = tc
	state := tc.ConnectionState()
	tell(tapOf(ctx), Event{
		Kind: Secured, Addr: h.addr, Proxy: h.proxy, TLS: &state, Unverified: v.unverified, PeerKey: v.key,
	})
	if h.proxy {
		c.link.proxyUnverified, c.link.proxyKey, c.link.proxyTLS = v.unverified, v.key, &state
		return nil
	}
	c.link.secured, c.link.unverified, c.link.key, c.link.tls = time.Now(), v.unverified, v.key, &state
	return nil
}

func (id *identity) config(v *verifier) *tls.Config {
	c := &tls.Config{
		ServerName:         v.hop.host,
		MinVersion:         id.tls.MinVersion,
		MaxVersion:         id.tls.MaxVersion,
		NextProtos:         []string{"http/1.1"},
		RootCAs:            v.pool,
		InsecureSkipVerify: id.tls.Insecure, // verifier.check looks all the same
		VerifyConnection:   v.check,
		ClientSessionCache: sessionsAt{id.sessions, v.hop.addr},
		CipherSuites:       id.tls.CipherSuites,
	}
	if own := v.hop.cert; own != nil {
		// It is shown whatever the authorities are that the server names, as by
		// OpenSSL: the server knows best what it takes.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own, nil }
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	id.mu.Lock()
	defer id.mu.Unlock()
	if !v.hop.proxy && !v.hop.lane && (id.tls.HTTP2 || id.onlyH2[v.hop.addr]) {
		c.NextProtos = []string{"h2", "http/1.1"}
	}
	if id.tls.NoALPN {
		c.NextProtos = nil
	}
	return c
}

// sessionsAt keeps the sessions of each port of a host apart, which crypto/tls
// does not.
type sessionsAt struct {
	cache tls.ClientSessionCache
	addr  string
}

// Get implements tls.ClientSessionCache.
func (s sessionsAt) Get(string) (*tls.ClientSessionState, bool) { return s.cache.Get(s.addr) }

// Put implements tls.ClientSessionCache.
func (s sessionsAt) Put(_ string, state *tls.ClientSessionState) { s.cache.Put(s.addr, state) }

// refusedProtocol tells the alert no_application_protocol (RFC 7301 section
// 3.2). crypto/tls has no name for it.
func refusedProtocol(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Err.Error(), "no application protocol")
}

// learnOnlyH2 remembers that the server did not take http/1.1. It reports
// whether that is news.
func (id *identity) learnOnlyH2(addr string) bool {
	id.mu.Lock()
	defer id.mu.Unlock()
	if id.tls.HTTP2 || id.onlyH2[addr] {
		return false
	}
	id.onlyH2[addr] = true
	return true
}

// handshakeKind tells a certificate that is not trusted from the rest.
func handshakeKind(err error) Kind {
	var cert *tls.CertificateVerificationError
	var known *Error
	var timeout net.Error
	switch {
	case errors.As(err, &known):
		return known.Kind
	case errors.As(err, &cert):
		return Certificate
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	default:
		return TLSHandshake
	}
}

// verifier judges the peer of one handshake, a resumed one too.
type verifier struct {
	id      *identity
	pool    *x509.CertPool
	poolErr error
	hop     hop

	key        string
	unverified error
}

// check is called after crypto/tls has verified the peer; under Insecure, in
// place of that.
func (v *verifier) check(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	sum := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
	v.key = "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
	if pins := v.id.tls.Pins; len(pins) > 0 {
		if !slices.Contains(pins, v.key) {
			return fault(Pin, "its public key %s is none of the pinned", v.key)
		}
		return nil
	}
	if !v.id.tls.Insecure {
		return nil
	}
	v.unverified = v.poolErr
	if v.poolErr == nil {
		v.unverified = verifyChain(state.PeerCertificates, v.pool, v.hop.host)
	}
	return v.id.steady(v)
}

func verifyChain(chain []*x509.Certificate, pool *x509.CertPool, host string) error {
	opts := x509.VerifyOptions{Roots: pool, DNSName: host, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(opts)
	return err
}

// steady refuses an unverified peer whose key is not the one that this address
// showed first in this run: else somebody could step in between a challenge and
// its answer.
func (id *identity) steady(v *verifier) error {
	id.mu.Lock()
	defer id.mu.Unlock()
	first, seen := id.keys[v.hop.addr]
	if !seen {
		id.keys[v.hop.addr] = v.key
		return nil
	}
	if v.unverified != nil && first != v.key {
		return fault(Pin, "%w: %s, before %s", ErrKeyChanged, v.key, first)
	}
	return nil
}
