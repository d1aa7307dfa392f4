package client

import (
	"context"

	"getin/client/auth"
)

// Outline says of a request what *http.Request cannot. The caller puts one into the
// request's context. It holds for every request that Do makes of the one, as far
// as redirects leave it.
type Outline struct {
	// Fields, when not nil, are the header fields in the order and spelling to be
	// sent. Request.Header holds the same.
	Fields []auth.Field

	// Signed names the fields that a signature covers, beside Host and its date.
	Signed []string

	// Target, when not "", is the request-target to be sent in the place of the
	// URL's, as it stands (--request-target). It is not sent after a redirect.
	Target string

	// Raw leaves the framing of a chunked body in it, where the sender can.
	Raw bool

	// Meanwhile, when not nil, may be called whenever the request is about to wait
	// for the server, on the caller's goroutine.
	Meanwhile func()
}

type outlineKey struct{}

// WithOutline returns a context that carries o to Do.
func WithOutline(ctx context.Context, o *Outline) context.Context {
	return context.WithValue(ctx, outlineKey{}, o)
}

// OutlineOf returns the Outline that the context carries, or an empty one.
func OutlineOf(ctx context.Context) *Outline {
	if o, ok := ctx.Value(outlineKey{}).(*Outline); ok {
		return o
	}
	return &Outline{}
}
