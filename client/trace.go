package client

import (
	"net/http"

	"getin/client/auth"
	"getin/client/h1"
)

// Trace is told what happens on the way. Every field may be nil. The functions
// are called on the goroutine of the request, must not keep or change what they
// are given, and see secrets: who prints them masks them.
type Trace struct {
	// Request is about to be sent, with the answers in its header.
	Request func(*http.Request)

	// Tap returns who is told what passes on the wire while the request is
	// under way, or nil. It is asked after Request.
	Tap func(*http.Request) h1.Tap

	// Response has come, its body unread. It is called for every response,
	// those that the dialogue consumes among them.
	Response func(*http.Response)

	// Challenged: a response asks for authentication. The error is about those
	// field lines that could not be read.
	Challenged func(*auth.Party, []auth.Challenge, error)

	// Passed over: a challenge that will not be answered, and why.
	PassedOver func(auth.Challenge, error)

	// Chosen: this challenge will be answered, for this user.
	Chosen func(auth.Query, auth.Credential)

	// Settled: what the response proved.
	Settled func(auth.Query, auth.Outcome)

	// Redirected: the next hop, and the names of the fields that do not go
	// along.
	Redirected func(next *http.Request, dropped []string)

	// Retried: the request is sent once more because of this status.
	Retried func(*http.Response)
}

func (t *Trace) request(r *http.Request) {
	if t != nil && t.Request != nil {
		t.Request(r)
	}
}

func (t *Trace) tap(r *http.Request) h1.Tap {
	if t == nil || t.Tap == nil {
		return nil
	}
	return t.Tap(r)
}

func (t *Trace) response(r *http.Response) {
	if t != nil && t.Response != nil {
		t.Response(r)
	}
}

func (t *Trace) challenged(p *auth.Party, cs []auth.Challenge, err error) {
	if t != nil && t.Challenged != nil {
		t.Challenged(p, cs, err)
	}
}

func (t *Trace) passedOver(c auth.Challenge, err error) {
	if t != nil && t.PassedOver != nil {
		t.PassedOver(c, err)
	}
}

func (t *Trace) chosen(q auth.Query, c auth.Credential) {
	if t != nil && t.Chosen != nil {
		t.Chosen(q, c)
	}
}

func (t *Trace) settled(q auth.Query, o auth.Outcome) {
	if t != nil && t.Settled != nil {
		t.Settled(q, o)
	}
}

func (t *Trace) redirected(r *http.Request, dropped []string) {
	if t != nil && t.Redirected != nil {
		t.Redirected(r, dropped)
	}
}

func (t *Trace) retried(r *http.Response) {
	if t != nil && t.Retried != nil {
		t.Retried(r)
	}
}
