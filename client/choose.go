package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"getin/client/auth"
)

// offer is a challenge, and the scheme of ours that can answer it.
type offer struct {
	challenge auth.Challenge
	scheme    auth.Scheme
	traits    auth.Traits
	problem   error // why it cannot be answered here; nil when it can
}

// offers returns the challenges in the order of the response.
func (d *dialogue) offers() []*offer {
	var list []*offer
	for _, ch := range d.challenges {
		list = append(list, d.offer(ch))
	}
	return list
}

// errNotBuiltIn: no scheme of this client has the challenge's name.
var errNotBuiltIn = errors.New("scheme not supported or not allowed")

// errNoLease: the Sender cannot keep a connection for one conversation.
var errNoLease = errors.New("the sender leases no connections")

func (d *dialogue) offer(ch auth.Challenge) *offer {
	schemes := d.client.Schemes
	if d.party == auth.Proxy {
		schemes = d.client.ProxySchemes
	}
	for _, s := range schemes {
		if ch.Is(s.Name()) {
			t, err := s.Traits(ch)
			if _, leases := d.client.Sender.(leaser); err == nil && t.ConnectionBound && !leases {
				err = errNoLease
			}
			return &offer{ch, s, t, err}
		}
	}
	return &offer{challenge: ch, problem: fmt.Errorf("%s: %w", ch.Scheme, errNotBuiltIn)}
}

// strongest returns the offers that can be answered, strongest first; of equals,
// what the server named first.
func strongest(offers []*offer) []*offer {
	list := slices.DeleteFunc(slices.Clone(offers), func(o *offer) bool { return o.problem != nil })
	slices.SortStableFunc(list, func(a, b *offer) int { return cmp.Compare(b.traits.Strength, a.traits.Strength) })
	return list
}

// tokensLast returns the offers in the order for a person: who has no token at
// hand, or the silent pass would have found it, more likely knows a password
// (rule R8), but where there is a way to get one.
func tokensLast(offers []*offer) []*offer {
	var others, typed []*offer
	for _, o := range offers {
		if o.traits.Wants == auth.Token && !o.traits.SignsIn {
			typed = append(typed, o)
		} else {
			others = append(others, o)
		}
	}
	return append(others, typed...)
}

// choose puts an answer in force to the strongest challenge that can be answered
// without a person, else to the strongest that a person can answer.
func (d *dialogue) choose(ctx context.Context) error {
	err := d.inOrder(d.offers(), func(o *offer, person bool) error { return d.try(ctx, o, person) })
	if err == nil || errors.Is(err, auth.ErrCanceled) || ctx.Err() != nil {
		return err
	}
	return d.unanswered(err)
}

// inOrder tries the offers as rule R9 has it, until one is answered. The error
// says why none is; an offer that cannot be answered has its problem noted.
func (d *dialogue) inOrder(offers []*offer, try func(o *offer, person bool) error) error {
	if len(offers) == 0 {
		return ErrNoChallenge
	}
	for _, o := range offers {
		if o.problem != nil {
			d.client.Trace.passedOver(o.challenge, o.problem)
		}
	}
	able := strongest(offers)
	if len(able) == 0 {
		return ErrNoScheme
	}
	var failed error // why what was tried could not be used
	for _, person := range []bool{false, true} {
		if person {
			able = tokensLast(able)
		}
		for _, o := range able {
			if o.problem != nil {
				continue
			}
			err := try(o, person)
			switch {
			case err == nil:
				return nil
			case errors.Is(err, auth.ErrCannotStart):
				d.client.Trace.passedOver(o.challenge, err)
				o.problem = err
				failed = cmp.Or(failed, err)
			case errors.Is(err, errUnfit):
				failed = err
			case person || !fallsThrough(err):
				return err
			}
		}
	}
	return cmp.Or(failed, auth.ErrNoCredential)
}

// fallsThrough reports whether a person may still mend what a silent try
// lacked.
func fallsThrough(err error) bool {
	return errors.Is(err, auth.ErrNoCredential) || errors.Is(err, auth.ErrRefusedBefore) || errors.Is(err, auth.ErrStore)
}

// errUnfit: the scheme cannot use this credential; the next may. It costs no
// try.
var errUnfit = errors.New("cannot be used")

// try gets a credential for the offer and puts the answer in force.
func (d *dialogue) try(ctx context.Context, o *offer, person bool) error {
	q := d.queryOf(o, person)
	if person {
		// Nobody types a password that will not be sent.
		if err := d.permit(ctx, q, o.traits, auth.Credential{}); err != nil {
			return err
		}
	}
	c, err := d.fill(ctx, o, q)
	if err != nil {
		return err
	}
	if err := d.permit(ctx, q, o.traits, c); err != nil {
		d.client.Wallet.Settle(ctx, q, c, auth.Undecided)
		return err
	}
	if err := d.begin(o, q, c); err != nil {
		d.client.Wallet.Settle(ctx, q, c, auth.Undecided)
		d.client.Trace.passedOver(o.challenge, err)
		return fmt.Errorf("%w: %w", errUnfit, err)
	}
	d.client.Trace.chosen(q, c)
	return nil
}

func (d *dialogue) queryOf(o *offer, person bool) auth.Query {
	return auth.Query{
		Space: o.challenge.Space(d.party, d.origin), Scheme: o.scheme.Name(), Strength: o.traits.Strength,
		Wants: o.traits.Wants, Target: auth.Target(d.url), Challenge: o.challenge, Person: person,
		Redirected: d.redirectedFrom, Method: d.method, AcquireFirst: o.traits.Anonymous, Scope: o.traits.Scope,
	}
}

// fill gets a credential from the wallet and, for a scheme that makes another
// of it, that one. What is refused on the way is a refused credential: the next
// is tried, or asked for.
func (d *dialogue) fill(ctx context.Context, o *offer, q auth.Query) (auth.Credential, error) {
	w := d.client.Wallet
	a, ok := o.scheme.(auth.Acquirer)
	if !ok {
		return w.Fill(ctx, q)
	}
	acquire := func(ctx context.Context, have auth.Credential) (auth.Credential, error) {
		if o.traits.Issuer != (auth.Origin{}) && !have.Secret.Empty() {
			if err := d.permit(ctx, q, o.traits, have); err != nil {
				return auth.Credential{}, err
			}
		}
		return a.Acquire(ctx, q, have, w.Fill)
	}
	q.Acquire = func(ctx context.Context, account string) (auth.Credential, error) {
		return acquire(ctx, auth.Credential{User: account})
	}
	for {
		have, err := w.Fill(ctx, q)
		if err != nil || have.Kept && !o.traits.Anonymous {
			return have, err
		}
		c, err := acquire(ctx, have)
		if err == nil {
			return c, nil
		}
		outcome := auth.Undecided
		if errors.Is(err, auth.ErrRefused) {
			outcome, d.sent = auth.Rejected, d.sent || !have.Anonymous()
			if have.Grant != nil {
				d.over = err
			}
		}
		if errors.Is(err, auth.ErrNoCredential) && have.Anonymous() {
			outcome = auth.Rejected // it was good for another scope, or until now
		}
		w.Settle(context.WithoutCancel(ctx), q, have, outcome)
		d.client.Trace.settled(q, outcome)
		if outcome != auth.Rejected {
			return auth.Credential{}, err
		}
	}
}
