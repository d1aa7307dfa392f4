package client

import (
	"context"

	"getin/client/h1"
)

// Wire is what one request and its response are on the wire, beside what
// *http.Request and *http.Response can say. Do puts one into the context of each
// request that it sends; whoever sends fills what it knows. A sender that does not
// see the head of the response leaves it empty, or writes it anew.
type Wire struct {
	h1.Wire

	// Stranger: redirects have led to an origin that gets nothing of what the
	// caller gave for the first.
	Stranger bool

	// Refused: the response is a proxy's, to the CONNECT that asked it for a
	// tunnel.
	Refused bool
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
