package client

import (
	"context"
	"net/http"
	"net/url"

	"getin/client/auth"
)

// Wallet finds credentials and learns what became of them. It is used by many
// goroutines at once. *store.Wallet is one.
type Wallet interface {
	// Recall is asked before a request goes to the URL. It must be quick and
	// must not ask anybody.
	Recall(context.Context, *auth.Party, *url.URL) auth.Recalled

	// Fill returns a credential for the query, or an error that wraps one of
	// auth.ErrNoCredential, ErrNobody, ErrDeclined, ErrCanceled,
	// ErrRefusedBefore, ErrStore. Every credential that Recall (Ready) or Fill
	// returned is settled, once.
	Fill(context.Context, auth.Query) (auth.Credential, error)

	// Settle tells what a credential proved to be worth. It does not wait for
	// any store.
	Settle(context.Context, auth.Query, auth.Credential, auth.Outcome)
}

// Client sends requests, answers what servers and proxies ask, and follows
// redirects. Its fields must not change once it is in use; Do may be called by
// many goroutines at once, which then share nonces and questions.
type Client struct {
	// Sender sends one request and returns its response. It follows no
	// redirects, answers no challenge and retries nothing that was answered. A
	// host that is "localhost", or below it, it must reach on a loopback
	// address only. It fills the Wire of the request's context.
	Sender http.RoundTripper

	// Schemes are those that may be answered.
	Schemes []auth.Scheme

	// Wallet holds the credentials. Nil: every challenge goes unanswered.
	Wallet Wallet

	// Consent is asked about a Concern before an answer goes out. Nil error:
	// the answer may go; any other wraps auth.ErrNotAllowed. A nil Consent
	// allows nothing.
	Consent func(context.Context, auth.Concern) error

	// Proxy names the proxy through which Sender reaches a URL, nil when there
	// is none. It must say what Sender does.
	Proxy func(*url.URL) (*url.URL, error)

	Policy Policy
	Trace  *Trace

	memory memory
}

// Do sends the request and returns the final response, as http.Client.Do does;
// the body is the caller's to close. Request.URL must be absolute and without
// userinfo.
//
// When a challenge goes unanswered, Do returns the response that carries it
// and an *Unanswered. Every other error comes without a response. The header
// fields Authorization and Proxy-Authorization, when the caller has set them,
// are the caller's own words: they are sent to the first origin, and no dialogue
// follows.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	h, err := firstHop(req)
	if err != nil {
		return nil, err
	}
	defer h.body.close()
	for {
		resp, err := c.converse(h)
		if err != nil {
			return resp, err
		}
		next, err := c.follow(h, resp)
		if err != nil {
			_ = resp.Body.Close() // the error is what the caller wants
			return nil, err
		}
		if next == nil {
			return resp, nil
		}
		drain(resp)
		h = next
	}
}
