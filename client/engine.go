package client

import (
	"errors"
	"net/http"

	"getin/client/auth"
	"getin/client/h1"
)

// Engine makes h1's Engine a Sender: it hands the Wire over, and returns a
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
	resp, err := e.Engine.Send(req, e.wire(w))
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

// wire returns the engine's part of w.
func (e Engine) wire(w *Wire) *h1.Wire {
	if w.Stranger {
		w.TLS = e.Stranger
	}
	return &w.Wire
}
