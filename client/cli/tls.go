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

// ownCert is the client's certificate, read when it is first wanted. It may be
// used by many goroutines at once.
type ownCert struct {
	run     *run
	options *options

	mu   sync.Mutex
	done bool
	cert *tls.Certificate
	err  error
}

// ownCertificate returns what gets the certificate of -E; nil without it.
func (r *run) ownCertificate(o *options) func(context.Context) (*tls.Certificate, error) {
	if o.tls.cert.Cert == "" {
		return nil
	}
	return (&ownCert{run: r, options: o}).get
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
	t := &c.options.tls
	if t.hasPass {
		secret := auth.Credential{Secret: auth.NewSecret(t.pass)}
		c.run.mask.add(secret)
		return keypair.Load(t.cert, func(string) (string, error) { return secret.Secret.Reveal(), nil })
	}
	p := &passPhrase{run: c.run, options: c.options}
	for left := c.options.tries; ; left-- {
		p.begin()
		cert, err := keypair.Load(t.cert, func(file string) (string, error) {
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
