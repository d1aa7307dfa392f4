package client

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"getin/client/auth"
)

// Foresight is what Do would do at one URL of a chain of redirects.
type Foresight struct {
	URL    *url.URL
	Origin auth.Origin
	Left   bool // redirects have led away from the typed origin (rule R5)
	Status int  // of the response to a request that nobody answers for

	// Unasked are the answers that would go before anybody asks. SignedAs is who
	// would sign the request, nil for nobody.
	Unasked  []Answer
	SignedAs *auth.Credential

	// Party is who asks, nil for nobody, and PartyOrigin where that is. Offers are
	// its challenges in the order of the response, and Syntax is what is wrong
	// with those that cannot be read.
	Party       *auth.Party
	PartyOrigin auth.Origin
	Offers      []Offer
	Syntax      error

	// Choice is the answer that would be given. When it is nil, Reason says why
	// none would be.
	Choice *Answer
	Reason error

	// Next is where the response redirects to, nil for nowhere. Leaves tells that
	// it leads away from the typed origin, and Dropped names the fields that would
	// not go along. Ended says why Do would not go there.
	Next    *url.URL
	Leaves  bool
	Dropped []string
	Ended   error
}

// Offer is a challenge, and what it takes to answer it.
type Offer struct {
	Challenge auth.Challenge
	Traits    auth.Traits
	Problem   error // why it cannot be answered; nil when it can
}

// Answer is one that would be given, as the Wallet tells.
type Answer struct {
	Query      auth.Query
	Credential auth.Credential
	Concerns   []auth.Concern // what Consent would be asked first
}

// Foresee goes along the chain of redirects that begins with the request, answers
// nobody, and sends none of the fields that may hold a secret. It returns what Do
// would do at each URL of it, up to one that asks or that cannot be reached: the
// error is about that. What there is to answer with it asks the Wallet, as Do
// does, and SignAs: ones that return credentials without their secrets will do,
// and what a person would say is such a credential.
func (c *Client) Foresee(req *http.Request) ([]*Foresight, error) {
	h, err := firstHop(req)
	if err != nil {
		return nil, err
	}
	defer h.body.close()
	var chain []*Foresight
	for h != nil {
		f := &Foresight{URL: h.req.URL, Origin: h.origin, Left: h.left}
		if h, err = c.foresee(f, h); err != nil {
			return chain, err
		}
		chain = append(chain, f)
	}
	return chain, nil
}

// foresee looks at one hop and returns the next.
func (c *Client) foresee(f *Foresight, h *hop) (*hop, error) {
	ctx := h.req.Context()
	parties, _, err := c.meet(h)
	if err != nil {
		return nil, err
	}
	f.SignedAs = h.signedAs
	for _, d := range parties {
		r := c.Wallet.Recall(ctx, d.party, d.url)
		d.strongest = r.Strongest
		if d.unasked(r) != nil {
			f.Unasked = append(f.Unasked, Answer{Query: r.Query, Credential: r.Credential})
		}
	}
	resp, err := c.ask(h)
	if err != nil {
		return nil, err
	}
	defer drain(resp)
	f.Status = resp.StatusCode
	if d := who(parties, resp); d != nil {
		d.hear(resp)
		d.foresee(ctx, f)
		return nil, nil
	}
	return c.foreseeNext(f, h, resp), nil
}

// ask sends a request of the hop with no answer in it, and without the caller's
// fields that go to the typed origin alone.
func (c *Client) ask(h *hop) (*http.Response, error) {
	bare := *h
	bare.req = h.req.Clone(h.req.Context())
	strip(bare.req.Header, false)
	req, err := bare.request(&Wire{Stranger: h.left}, nil, false)
	if err != nil {
		return nil, err
	}
	resp, err := c.Sender.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// foresee chooses among the challenges as choose does.
func (d *dialogue) foresee(ctx context.Context, f *Foresight) {
	f.Party, f.PartyOrigin, f.Syntax = d.party, d.origin, d.syntax
	offers := d.offers()
	if f.Reason = d.silent; f.Reason == nil {
		f.Reason = d.inOrder(offers, func(o *offer, person bool) error {
			a, err := d.answerOf(ctx, o, person)
			if err == nil {
				f.Choice = &a
			}
			return err
		})
	}
	for _, o := range offers {
		f.Offers = append(f.Offers, Offer{o.challenge, o.traits, o.problem})
	}
}

// answerOf is try, as far as it goes without a secret.
func (d *dialogue) answerOf(ctx context.Context, o *offer, person bool) (Answer, error) {
	q := d.queryOf(o, person)
	if h, ok := o.scheme.(auth.Holder); ok {
		q.Acquire = func(_ context.Context, account string) (auth.Credential, error) {
			user, err := h.Held(q.Space, account)
			return auth.Credential{User: user, Kept: true}, err
		}
	}
	c, err := d.client.Wallet.Fill(ctx, q)
	a := Answer{Query: q, Credential: c}
	for _, concern := range d.concerns(o.traits, c) {
		concern.Query, concern.User = q, c.User
		a.Concerns = append(a.Concerns, concern)
	}
	return a, err
}

// foreseeNext looks where the response redirects to, and returns the hop there if
// Do would go.
func (c *Client) foreseeNext(f *Foresight, h *hop, resp *http.Response) *hop {
	next, err := c.follow(h, resp)
	if err != nil {
		f.Ended, f.Leaves = err, true
		f.Next, _ = resp.Location() // as far as it can be read
		return nil
	}
	if next == nil {
		return nil
	}
	f.Next, f.Leaves = next.req.URL, next.left
	for name := range h.req.Header {
		if _, goes := next.req.Header[name]; !goes {
			f.Dropped = append(f.Dropped, name)
		}
	}
	asServer := func(a Answer) bool { return a.Query.Space.Party == auth.Server }
	if answers := f.SignedAs != nil || slices.ContainsFunc(f.Unasked, asServer); next.left && answers {
		f.Dropped = append(f.Dropped, auth.Server.Answer)
	}
	slices.Sort(f.Dropped)
	f.Dropped = slices.Compact(f.Dropped)
	return next
}
