package store

import (
	"context"
	"net/url"

	"getin/client/auth"
	"getin/store/index"
)

// Foreseen is what would answer a query.
type Foreseen struct {
	From    ForeseenFrom
	Source  string      // for FromGiven: "-u", "netrc"
	Account string      // may be empty
	Entry   index.Entry // for FromStored and FromRefused
	Several []string    // for FromAccounts
}

// ForeseenFrom is where an answer would come from.
type ForeseenFrom string

// The ways that Fill may go.
const (
	FromGiven    ForeseenFrom = "given"    // what the user gave for this run
	FromStored   ForeseenFrom = "stored"   // a stored credential
	FromTicket   ForeseenFrom = "ticket"   // what the scheme gets without a person
	FromRefused  ForeseenFrom = "refused"  // a person: what is stored was refused too often (RULES R2)
	FromAccounts ForeseenFrom = "accounts" // a person: nothing decides among several accounts (RULES R10)
	FromPerson   ForeseenFrom = "person"   // a person
)

// Credential returns the credential without its secret.
func (f Foreseen) Credential() auth.Credential {
	return auth.Credential{
		User: f.Account, Given: f.From == FromGiven, Kept: f.From == FromTicket, Proven: f.Entry.Strength,
	}
}

// Foresee tells what Fill would answer the query from, as far as that can be told
// without asking a store, a helper or a person: with Query.Person one is taken to
// answer. Its errors are those of Fill.
func (w *Wallet) Foresee(ctx context.Context, q auth.Query) (Foreseen, error) {
	f := w.newFill(w.space(q.Space), q)
	if err := f.locate(); err != nil {
		return Foreseen{}, err
	}
	for _, g := range f.own() {
		if g.is(q.Wants) {
			return g.foreseen(), nil
		}
	}
	if err := f.final(); err != nil {
		return Foreseen{}, err
	}
	stored := f.foreseeKept()
	if stored.From == FromStored && !q.AcquireFirst {
		return stored, nil
	}
	switch c, got, err := f.acquire(ctx); {
	case err != nil:
		return Foreseen{}, err
	case got:
		return Foreseen{From: FromTicket, Account: c.User}, nil
	case stored.From == FromStored, q.Person:
		return stored, nil
	}
	return Foreseen{}, auth.ErrNoCredential
}

// foreseeKept is kept, and the person who is asked when it finds nothing.
func (f *fill) foreseeKept() Foreseen {
	list := f.candidates()
	if len(list) == 0 {
		list = f.unbound()
	}
	if len(list) == 0 {
		return Foreseen{From: FromPerson, Account: f.account}
	}
	e, ok := pick(list, f.url)
	switch {
	case !ok:
		return Foreseen{From: FromAccounts, Several: accounts(list)}
	case e.Refused >= refusedRuns && !f.Insist:
		return Foreseen{From: FromRefused, Account: e.Account, Entry: e}
	}
	return Foreseen{From: FromStored, Account: e.Account, Entry: e}
}

// ForeseeRecall is Recall without any secret, and tells where the credential that
// is ready would come from.
func (w *Wallet) ForeseeRecall(p *auth.Party, u *url.URL) (auth.Recalled, Foreseen) {
	o, err := auth.OriginOf(u)
	if err != nil {
		return auth.Recalled{}, Foreseen{}
	}
	at := site{p, o}
	f := w.glance(at)
	r := auth.Recalled{Strongest: f.Strongest(u)}
	var by Foreseen
	if i := w.givenFor(p, o); i >= 0 {
		by = w.Given[i].foreseen()
		r.Ready, r.Query = w.goesUnasked(i), unasked(auth.Space{Party: p, Origin: o}, w.Given[i].challenge(), u)
	} else if e, ok := w.unaskedEntry(f, at, u); ok && w.keeps() && !w.Renew {
		by = Foreseen{From: FromStored, Account: e.Account, Entry: e}
		r.Ready, r.Query, r.ClearText = true, unasked(e.Space, challengeOf(e), u), f.Agreed(e.Space).ClearText
	}
	r.Credential = by.Credential()
	return r, by
}
