package h1

import (
	"context"
	"crypto/tls"
	"net/url"
	"time"
)

// Config says how to connect. The zero value is ready: no proxy, the system's
// CA certificates, TLS 1.2 or later, HTTP/1.1.
type Config struct {
	// Proxy returns the proxy for a URL, nil for none. Schemes: http, https,
	// socks4 and socks5 (names resolved here), socks4a and socks5h (names
	// resolved there). Userinfo of a SOCKS proxy is what it is told; that of
	// another goes to it as Basic with CONNECT, when the request has no
	// Proxy-Authorization, and is not used otherwise. Nil is no proxy at all.
	Proxy ProxyFunc

	// PreProxy returns a SOCKS proxy on the way to the proxy, or to the server
	// when there is no other; nil for none.
	PreProxy ProxyFunc

	// Tunnel asks proxies for a tunnel (CONNECT) for http URLs as well.
	Tunnel bool

	// Connect10 writes CONNECT as HTTP/1.0.
	Connect10 bool

	// ProxyFields returns the fields that go to a proxy and no farther: in
	// CONNECT, or in the request when the proxy gets that. One of ours of the
	// same name stays out of CONNECT. Nil: none.
	ProxyFields func(proxy *url.URL) []Field

	// Dial says how sockets are made.
	Dial Dial

	// ConnectTimeout is for resolving, connecting, the proxy's CONNECT and TLS
	// together. Zero is 5 minutes, as in curl.
	ConnectTimeout time.Duration

	// ContinueTimeout is how long a body waits for "100 Continue". Zero is a
	// second, as in curl.
	ContinueTimeout time.Duration

	// HTTP10 writes requests as HTTP/1.0, one for a connection.
	HTTP10 bool

	// PriorHTTP2 speaks HTTP/2 with http servers without asking them (RFC 9113
	// section 3.3), unless a proxy gets the request.
	PriorHTTP2 bool

	// Await has requests, where HTTP/2 is offered, wait for the connection that is
	// being made to their server, to share it. Otherwise each makes its own.
	Await bool

	// Network is "tcp", "tcp4" or "tcp6"; empty is "tcp".
	Network string

	// TLS is for servers, ProxyTLS for https proxies.
	TLS, ProxyTLS TLS

	// Getenv reads SSL_CERT_FILE and SSL_CERT_DIR. Nil: they are not looked at.
	Getenv func(string) string
}

// TLS says whom to trust, and as whom to appear. It must not change once it is
// in use.
type TLS struct {
	// CACert names a PEM file, CAPath a folder of such files, whose certificates
	// replace the system's.
	CACert, CAPath string

	// Insecure goes on with a peer whose certificate is not trusted, and says
	// so in Wire.Unverified.
	Insecure bool

	// Pins are the public keys that the peer may have, "sha256//BASE64". One
	// with another key is refused, even under Insecure; one with a pinned key
	// counts as verified.
	Pins []string

	// MinVersion and MaxVersion are versions of crypto/tls. Zero is TLS 1.2,
	// and the latest.
	MinVersion, MaxVersion uint16

	// Certificate gets the client's own, for servers that ask for one. It is
	// called before a connection is made, in the time of the request and not of
	// the connecting, and may be called at once from many goroutines. Nil: there
	// is none.
	Certificate func(context.Context) (*tls.Certificate, error)

	// CipherSuites are those to be offered for TLS up to 1.2. Nil is the default
	// of crypto/tls.
	CipherSuites []uint16

	// NoALPN tells servers nothing of the versions of HTTP.
	NoALPN bool

	// HTTP2 offers HTTP/2 before HTTP/1.1. Without it, HTTP/2 is spoken only
	// with a server that takes nothing else.
	HTTP2 bool
}

const (
	// connectTimeout is curl's default.
	connectTimeout = 5 * time.Minute

	// continueTimeout is how long a body waits for "100 Continue": curl's
	// default of --expect100-timeout.
	continueTimeout = time.Second

	// maxHead bounds, in octets, the head of a response and the heads of the
	// informational ones before it, together, and a trailer section: curl's
	// MAX_HTTP_RESP_HEADER_SIZE.
	maxHead = 300 << 10

	// maxFields bounds the fields of one head: curl's
	// MAX_HTTP_RESP_HEADER_COUNT. It keeps the map of a hostile head below
	// 1 MiB.
	maxFields = 5000

	// maxChunkLine bounds, in octets, the line of a chunk's size with its
	// extensions: net/http's bufio of 4 KiB, which real servers must fit.
	maxChunkLine = 4 << 10

	// maxOverhead is what chunk lines may exceed the chunks by, in octets, over
	// a whole body (RFC 9112 section 7.1.1 asks for a limit): net/http's.
	maxOverhead = 16 << 10

	// readBuffer, in octets, holds the head and the whole of a small body (4
	// KiB and less is what many small files are), at four pages a connection.
	// Larger ones measured no faster, and larger reads go past it.
	readBuffer = 16 << 10

	// inlineBody, in octets, is the longest request body that is written in one
	// go with the head: what a new socket takes in without the peer's reading
	// (net.ipv4.tcp_wmem, 16 KiB), so that nobody need watch for an early
	// answer.
	inlineBody = 16 << 10

	// sendBuffer, in octets, is the size of a write of a longer body: eight TLS
	// records.
	sendBuffer = 128 << 10

	// sentGrace is how long the end of a response waits for the end of the
	// request's body, which the server has read: a thread's wake-up, not a
	// network's.
	sentGrace = 50 * time.Millisecond

	// idlePerKey keeps every connection of a parallel run (curl's
	// --parallel-max is at most 300).
	idlePerKey = 300

	// idleTimeout is how long an idle connection is kept: curl's maxage_conn.
	idleTimeout = 118 * time.Second

	// maxRefusal bounds the body of a refused CONNECT, in octets: a page for
	// people, read whole before the connection is given up.
	maxRefusal = 64 << 10
)
