package cli

import (
	"crypto/tls"
	"fmt"
)

// tlsOptions is what the command line says of TLS with servers, beside -k and
// --cacert.
type tlsOptions struct {
	caPath      string
	own         ownPair
	pins        []string
	min, max    uint16
	suites      []uint16
	withoutALPN bool
}

func tlsFlags() []flagDef {
	atLeast := func(v uint16) func(*options, bool) {
		return func(o *options, b bool) {
			if o.tls.min = 0; b {
				o.tls.min = v
			}
		}
	}
	return append(ownPairFlags("", "tls", "your own certificate", func(o *options) *ownPair { return &o.tls.own }), []flagDef{
		{
			letter: "k", name: "insecure", group: "tls", help: "accept any certificate",
			on: func(o *options, b bool) { o.insecure = b },
		},
		{
			name: "cacert", arg: "file", group: "tls", help: "certificates to trust, instead of the system's",
			take: func(o *options, v string) error { o.caCert = v; return nil },
		},
		{
			name: "capath", arg: "dir", group: "tls", help: "folder of certificates to trust, instead of the system's",
			take: func(o *options, v string) error { o.tls.caPath = v; return nil },
		},
		{
			name: "pinnedpubkey", arg: "hashes|file", group: "tls", help: "public keys that the server may have: sha256//BASE64, several with semicolons",
			take: func(o *options, v string) (err error) { o.tls.pins, err = readPins(v); return err },
		},
		{letter: "1", name: "tlsv1", group: "tls", help: "use TLS, of any version that is safe, which is the default", on: atLeast(0)},
		{name: "tlsv1.0", group: "tls", help: "use TLS 1.0 or later", on: atLeast(tls.VersionTLS10)},
		{name: "tlsv1.1", group: "tls", help: "use TLS 1.1 or later", on: atLeast(tls.VersionTLS11)},
		{name: "tlsv1.2", group: "tls", help: "use TLS 1.2 or later, which is the default", on: atLeast(tls.VersionTLS12)},
		{name: "tlsv1.3", group: "tls", help: "use TLS 1.3 or later", on: atLeast(tls.VersionTLS13)},
		{name: "tls-max", arg: "version", group: "tls", help: "use this version of TLS at most", take: takeTLSMax},
		{
			name: "ciphers", arg: "names", group: "tls", help: "cipher suites to offer, for TLS up to 1.2",
			take: func(o *options, v string) (err error) { o.tls.suites, err = readSuites(v); return err },
		},
		{name: "alpn", group: "tls", help: "offer versions of HTTP in TLS, which is the default", on: func(o *options, b bool) { o.tls.withoutALPN = !b }},
	}...)
}

func takeTLSMax(o *options, v string) error {
	versions := map[string]uint16{
		"default": 0, "1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
	}
	version, ok := versions[v]
	if !ok {
		return fmt.Errorf("%q is no version of TLS", v)
	}
	o.tls.max = version
	return nil
}
