package client

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"time"

	"getin/client/auth"
	"getin/client/h1"
)

// Wire is what one request and its response were on the wire, beside what
// *http.Request and *http.Response can say. The caller puts an empty one into
// the request's context; whoever sends fills what it knows. It belongs to one
// request and must not be read before RoundTrip has returned.
type Wire struct {
	// Fields, when not nil, are the request's header fields in the order and
	// spelling to be sent. Request.Header holds the same.
	Fields []auth.Field

	// Signed names the fields that a signature covers, beside Host and its date.
	Signed []string

	// Raw leaves the framing of a chunked body in it, where the sender can.
	Raw bool

	// Target, when not "", is the request-target to be sent in the place of the
	// URL's, as it stands (--request-target). It is not sent after a redirect.
	Target string

	// Tap, when not nil, is told what passes on the wire.
	Tap h1.Tap

	// Meanwhile, when not nil, may be called whenever the request is about to wait
	// for the server, on the caller's goroutine.
	Meanwhile func()

	// Stranger: redirects have led to an origin that gets nothing of what the
	// caller gave for the first.
	Stranger bool

	// Lease, when not nil, is what the connection is leased by.
	Lease *h1.Lease

	// As tells apart who may share a tunnel through a proxy.
	As string

	// Refused: the response is a proxy's, to the CONNECT that asked it for a
	// tunnel. Opened are the fields of its answer when it opened one for this
	// request.
	Refused bool
	Opened  http.Header

	// Head is the head of the response as it came: status line, fields, empty
	// line. A sender that does not see it leaves it empty, or writes it anew.
	// Interim are the heads of the informational responses before it.
	Head    string
	Interim []string

	// SentHead is the size of the request's head, in octets.
	SentHead int

	// Local and Peer are the two ends of the connection; with a proxy, Peer is
	// the proxy. Zero when they are not known or no IP addresses. Unix: they
	// are the ends of a unix socket.
	Local, Peer netip.AddrPort
	Unix        bool

	// Proxied tells that the request went through a proxy.
	Proxied bool

	// Unverified tells why the TLS peer's certificate would have been refused,
	// had the user not switched the check off. Nil for a verified peer and
	// without TLS. PeerKey is the SHA-256 of its public key, "sha256//BASE64".
	Unverified error
	PeerKey    string

	// ProxyUnverified and ProxyKey are the same of an https proxy.
	ProxyUnverified error
	ProxyKey        string

	// ProxyTLS is the state of TLS with an https proxy, nil without one.
	ProxyTLS *tls.ConnectionState

	// Times, each zero when it did not happen for this request (a connection
	// that was reused, no TLS).
	Start, NameResolved, Connected, Secured, Sent, FirstByte time.Time
	Reused                                                   bool
}

type wireKey struct{}

// WithWire returns a context that carries w to the sender.
func WithWire(ctx context.Context, w *Wire) context.Context {
	return context.WithValue(ctx, wireKey{}, w)
}

// WireOf returns the Wire that the context carries, or nil.
func WireOf(ctx context.Context) *Wire {
	w, _ := ctx.Value(wireKey{}).(*Wire)
	return w
}
