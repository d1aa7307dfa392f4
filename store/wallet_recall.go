package store

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// flightTime bounds how long an unasked credential that is not judged yet holds
// others of its space back. Most servers answer sooner; when one does not, a
// wrong password that goes twice is the lesser evil.
const flightTime = time.Second

// Recall says what is remembered about a URL before a request goes there, and
// which credential may go unasked: one that the user gave for it, or one that is
// stored and was accepted over this path by Basic or Bearer. It asks nobody, and looks
// into the keyring only for a remembered path (RULES R12).
//
// Of parallel requests the first gets the credential and the others wait, a
// second at most, until that one is settled (RULES R11).
func (w *Wallet) Recall(ctx context.Context, p *auth.Party, u *url.URL) auth.Recalled {
	o, err := auth.OriginOf(u)
	if err != nil {
		return auth.Recalled{}
	}
	at := site{p, o}
	f := w.glance(at)
	w.mu.Lock()
	r := auth.Recalled{Strongest: max(f.Strongest(u), w.memory(at).run.Strongest(u))}
	w.mu.Unlock()
	if i := w.givenFor(p, o); i >= 0 {
		w.recallGiven(ctx, &r, i, auth.Space{Party: p, Origin: o}, u)
	} else if w.keeps() && !w.Renew {
		w.recallStored(ctx, &r, f, at, u)
	}
	return r
}

// recallGiven makes a given credential ready. The user's own words go before
// anything that is stored, even when they have to wait for the challenge.
func (w *Wallet) recallGiven(ctx context.Context, r *auth.Recalled, i int, sp auth.Space, u *url.URL) {
	if !w.goesUnasked(i) {
		return
	}
	g := &w.Given[i]
	s := w.space(sp)
	if !w.takeOff(ctx, s, u) {
		return
	}
	c := g.Credential
	c.Given = true
	w.hold(s, holding{credential: c, kind: g.kind(), source: fromGiven, given: i})
	r.Ready, r.Credential = true, c
	r.Query = unasked(sp, g.challenge(), u)
}

// recallStored makes a stored credential ready.
func (w *Wallet) recallStored(ctx context.Context, r *auth.Recalled, f index.File, at site, u *url.URL) {
	e, ok := w.unaskedEntry(f, at, u)
	if !ok {
		return
	}
	s := w.space(e.Space)
	if !w.takeOff(ctx, s, u) {
		return
	}
	h := w.held(s, e)
	if h == nil {
		h = w.lookUp(ctx, s, e)
	}
	if h == nil || w.wasRefused(s, h.credential) {
		w.land(s)
		return
	}
	ch := challengeOf(e)
	if g := h.credential.Grant; g != nil && strings.EqualFold(g.Type, "DPoP") {
		ch.Scheme = "dpop"
	}
	r.Ready, r.Credential, r.Query = true, h.credential, unasked(e.Space, ch, u)
	r.ClearText = f.Agreed(e.Space).ClearText
}

// challengeOf is the challenge that the entry may answer unasked, made up from what
// is remembered.
func challengeOf(e index.Entry) auth.Challenge {
	ch := auth.Challenge{Scheme: "basic"}
	if e.Kind == auth.Token || e.Kind == auth.Access {
		ch.Scheme = "bearer"
	}
	if e.Space.HasRealm {
		ch.Params = append(ch.Params, auth.Param{Name: "realm", Value: e.Space.Realm})
	}
	if e.Space.Resource != "" {
		ch.Params = append(ch.Params, auth.Param{Name: "resource_metadata", Value: e.Space.Resource})
	}
	if e.Charset != "" {
		ch.Params = append(ch.Params, auth.Param{Name: "charset", Value: e.Charset})
	}
	return ch
}

