package store

import (
	"net/url"

	"getin/client/auth"
	"getin/store/index"
)

// Foreseen is what would answer a query. No store is opened for it.
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
	FromRefused  ForeseenFrom = "refused"  // a person: what is stored was refused too often (RULES R2)
	FromAccounts ForeseenFrom = "accounts" // a person: nothing decides among several accounts (RULES R10)
	FromPerson   ForeseenFrom = "person"   // a person
	FromTicket   ForeseenFrom = "ticket"   // what the scheme finds by itself; Foresee does not look for that
	FromFinal    ForeseenFrom = "final"    // nothing: what was given is all that may answer
)

// Foresee tells what Fill would answer the query from, as far as that can be told
// without asking a store, a helper or a person.
func (w *Wallet) Foresee(q auth.Query) Foreseen {
	f := &fill{Wallet: w, space: w.space(q.Space), query: q, redirected: q.Redirected != (auth.Origin{})}
	f.url, _ = url.Parse(q.Target) // who asks has parsed it
	f.account, f.fixed = w.account(q.Space.Party, q.Space.Origin, f.redirected)
	final := false
	for i := range w.Given {
		g := &w.Given[i]
		if f.redirected || g.NeedsPerson || !g.covers(q.Space.Party, q.Space.Origin) {
			continue
		}
		if g.is(q.Wants) {
			return Foreseen{From: FromGiven, Source: g.Source, Account: g.Credential.User}
		}
		final = final || g.Final
	}
	if final {
		return Foreseen{From: FromFinal}
	}
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
	case e.Refused >= refusedRuns && !w.Insist:
		return Foreseen{From: FromRefused, Account: e.Account, Entry: e}
	}
	return Foreseen{From: FromStored, Account: e.Account, Entry: e}
}

// ForeseeUnasked tells what would go to the URL before anybody asks, if anything
// would (RULES R4).
func (w *Wallet) ForeseeUnasked(p *auth.Party, u *url.URL) (Foreseen, bool) {
	o, err := auth.OriginOf(u)
	if err != nil {
		return Foreseen{}, false
	}
	if i := w.givenFor(p, o); i >= 0 {
		g := &w.Given[i]
		return Foreseen{From: FromGiven, Source: g.Source, Account: g.Credential.User}, w.goesUnasked(i)
	}
	if !w.keeps() || w.Renew {
		return Foreseen{}, false
	}
	at := site{p, o}
	e, ok := w.unaskedEntry(w.glance(at), at, u)
	return Foreseen{From: FromStored, Account: e.Account, Entry: e}, ok
}

// StrongestAt is the strongest answer ever accepted over the URL's path, or 0
// (RULES R8).
func (w *Wallet) StrongestAt(p *auth.Party, u *url.URL) auth.Strength {
	o, err := auth.OriginOf(u)
	if err != nil {
		return 0
	}
	return w.glance(site{p, o}).Strongest(u)
}
