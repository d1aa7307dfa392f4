package h1

import (
	"context"
	"crypto/tls"
	"io"
	"net/netip"
)

// Tap is told what passes on a request's way, when it passes. It sees secrets,
// and must not keep or change what it is given. It must bear being called on
// several goroutines at once: addresses are tried side by side, and a long body
// is sent beside the reading of the answer. A body that is listened to passes
// through this process; nothing is spliced.
type Tap interface {
	Told(Event)
	Sent(Piece, []byte)
	Received(Piece, []byte)
}

// Piece is what octets are of a message. A head comes whole. Content comes in
// pieces, as it passes; the framing of chunks is left out.
type Piece int

// The pieces.
const (
	Head Piece = iota
	Content
)

// Event is something that happened to the connection of a request.
type Event struct {
	Kind  EventKind
	Addr  string // what is dialled, or whom one shook hands with
	Proxy bool   // of Connected, Reused and Secured: with the proxy

	Local, Peer netip.AddrPort // of Connected and Reused

	TLS        *tls.ConnectionState // of Secured
	Unverified error                // of Secured: see Wire
	PeerKey    string

	Octets int64 // of Uploaded: how long the body was
}

// EventKind is what happened.
type EventKind int

// The events.
const (
	Dialing   EventKind = iota // an address is tried
	Connected                  // to it, or to another that was tried beside it
	Secured                    // TLS stands
	Reused                     // a connection kept from before is used
	Uploaded                   // all of the request's body was written
	Ended                      // the response's body has come to its end, or was given up
)

func tapOf(ctx context.Context) Tap {
	if w := WireOf(ctx); w != nil {
		return w.Tap
	}
	return nil
}

// tell tells of an event, where somebody listens.
func tell(t Tap, e Event) {
	if t != nil {
		t.Told(e)
	}
}

// sent tells of what was written.
func (x *exchange) sent(p Piece, b []byte) {
	if t := x.wire.Tap; t != nil {
		t.Sent(p, b)
		if p == Content {
			t.Told(Event{Kind: Uploaded, Octets: int64(len(b))})
		}
	}
}

// uploaded tells that a long body was written.
func (p *payload) uploaded(err error) {
	if err == nil {
		tell(p.tap, Event{Kind: Uploaded, Octets: p.passed})
	}
}

// pass tells of a piece of a long body that was written.
func (p *payload) pass(b []byte) {
	if p.tap != nil && len(b) > 0 {
		p.passed += int64(len(b))
		p.tap.Sent(Content, b)
	}
}

// tappedBody is the body of a request of HTTP/2, or of its response.
type tappedBody struct {
	io.ReadCloser
	pass func(Piece, []byte)
	end  func() // called at io.EOF
}

// Read implements io.Reader.
func (b *tappedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.pass(Content, p[:n])
	}
	if err == io.EOF {
		b.end()
	}
	return n, err
}

// tappedResponse is one that ends with Close too.
type tappedResponse struct{ *tappedBody }

// Close implements io.Closer.
func (b tappedResponse) Close() error {
	b.end()
	return b.ReadCloser.Close()
}