// unaskedEntry returns the stored entry that may go unasked to the URL, of
// several the one that RULES R10 names.
func (w *Wallet) unaskedEntry(f index.File, at site, u *url.URL) (index.Entry, bool) {
	account, _ := w.account(at.party, at.origin, false)
	var list []index.Entry
	for _, e := range f.Entries {
		// Only these can be answered without a nonce of this run.
		basic := e.Strength == auth.StrengthBasic && e.Kind == auth.Password && e.Space.HasRealm
		bearer := e.Strength == auth.StrengthBearer && e.Kind == auth.Token
		if !basic && !bearer && !lives(e) || e.Store != w.Keep.Name || e.State != index.Saved || e.Covering(u) == "" {
			continue
		}
		if e.Refused > 0 {
			continue // not before it is asked for (RULES R2)
		}
		if account == "" || account == e.Account {
			list = append(list, e)
		}
	}
	return pick(list, u)
}

// held returns the holding that was read from the store for that version of the
// entry, or nil.
func (w *Wallet) held(s *space, e index.Entry) *holding {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(s.holdings, func(h *holding) bool {
		return h.source == fromStore && h.entry.ID == e.ID && h.entry.Saved.Equal(e.Saved)
	})
	if i < 0 {
		return nil
	}
	return s.holdings[i]
}

// lookUp reads the entry's secret without any dialog and within 250 ms, or
// returns nil. A place that did not answer once is not tried again before a
// challenge.
func (w *Wallet) lookUp(ctx context.Context, s *space, e index.Entry) *holding {
	w.mu.Lock()
	deaf := w.deaf
	w.mu.Unlock()
	if deaf || w.Keep.Quiet == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, quietTime)
	defer cancel()
	c, err := within(ctx, w.Keep.Quiet, KeyOf(e))
	if err != nil {
		w.mu.Lock()
		w.deaf = w.deaf || !isOfEntry(err)
		w.mu.Unlock()
		return nil
	}
	return w.hold(s, holding{credential: c, kind: e.Kind, source: fromStore, entry: e})
}

// within is Get for a store that may not honour its context in time: its answer
// is then not waited for.
func within(ctx context.Context, from Store, k Key) (auth.Credential, error) {
	type result struct {
		c   auth.Credential
		err error
	}
	answer := make(chan result, 1)
	go func() {
		c, err := from.Get(ctx, k)
		answer <- result{c, err}
	}()
	select {
	case r := <-answer:
		return r.c, r.err
	case <-ctx.Done():
		return auth.Credential{}, context.Cause(ctx)
	}
}

// takeOff reports whether an unasked credential may go now. It waits for one
// that is on its way.
func (w *Wallet) takeOff(ctx context.Context, s *space, u *url.URL) bool {
	for ctx.Err() == nil {
		w.mu.Lock()
		f := s.flight
		refused, free := s.refused, s.noWait || f == nil
		if !refused && f == nil && !s.noWait {
			s.flight = &flight{target: auth.Target(u), done: make(chan struct{})}
		}
		w.mu.Unlock()
		if refused || free {
			return !refused
		}
		w.await(ctx, s, f)
	}
	return false
}

// await waits until the flight has landed. One that does not land in time is
// not waited for again: its request may not have used the credential at all.
func (w *Wallet) await(ctx context.Context, s *space, f *flight) {
	timer := time.NewTimer(flightTime)
	defer timer.Stop()
	select {
	case <-f.done:
	case <-ctx.Done():
	case <-timer.C:
		w.land(s)
	}
}

// land ends the flight of the space, and all waiting for flights.
func (w *Wallet) land(s *space) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.noWait = true
	if s.flight != nil {
		s.flight.land()
		s.flight = nil
	}
}

// unasked returns the query of a credential that goes with no challenge: ch is
// made up, of Basic, Bearer or NTLM.
func unasked(sp auth.Space, ch auth.Challenge, u *url.URL) auth.Query {
	q := auth.Query{Space: sp, Target: auth.Target(u), Challenge: ch, Unasked: true}
	switch {
	case ch.Is("DPoP"):
		q.Scheme, q.Strength, q.Wants = "DPoP", auth.StrengthBearer, auth.Token
	case ch.Is("Bearer"):
		q.Scheme, q.Strength, q.Wants = "Bearer", auth.StrengthBearer, auth.Token
	case ch.Is("NTLM"):
		q.Scheme, q.Strength, q.Wants = "NTLM", auth.StrengthNTLM, auth.Password
	default:
		q.Scheme, q.Strength, q.Wants = "Basic", auth.StrengthBasic, auth.Password
	}
	return q
}
