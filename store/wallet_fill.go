package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"

	"getin/client/auth"
)

// refusedRuns is how many runs may see a stored credential refused before it is
// not sent any more without a person (RULES R2).
const refusedRuns = 3

// fill is one call of Fill. The space's turn is held.
type fill struct {
	*Wallet
	space *space
	query auth.Query
	url   *url.URL // of the query's target

	redirected bool   // the chain of redirects has left the origin that was typed
	account    string // that the user named; "" is any
	fixed      bool   // and a person may not name another

	refusedBefore bool     // a stored credential was passed over for its refusals
	several       []string // the accounts among which nothing decides
	unacquired    error    // why the scheme got nothing
}

func (w *Wallet) newFill(s *space, q auth.Query) *fill {
	return &fill{Wallet: w, space: s, query: q, redirected: q.Redirected != (auth.Origin{})}
}

// Fill returns a credential for the query: one that was accepted in this run,
// else one that the user gave, else one that this run has, else one that is
// stored, else what the helper has, else what the scheme gets without a person
// (Query.Acquire), else what a person says. A value that was refused in this run
// is never returned again.
//
// While a credential is out that was not accepted yet, other calls for the space
// wait until it is settled, or its ctx ends. The errors wrap auth.ErrNoCredential
// (Query.Person is not set), ErrNobody, ErrDeclined, ErrCanceled,
// ErrRefusedBefore or ErrStore; or they are those of ctx, of a Given's Secret or
// of Query.Acquire.
func (w *Wallet) Fill(ctx context.Context, q auth.Query) (auth.Credential, error) {
	s := w.space(q.Space)
	if err := w.arrive(ctx, s, q); err != nil {
		return auth.Credential{}, err
	}
	h, err := w.newFill(s, q).find(ctx)
	if err != nil {
		s.leave()
		return auth.Credential{}, err
	}
	w.mu.Lock()
	accepted := h.outcome == auth.Accepted
	c := h.credential
	c.Proven = h.entry.Strength
	w.mu.Unlock()
	if accepted {
		s.leave()
	} else {
		w.lend(ctx, s, h.credential)
	}
	return c, nil
}

// arrive takes the turn, and waits for an unasked credential of another request
// that is on its way to the space. One of the same target is this request's own,
// which went without it.
func (w *Wallet) arrive(ctx context.Context, s *space, q auth.Query) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	f := s.flight
	w.mu.Unlock()
	switch {
	case f == nil:
	case f.target == q.Target:
		w.land(s)
	default:
		w.await(ctx, s, f)
	}
	if ctx.Err() != nil {
		s.leave()
		return context.Cause(ctx)
	}
	return nil
}

// locate finds out where the query is, and whom the user has named there.
func (f *fill) locate() (err error) {
	if f.url, err = url.Parse(f.query.Target); err != nil {
		return fmt.Errorf("%w: target: %w", auth.ErrNoCredential, err)
	}
	f.account, f.fixed = f.Wallet.account(f.query.Space.Party, f.query.Space.Origin, f.redirected)
	return nil
}

// find goes through the sources in their order.
func (f *fill) find(ctx context.Context) (*holding, error) {
	if err := f.locate(); err != nil {
		return nil, err
	}
	if h := f.session(auth.Accepted); h != nil {
		return h, nil
	}
	if h, err := f.given(ctx); h != nil || err != nil {
		return h, err
	}
	if err := f.final(); err != nil {
		return nil, err
	}
	if h := f.session(auth.Undecided); h != nil {
		return h, nil
	}
	if h, err := f.issued(ctx); h != nil || err != nil {
		return h, err
	}
	if f.query.AcquireFirst {
		if h, err := f.acquired(ctx); h != nil || err != nil {
			return h, err
		}
	}
	if h, err := f.kept(ctx); h != nil || err != nil {
		return h, err
	}
	if h, err := f.helped(ctx); h != nil || err != nil {
		return h, err
	}
	if !f.query.AcquireFirst {
		if h, err := f.acquired(ctx); h != nil || err != nil {
			return h, err
		}
	}
	return f.ask(ctx)
}

