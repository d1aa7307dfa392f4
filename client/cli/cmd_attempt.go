package cli

import (
	"context"
	"slices"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/store"
)

// attempt is one request for the sake of its challenge.
type attempt struct {
	*parts
	plan    *plan
	target  *target
	settled []settlement
	saved   []store.Notice
	asked   bool // somebody asked who the user is
	status  int  // of the final response
}

// settlement is what an answer proved.
type settlement struct {
	query   auth.Query
	user    string
	outcome auth.Outcome
}

// newAttempt joins the parts, and listens to what they say.
func (j *job) newAttempt(o *options, t *target) (*attempt, error) {
	r, err := newRun(j.ctx, j.sys, o.runOptions, j.mask)
	if err != nil {
		return nil, err
	}
	p, err := r.join(o, []*target{t})
	if err != nil {
		return nil, err
	}
	a := &attempt{parts: p, target: t}
	if a.plan, err = newPlan(o, j.sys.Stdin); err != nil {
		return nil, err
	}
	tell := p.wallet.Notify
	p.wallet.Notify = func(n store.Notice) {
		if n.Kind == store.NoticeSaved || n.Kind == store.NoticeNotSaved {
			a.saved = append(a.saved, n)
			return
		}
		tell(n)
	}
	a.listen(p.client.Trace)
	return a, nil
}

// listen takes note of what was asked and what came of it.
func (a *attempt) listen(t *client.Trace) {
	challenged, chosen, settled := t.Challenged, t.Chosen, t.Settled
	user := map[auth.Space]string{}
	t.Challenged = func(p *auth.Party, list []auth.Challenge, err error) {
		a.asked = true
		if challenged != nil {
			challenged(p, list, err)
		}
	}
	t.Chosen = func(q auth.Query, c auth.Credential) {
		user[q.Space] = c.User
		if chosen != nil {
			chosen(q, c)
		}
	}
	t.Settled = func(q auth.Query, o auth.Outcome) {
		a.settled = append(a.settled, settlement{q, user[q.Space], o})
		if settled != nil {
			settled(q, o)
		}
	}
}

// get sends a GET and lets go of the body. The error may be an
// *client.Unanswered.
func (a *attempt) get(ctx context.Context) error {
	req, err := a.plan.request(withRecord(ctx, &record{target: a.target, started: time.Now()}), a.target, "")
	if err != nil {
		return err
	}
	resp, err := a.client.Do(req)
	if resp != nil {
		a.status = resp.StatusCode
		_ = resp.Body.Close() // nobody wants it
	}
	return err
}

// outcome is what the last answer in the space proved, and whether there was
// one.
func (a *attempt) outcome(s auth.Space) (auth.Outcome, bool) {
	for _, last := range slices.Backward(a.settled) {
		if last.query.Space == s {
			return last.outcome, true
		}
	}
	return auth.Undecided, false
}
