package nethttp

import (
	"crypto/tls"
	"net/url"
	"time"
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
