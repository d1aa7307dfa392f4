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

// Jar keeps cookies (RFC 6265). It is used by many goroutines at once.
// *cookie.Jar is one.
//
// The host is in lower case and A-labels, without a port; the path is as it is
// sent, without a query; confidential tells that nobody but the server can read
// the request and write the response.
type Jar interface {
	// Cookies returns the value of the Cookie field of a request, or "".
	Cookies(host, path string, confidential bool) string

	// SetCookies takes the values of the Set-Cookie fields of its response.
	SetCookies(host, path string, confidential bool, fields []string)
}

// Client sends requests, answers what servers and proxies ask, and follows
// redirects. Its fields must not change once it is in use; Do may be called by
// many goroutines at once, which then share nonces and questions.
type Client struct {
	// Sender sends one request and returns its response. It follows no
	// redirects, answers no challenge and retries nothing that was answered. A
	// host that is "localhost", or below it, it must reach on a loopback
	// address or a unix socket only, unless Policy.Moved. It fills the Wire of the request's context.
	Sender http.RoundTripper

	// Schemes are those of a server's that may be answered, ProxySchemes those
	// of a proxy's.
	Schemes, ProxySchemes []auth.Scheme

	// Wallet holds the credentials. Nil: every challenge goes unanswered.
	Wallet Wallet

	// Signer, when not nil, signs the requests for which SignAs names somebody;
	// those are not answered for otherwise. SignAs is asked for each hop that is
	// still with the typed origin, and returns nil for nobody.
	Signer auth.Signer
	SignAs func(context.Context, auth.Origin) (*auth.Credential, error)

	// Jar holds the cookies. Nil: no response sets any. A Cookie field of the
	// caller's is sent as any field of the caller's is, behind those of the jar.
	Jar Jar

	// Consent is asked about a Concern before an answer goes out. Nil error:
	// the answer may go; any other wraps auth.ErrNotAllowed. A nil Consent
	// allows nothing.
	Consent func(context.Context, auth.Concern) error

	// Way tells how Sender reaches a URL. Nil: directly.
	Way func(*url.URL) (Way, error)

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
	h.noExpect = c.Policy.NoExpect
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
