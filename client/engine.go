package client

import (
	"errors"
	"net/http"

	"getin/client/auth"
	"getin/client/h1"
)

// Engine makes h1's Engine a Sender: it carries the Wire over, and returns a
// proxy's 407 to CONNECT as the response that it is.
type Engine struct {
	*h1.Engine

	// Stranger, when not nil, is the TLS for requests that redirects have led
	// away from the typed origin, and that nothing of the caller's goes with: the
	// same without the client's certificate.
	Stranger *h1.TLS
}

// RoundTrip implements http.RoundTripper. Errors are h1's.
func (e Engine) RoundTrip(req *http.Request) (*http.Response, error) {
	w := WireOf(req.Context())
	if w == nil {
		w = &Wire{}
	}
	wire := e.wire(w)
	resp, err := e.Engine.Send(req, wire)
	w.fill(wire)
	if err == nil {
		return resp, nil
	}
	var refused *h1.ConnectError
	if errors.As(err, &refused) && refused.Response.StatusCode == auth.Proxy.Status {
		w.Refused = true
		return refused.Response, nil
	}
	return resp, err
}

// Lease begins a lease of the connection for requests like this one; see
// h1.Engine.
func (e Engine) Lease(req *http.Request, w *Wire, lane string, through bool) (*h1.Lease, error) {
	return e.Engine.Lease(req, e.wire(w), lane, through)
}

func (e Engine) wire(w *Wire) *h1.Wire {
	wire := &h1.Wire{
		Fields: fieldsFor(w.Fields), Target: w.Target, Raw: w.Raw, Tap: w.Tap, Lease: w.Lease, As: w.As,
		Meanwhile: w.Meanwhile,
	}
	if w.Stranger {
		wire.TLS = e.Stranger
	}
	return wire
}

func fieldsFor(fields []auth.Field) []h1.Field {
	if fields == nil {
		return nil
	}
	list := make([]h1.Field, len(fields))
	for i, f := range fields {
		list[i] = h1.Field(f)
	}
	return list
}

// fill takes over what the engine has seen.
func (w *Wire) fill(seen *h1.Wire) {
	w.Head, w.Interim, w.SentHead = seen.Head, seen.Interim, seen.SentHead
	w.Local, w.Peer, w.Unix, w.Proxied, w.Reused = seen.Local, seen.Peer, seen.Unix, seen.Proxied, seen.Reused
	w.Unverified, w.PeerKey = seen.Unverified, seen.PeerKey
	w.ProxyUnverified, w.ProxyKey = seen.ProxyUnverified, seen.ProxyKey
	w.ProxyTLS, w.Opened = seen.ProxyTLS, seen.Opened
	w.Start, w.NameResolved, w.Connected, w.Secured = seen.Start, seen.NameResolved, seen.Connected, seen.Secured
	w.Sent, w.FirstByte = seen.Sent, seen.FirstByte
}
