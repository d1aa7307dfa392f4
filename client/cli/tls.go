package cli

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"

	"getin/client/auth"
	"getin/client/h1"
	"getin/client/keypair"
)

// serverTLS is the engine's TLS for servers. own gets the client's certificate.
func (o *options) serverTLS(own func(context.Context) (*tls.Certificate, error)) h1.TLS {
	return h1.TLS{
		CACert: o.caCert, CAPath: o.tls.caPath, Insecure: o.insecure, Pins: o.tls.pins,
		MinVersion: o.tls.min, MaxVersion: o.tls.max, CipherSuites: o.tls.suites,
		HTTP2: o.speaks == http2 || o.speaks == http2Prior, NoALPN: o.tls.withoutALPN,
		Certificate: own,
	}
}

// proxyTLS is the engine's TLS for https proxies.
func (o *options) proxyTLS(own func(context.Context) (*tls.Certificate, error)) h1.TLS {
	return h1.TLS{
		CACert: o.proxy.caCert, CAPath: o.proxy.caPath, Insecure: o.proxy.insecure, Pins: o.proxy.pins,
		Certificate: own,
	}
}

// readPins reads "sha256//BASE64" several times with ";" between, or the file of
// a public key, PEM or DER.
func readPins(v string) ([]string, error) {
	if strings.HasPrefix(v, "sha256//") {
		return strings.Split(v, ";"), nil
	}
	b, err := os.ReadFile(v)
	if err != nil {
		return nil, badPin("%v", err)
	}
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	if _, err := x509.ParsePKIXPublicKey(b); err != nil {
		return nil, badPin("%s: no public key in it", v)
	}
	sum := sha256.Sum256(b)
	return []string{"sha256//" + base64.StdEncoding.EncodeToString(sum[:])}, nil
}

func badPin(format string, args ...any) error {
	return &usageError{why: fmt.Sprintf(format, args...), code: exitPin}
}

// isDrive tells that a file name begins with a drive of Windows.
func isDrive(v string) bool {
	return runtime.GOOS == "windows" && len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/')
}

// ownCert is a certificate of the user's, read when it is first wanted. It may be
// used by many goroutines at once.
type ownCert struct {
	run     *run
	options *options
	pair    *ownPair

	// space is for whom the pass phrase is kept when a URL is fetched; false: it
	// is not.
	space func(*url.URL) (auth.Space, bool)

	mu   sync.Mutex
	done bool
	cert *tls.Certificate
	err  error
}

// ownCertificate returns what gets the certificate of -E; nil without it.
func (p *parts) ownCertificate() func(context.Context) (*tls.Certificate, error) {
	c := &ownCert{run: p.run, options: p.options, pair: &p.options.tls.own, space: func(u *url.URL) (auth.Space, bool) {
		o, err := auth.OriginOf(u)
		return auth.Space{Party: auth.Server, Origin: o}, err == nil
	}}
	return c.getter()
}

// proxyCertificate returns what gets that of --proxy-cert; nil without it.
func (p *parts) proxyCertificate() func(context.Context) (*tls.Certificate, error) {
	c := &ownCert{run: p.run, options: p.options, pair: &p.options.proxy.own, space: func(u *url.URL) (auth.Space, bool) {
		proxy, _ := p.proxies.through(u)
		if proxy == nil {
			return auth.Space{}, false
		}
		o, err := auth.OriginOf(proxy)
		return auth.Space{Party: auth.Proxy, Origin: o}, err == nil
	}}
	return c.getter()
}

func (c *ownCert) getter() func(context.Context) (*tls.Certificate, error) {
	if c.pair.files.Cert == "" {
		return nil
	}
	return c.get
}

// get reads the certificate, once. The clock of -m stands still meanwhile: a
// person may be asked.
func (c *ownCert) get(ctx context.Context) (*tls.Certificate, error) {
	defer hold(ctx)()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return c.cert, c.err
	}
	c.cert, c.err = c.load(ctx)
	c.done = ctx.Err() == nil
	return c.cert, c.err
}

func (c *ownCert) load(ctx context.Context) (*tls.Certificate, error) {
	if c.pair.hasPass {
		secret := auth.Credential{Secret: auth.NewSecret(c.pair.pass)}
		c.run.mask.Add(secret)
		return keypair.Load(c.pair.files, func(string) (string, error) { return secret.Secret.Reveal(), nil })
	}
	p := &passPhrase{run: c.run, options: c.options, space: c.space}
	for left := c.options.tries; ; left-- {
		p.begin()
		cert, err := keypair.Load(c.pair.files, func(file string) (string, error) {
			return p.of(ctx, file, left < c.options.tries)
		})
		switch {
		case err == nil:
			p.offer(ctx)
			return cert, nil
		case !errors.Is(err, keypair.ErrPassphrase) || p.from == phraseOfNobody:
			return nil, err
		case p.from == phraseStored:
			left++ // that was not the person's
		case left <= 1:
			return nil, err
		}
	}
}
