package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"getin/client/auth"
)

// maxRounds bounds the requests that one URL may take: three refused passwords,
// each with a stale nonce, and the first and last request.
const maxRounds = 8

// maxLegs bounds the legs of all handshakes of one URL, which count for no round:
// those of NTLM for eight refused passwords.
const maxLegs = 16

// dialogue is the conversation with one party about one request. It never
// touches a connection.
type dialogue struct {
	client *Client
	party  *auth.Party
	origin auth.Origin // the party's own
	url    *url.URL    // what is asked for; for a proxy, the proxy's URL
	method string
	way    Way
	tunnel string // of a proxy: the target of its CONNECT; "" when it sees the request itself

	// redirectedFrom is the typed origin when redirects have led away from it; trusted
	// tells that they have, to one that the caller trusts as the typed one.
	redirectedFrom auth.Origin
	trusted        bool
	silent         error // not nil: no answer is given, for this reason
	widened        bool  // a credential that allows more was looked for

	strongest auth.Strength // of all that was recalled of the place
	consented consents
	wire      *Wire // of the response that challenged last; nil before

	// line is what the hop's legs go over. tls is the state of TLS with the
	// party when it challenged last, nil without.
	line *line
	tls  *tls.ConnectionState

	// Of a ConnectionBound answer: answered tells that a leg of it has gone,
	// vouched that the last request went without one, over a connection that
	// was authenticated before; midway that the last challenge wants another
	// leg; and legs counts those.
	answered, vouched, midway bool
	legs                      int

	// The answer in force; exchange is nil when there is none.
	exchange   auth.Exchange
	scheme     auth.Scheme
	traits     auth.Traits
	query      auth.Query
	credential auth.Credential
	sent       bool // some credential was refused in this dialogue
	challenges []auth.Challenge
	syntax     error
	over       error // why the issuer gives nothing more for what was held
}

// begin puts an answer in force.
func (d *dialogue) begin(o *offer, q auth.Query, c auth.Credential) error {
	x, err := o.scheme.Begin(q.Challenge, c, d.client.memory.live(q.Space, c.User, o.traits.Strength))
	if err != nil {
		return err
	}
	d.exchange, d.scheme, d.traits, d.query, d.credential = x, o.scheme, o.traits, q, c
	d.answered, d.vouched = false, false
	return nil
}

// answer returns the fields to send with the request.
func (d *dialogue) answer(ctx context.Context, m auth.Message) ([]auth.Field, error) {
	if d.exchange == nil {
		return nil, nil
	}
	if d.vouched = d.line.vouches(d); d.vouched {
		return nil, nil
	}
	d.answered = true
	return d.exchange.Answer(ctx, d.party, m)
}

// observe lets the answer in force see the response to it.
func (d *dialogue) observe(resp *http.Response) {
	if o, ok := d.exchange.(auth.Observer); ok {
		o.Observe(resp.Header.Get)
	}
}

// challenged takes in a response that asks. Nil error: there is an answer to
// send. An *Unanswered: there is none, the response is the caller's. Any other
// error ends the request.
func (d *dialogue) challenged(ctx context.Context, resp *http.Response) error {
	d.observe(resp)
	d.hear(resp)
	d.client.Trace.challenged(d.party, d.challenges, d.syntax)
	if d.silent != nil {
		return d.unanswered(d.silent)
	}
	if d.exchange != nil {
		if again, err := d.judgeChallenge(ctx); again || err != nil {
			return err
		}
	}
	if d.client.Wallet == nil {
		return d.unanswered(auth.ErrNoCredential)
	}
	return d.choose(ctx)
}

// hear takes in who asks, and what.
func (d *dialogue) hear(resp *http.Response) {
	d.wire, d.midway = WireOf(resp.Request.Context()), false
	if d.tls = resp.TLS; d.party == auth.Proxy {
		d.tls = d.wire.ProxyTLS
	}
	d.challenges, d.syntax = auth.ParseChallenges(resp.Header.Values(d.party.Challenge))
}

// judgeChallenge finds out what the challenge means for the answer in force:
// another leg, a refusal, or another space altogether.
func (d *dialogue) judgeChallenge(ctx context.Context) (again bool, err error) {
	ch, same := d.sameSpace()
	if !same {
		d.settle(ctx, auth.Undecided)
		return false, nil
	}
	if d.vouched {
		d.line.reneged(d)
		d.midway = true
		d.legs++
		return true, nil
	}
	if !d.continues(ch) {
		d.query.Space = ch.Space(d.party, d.origin)
		if !d.traits.ConnectionBound {
			d.query.Challenge = ch // else it is a leg, and what began it counts
		}
	}
	verdict, err := d.exchange.Challenged(ch)
	if err != nil {
		d.settle(ctx, auth.Undecided)
		return false, d.unanswered(err)
	}
	if verdict == auth.Continue {
		d.query.Unasked = false
		if d.midway = d.traits.ConnectionBound; d.midway {
			d.legs++
		}
		return true, nil
	}
	if verdict == auth.Renew {
		d.settle(ctx, auth.Undecided)
		return false, nil
	}
	if stale, _ := ch.Param("stale"); strings.EqualFold(stale, "true") {
		// The server says that the secret is right, and will not have it.
		d.settle(ctx, auth.Undecided)
		return false, d.unanswered(ErrTooManyRounds)
	}
	if d.query.Unasked && !d.traits.SendsSecret {
		// Computed from an older challenge that was accepted in this run: what
		// is refused may be its age, though the server does not say so. The
		// new challenge decides.
		d.settle(ctx, auth.Undecided)
		return false, nil
	}
	d.sent = d.sent || !d.credential.Anonymous()
	d.settle(ctx, auth.Rejected)
	return false, nil
}