// session returns what this run holds with that outcome.
func (f *fill) session(o auth.Outcome) *holding {
	f.mu.Lock()
	var found *holding
	for _, h := range f.space.holdings {
		if h.outcome == o && h.kind == f.query.Wants && f.follows(h.source) && f.usable(h.credential) {
			found = h
		}
	}
	f.mu.Unlock()
	if found != nil && (found.source == fromStore || found.source == fromScheme) {
		f.tellRedirect(found.credential)
	}
	return found
}

// follows reports whether a credential of that source may answer where the
// request is now (RULES R5). Wallet.mu is held.
func (f *fill) follows(s source) bool {
	switch {
	case !f.redirected:
		return true
	case s == fromGiven, s == fromHelper:
		return false // it stays with the origin that it was typed for
	}
	return f.safe() || f.space.vouched[f.query.Redirected]
}

// safe reports whether the request changes nothing, so that a redirect may lead
// it to a stored credential.
func (f *fill) safe() bool {
	return f.query.Method == "GET" || f.query.Method == "HEAD"
}

// tellRedirect says that a stored credential answers after a redirect.
func (f *fill) tellRedirect(c auth.Credential) {
	if !f.redirected {
		return
	}
	n := Notice{Kind: NoticeUsedAfterRedirect, Space: f.query.Space, Account: c.User, From: f.query.Redirected}
	if !c.Kept {
		n.Place = f.Keep.Name
	}
	f.notifyOnce(n)
}

// own yields what the user gave, with its secret, for where the query is. What was
// given stays with its origin (RULES R5).
func (f *fill) own() iter.Seq2[int, *Given] {
	if f.redirected {
		return func(func(int, *Given) bool) {}
	}
	return f.givenTo(f.query.Space.Party, f.query.Space.Origin)
}

// given returns the first of the user's own that was not tried here.
func (f *fill) given(ctx context.Context) (*holding, error) {
	for i, g := range f.own() {
		if !g.is(f.query.Wants) {
			continue
		}
		c, err := f.reveal(ctx, i)
		if err != nil {
			return nil, err
		}
		h := f.hold(f.space, holding{credential: c, kind: f.query.Wants, source: fromGiven, given: i})
		if !f.wasRefused(f.space, h.credential) {
			return h, nil
		}
	}
	return nil, nil
}

// final ends the search where what the user gave is all that may answer. Other
// challenges are looked at first: one of them may want just that.
func (f *fill) final() error {
	for _, g := range f.own() {
		switch {
		case !g.Final:
		case f.query.Person:
			return fmt.Errorf("%w: %s", auth.ErrFinal, g.Source)
		default:
			return auth.ErrNoCredential
		}
	}
	return nil
}

// reveal returns the credential, running what gets its secret once a space.
func (f *fill) reveal(ctx context.Context, i int) (auth.Credential, error) {
	g := &f.Given[i]
	c := g.Credential
	c.Given = true
	if g.Secret == nil {
		return c, nil
	}
	f.mu.Lock()
	err, ran := f.space.ran[i]
	if ran && err == nil {
		for _, h := range f.space.holdings {
			if h.source == fromGiven && h.given == i {
				c = h.credential
			}
		}
	}
	f.mu.Unlock()
	if ran {
		return c, err
	}
	secret, err := g.Secret(ctx, f.query)
	if err != nil {
		err = fmt.Errorf("%s: %w", g.Source, err)
	}
	f.mu.Lock()
	f.space.ran[i] = err
	f.mu.Unlock()
	c.Secret = secret
	return c, err
}

// nobody says why there is no credential, when no person can be asked.
func (f *fill) nobody() error {
	f.mu.Lock()
	failed, unhelpful := f.space.failed, f.space.unhelpful
	f.mu.Unlock()
	switch {
	case f.several != nil:
		return &AccountsError{f.several}
	case f.refusedBefore:
		return auth.ErrRefusedBefore
	case failed != nil:
		return fmt.Errorf("%w: %s: %w", auth.ErrStore, f.Keep.Name, failed)
	case unhelpful != nil:
		return fmt.Errorf("%w: %w", auth.ErrStore, unhelpful)
	case f.unacquired != nil:
		return fmt.Errorf("%w: %w", auth.ErrNobody, f.unacquired)
	}
	return auth.ErrNobody
}

// isOfEntry reports whether a store's error is about one item, so that others
// may still be read.
func isOfEntry(err error) bool { return errors.Is(err, ErrNotFound) || errors.Is(err, ErrDamaged) }
