package h1

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"time"
)

// Field is one header field as it is written on the wire.
type Field struct{ Name, Value string }

// Wire says of a request what *http.Request cannot, and tells of the exchange
// what *http.Response cannot. The caller puts one into the request's context.
// It belongs to that one request, and must not be read before RoundTrip has
// returned; after that, the engine leaves it alone.
type Wire struct {
	// Fields, when not nil, are the request's header fields in the order and
	// the spelling to be sent; Request.Header is then not looked at. Host,
	// Content-Length and Transfer-Encoding are the engine's own: the first comes
	// from Request.Host or the URL, the others from the body.
	Fields []Field

	// Target, when not "", is the request-target, as it stands, in the place of
	// the URL's.
	Target string

	// Lease, when not nil, is what the connection is leased by. Requests of one
	// lease come one after the other.
	Lease *Lease

	// As tells apart who may share a tunnel through a proxy, when that is not
	// told by Proxy-Authorization alone: the answers of some schemes differ with
	// every request.
	As string

	// TLS replaces Config.TLS for this request. Connections and sessions are
	// shared by requests whose TLS is the same pointer.
	TLS *TLS

	// Raw leaves the framing of a chunked body in it: what Body reads are the
	// chunks as they came, and the trailer section.
	Raw bool

	// Tap, when not nil, is told what passes.
	Tap Tap

	// Meanwhile, when not nil, is called on the caller's goroutine when a request
	// without a body is about to wait: for a new connection, or over HTTP/1 for its
	// answer.
	Meanwhile func()

	// Head is the head of the response as it came: status line, fields, empty
	// line. Interim are the heads of the informational responses before it
	// (RFC 9110 section 15.2). A head of HTTP/2 is written in the form of
	// HTTP/1, the fields sorted.
	Head    string
	Interim []string

	// Local and Peer are the two ends of the connection; with a proxy, Peer is
	// the proxy, and Proxied is true. Both are zero for a unix socket, and Unix
	// is true.
	Local, Peer netip.AddrPort
	Unix        bool
	Proxied     bool

	// Unverified tells why the TLS peer's certificate would have been refused,
	// had the check not been switched off. Nil for a verified peer and without
	// TLS. PeerKey is the SHA-256 of its public key, "sha256//BASE64".
	Unverified error
	PeerKey    string

	// ProxyUnverified and ProxyKey are the same of an https proxy.
	ProxyUnverified error
	ProxyKey        string

	// ProxyTLS is the state of TLS with an https proxy, nil without one. Opened is
	// the proxy's answer to CONNECT, when this request was the first through the
	// tunnel.
	ProxyTLS *tls.ConnectionState
	Opened   *Opening

	// Reused: the connection had served a request before.
	Reused bool

	// SentHead is the size of the request's head, in octets, with line ends.
	SentHead int

	// Times, taken where the thing happens; each zero when it did not happen
	// for this request (a connection that was reused, no TLS, an answer that
	// came before all of the body was sent).
	Start, NameResolved, Connected, Secured, Sent, FirstByte time.Time
}

// Opening is a proxy's answer that opens a tunnel. It is not to be changed.
type Opening struct {
	Status int
	Head   string // as it came
	Header http.Header
}

type wireKey struct{}

// WithWire returns a context that carries w to the engine.
func WithWire(ctx context.Context, w *Wire) context.Context {
	return context.WithValue(ctx, wireKey{}, w)
}

// WireOf returns the Wire that the context carries, or nil.
func WireOf(ctx context.Context) *Wire {
	w, _ := ctx.Value(wireKey{}).(*Wire)
	return w
}

// link notes in w what is known of the connection.
func (w *Wire) link(l *link, reused bool) {
	w.Local, w.Peer, w.Unix, w.Proxied = l.local, l.peer, l.unix, l.proxied
	w.Unverified, w.PeerKey = l.unverified, l.key
	w.ProxyUnverified, w.ProxyKey, w.ProxyTLS = l.proxyUnverified, l.proxyKey, l.proxyTLS
	if w.Reused = reused; !reused {
		w.Opened = l.opened
		w.NameResolved, w.Connected, w.Secured = l.resolved, l.connected, l.secured
	}
}