// sameSpace looks among the challenges for the one that the answer in force was
// for. An unasked answer of a space not known yet is met by any challenge of
// its scheme.
func (d *dialogue) sameSpace() (auth.Challenge, bool) {
	for _, ch := range d.challenges {
		if !ch.Is(d.scheme.Name()) {
			continue
		}
		t, err := d.scheme.Traits(ch)
		if err != nil || t.Strength != d.traits.Strength {
			continue
		}
		unknown := d.query.Unasked && d.credential.Given && !d.query.Space.HasRealm
		if unknown || d.continues(ch) || ch.Space(d.party, d.origin) == d.query.Space {
			return ch, true
		}
	}
	return auth.Challenge{}, false
}

// continues reports whether the challenge is a further leg of the answer in force
// that need not name the space again.
func (d *dialogue) continues(ch auth.Challenge) bool {
	c, ok := d.exchange.(auth.Continuer)
	return ok && c.Continues(ch)
}

// settle tells the wallet what became of the answer in force, and ends it.
func (d *dialogue) settle(ctx context.Context, o auth.Outcome) {
	if d.exchange == nil {
		return
	}
	d.exchange = nil
	if d.traits.ConnectionBound {
		d.line.judged(d, o)
	}
	if o == auth.Rejected {
		d.client.memory.forget(d.query.Space, d.credential)
	}
	d.client.Wallet.Settle(context.WithoutCancel(ctx), d.query, d.credential, o)
	d.client.Trace.settled(d.query, o)
}

// finish judges the answer in force by the final response.
func (d *dialogue) finish(ctx context.Context, resp *http.Response) error {
	if d.exchange == nil {
		return nil
	}
	d.observe(resp)
	fields := resp.Header
	if d.tunnel != "" {
		fields = nil // the rest is the server's
		if opened := WireOf(resp.Request.Context()).Opened; opened != nil {
			fields = opened.Header
		}
	}
	final := auth.Final{Status: resp.StatusCode, Info: fields.Values(d.party.Info)}
	if d.traits.ConnectionBound {
		final.Challenges, _ = auth.ParseChallenges(fields.Values(d.party.Challenge)) // what can be read
	}
	kept, err := d.exchange.Accepted(final)
	if err != nil {
		d.settle(ctx, auth.Undecided)
		return err
	}
	d.credential = kept
	outcome := d.judge(resp)
	if checker, ok := d.exchange.(auth.ContentChecker); ok && d.checkContent(ctx, resp, checker, final, outcome) {
		return nil
	}
	d.conclude(ctx, outcome)
	return nil
}

// judge tells what the response proves of the answer in force. That anything
// came through a tunnel proves that the proxy opened it.
func (d *dialogue) judge(resp *http.Response) auth.Outcome {
	if d.isPartial() {
		return auth.Undecided // nobody has looked at it
	}
	if d.tunnel != "" {
		return auth.Accepted
	}
	return judge(d.party, resp, !d.query.Unasked)
}

// conclude remembers an accepted answer for later requests, and settles it.
func (d *dialogue) conclude(ctx context.Context, o auth.Outcome) {
	// What was typed for a URL and sent unasked says nothing about a space.
	known := d.query.Space.HasRealm || !d.query.Unasked
	if o == auth.Accepted && d.traits.Unasked && known {
		d.client.memory.remember(&standing{d.query, d.credential, auth.Prefixes(d.query.Challenge, d.url), d.tls})
	}
	d.settle(ctx, o)
}

func (d *dialogue) unanswered(reason error) error {
	if d.over != nil && (errors.Is(reason, auth.ErrNoCredential) || errors.Is(reason, auth.ErrNobody)) {
		reason = fmt.Errorf("%w: %w", reason, d.over)
	}
	u := *d.url
	u.User = nil
	e := &Unanswered{
		Party: d.party, Target: &u, Challenges: d.challenges, Syntax: d.syntax, Sent: d.sent, Reason: reason,
		Tunnel: d.tunnel != "",
	}
	if offers := strongest(d.offers()); len(offers) > 0 {
		e.Space = offers[0].challenge.Space(d.party, d.origin)
	}
	return e
}
