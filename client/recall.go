package client

import (
	"context"

	"getin/client/auth"
)

// recall begins with an answer that nobody has asked for yet, if one is known
// to be welcome: from the wallet, or from this run. After a redirect to another
// origin nothing goes unasked (rule R5), but for what was given to one that is
// trusted.
func (d *dialogue) recall(ctx context.Context) {
	w := d.client.Wallet
	if w == nil {
		return
	}
	r := w.Recall(ctx, d.party, d.url)
	d.strongest = r.Strongest
	if r.Ready {
		if o := d.unasked(r); o != nil && d.start(o, r.Query, d.renewed(ctx, o, r)) {
			return
		}
		w.Settle(ctx, r.Query, r.Credential, auth.Undecided) // it stays at home
	}
	if d.quiet() {
		return
	}
	if s := d.client.memory.standing(d.party, d.origin, d.url); s != nil && d.welcome(s.credential) {
		q := s.query
		q.Unasked, q.Target = true, auth.Target(d.url)
		d.tls = s.tls
		if o := d.unaskedOffer(q.Challenge, s.credential); o != nil {
			d.start(o, q, s.credential)
		}
	}
}

// renewed returns what is recalled or, of a grant whose token is over, the next
// token. When there is none to be had, the challenge decides.
func (d *dialogue) renewed(ctx context.Context, o *offer, r auth.Recalled) auth.Credential {
	a, ok := o.scheme.(auth.Acquirer)
	if !ok || r.Credential.Grant == nil {
		return r.Credential
	}
	next, err := a.Acquire(ctx, r.Query, r.Credential, d.client.Wallet.Fill)
	if err != nil {
		return r.Credential
	}
	return next
}

// quiet reports whether nothing goes to the party unasked.
func (d *dialogue) quiet() bool { return d.silent != nil || d.redirectedFrom != (auth.Origin{}) }

// unasked returns the offer that what is recalled may answer before anybody asks,
// or nil.
func (d *dialogue) unasked(r auth.Recalled) *offer {
	if !r.Ready || d.quiet() || !d.welcome(r.Credential) || !d.seenBefore(r) {
		return nil
	}
	d.consented.set(auth.ClearText, r.ClearText)
	defer d.consented.set(auth.ClearText, false) // another space may challenge
	return d.unaskedOffer(r.Query.Challenge, r.Credential)
}

// welcome reports whether the credential may go unasked to an origin that is only
// trusted: the caller's trust is about what the caller gave.
func (d *dialogue) welcome(c auth.Credential) bool { return !d.trusted || c.Given }

// seenBefore reports whether the peer may get what is recalled before it has
// been looked at: always, but for a stored secret when certificates are not
// checked (rule R7).
func (d *dialogue) seenBefore(r auth.Recalled) bool {
	unverified := d.client.Policy.Unverified
	if d.party == auth.Proxy {
		unverified = d.client.Policy.ProxyUnverified
	}
	return !unverified || r.Credential.Given || d.loopbackPeer()
}

// unaskedOffer returns the offer to answer a challenge that nobody has made now,
// or nil: whatever speaks against the answer, it stays at home and the challenge
// decides.
func (d *dialogue) unaskedOffer(ch auth.Challenge, c auth.Credential) *offer {
	o := d.offer(ch)
	if o.problem != nil || !o.traits.Unasked || len(d.concerns(o.traits, c)) > 0 {
		return nil
	}
	return o
}

// start puts an unasked answer in force.
func (d *dialogue) start(o *offer, q auth.Query, c auth.Credential) bool {
	q.Method = d.method
	if d.begin(o, q, c) != nil {
		return false
	}
	d.client.Trace.chosen(q, c)
	return true
}
