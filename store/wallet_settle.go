package store

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// usedEvery is how often the use of an entry is written down (RULES R13).
const usedEvery = time.Hour

// Settle takes note of what a credential proved to be worth (RULES R1): accepted,
// it serves the run and is saved; rejected, it is not returned again in this
// run, and stays where it is stored; undecided, it serves the run and nothing is
// saved or held against it. Whatever takes time runs beside the transfer.
func (w *Wallet) Settle(_ context.Context, q auth.Query, c auth.Credential, o auth.Outcome) {
	s := w.space(q.Space)
	bare := w.space(auth.Space{Party: q.Space.Party, Origin: q.Space.Origin})
	w.mu.Lock()
	h := s.settled(bare, q, c)
	h.entry.TakeGrant(tokenOf(c))
	if h.outcome != auth.Accepted || o != auth.Undecided {
		h.outcome = o
	}
	holder := s.holder
	w.mu.Unlock()
	saving := false
	switch o {
	case auth.Accepted:
		saving = w.accepted(s, h, q, c.Issued)
	case auth.Rejected:
		w.rejected(s, bare, h, q)
	}
	if !saving {
		w.unclaim(s)
	}
	if q.Unasked {
		w.land(bare)
	}
	w.land(s)
	if holder != nil && s.isOf(holder, c) {
		w.giveBack(s, holder)
	}
}

// isOf reports whether the credential settles what was lent to the holder.
func (s *space) isOf(h *holder, c auth.Credential) bool {
	return h.credential.Equal(c) || h.renewed
}

// settled returns the holding that is being settled. Wallet.mu is held.
func (s *space) settled(bare *space, q auth.Query, c auth.Credential) *holding {
	if h := s.holding(c); h != nil {
		return h
	}
	h := &holding{credential: c, kind: q.Wants}
	if c.Grant != nil {
		h.source = fromScheme
		for _, old := range s.holdings {
			if old.credential.Grant != nil && old.credential.User == c.User {
				h.entry = old.entry // where it answers does not change
			}
		}
	}
	if sent := bare.holding(c); q.Unasked && sent != nil {
		// It went before the realm was known.
		h.source, h.given = sent.source, sent.given
	} else if s.holder != nil {
		// The scheme has renewed the secret that was lent.
		if lent := s.holding(s.holder.credential); lent != nil && (c.Grant == nil || lent.source == fromGiven) {
			h.source, h.given, h.entry = lent.source, lent.given, lent.entry
		}
		s.holder.renewed = true
	}
	s.holdings = append(s.holdings, h)
	return h
}

// rejected notes a refusal. It erases nothing (RULES R2).
func (w *Wallet) rejected(s, bare *space, h *holding, q auth.Query) {
	w.mu.Lock()
	if q.Unasked && h.source == fromGiven {
		bare.refused = true
	}
	count := h.source == fromStore && !h.counted
	h.counted = true
	e := h.entry
	w.mu.Unlock()
	if !count {
		return
	}
	if e.Kind == auth.Access {
		w.later(func(ctx context.Context) { w.dropIssued(ctx, e) })
		return
	}
	w.notify(Notice{Kind: NoticeRefused, Space: q.Space, Account: e.Account, Place: e.Store, ID: e.ID, Wants: h.kind})
	w.later(func(ctx context.Context) {
		w.update(ctx, site{q.Space.Party, q.Space.Origin}, func(f *index.File) error {
			// Another process may have put a better secret there meanwhile.
			if now := f.Find(e.ID, e.Store); now != nil && now.Saved.Equal(e.Saved) {
				now.RefusedAt = testOnlyNow()
				now.Refused++
			}
			return nil
		})
	})
}

// accepted notes what was learnt, and begins to save what is to be saved; it
// reports whether it did. issued is a token to be kept beside it, or nil.
func (w *Wallet) accepted(s *space, h *holding, q auth.Query, issued *auth.Credential) (saving bool) {
	if q.Unasked && h.source == fromGiven && !q.Space.HasRealm {
		return false // sent before anybody asked: that proves nothing (RULES R1)
	}
	if h.credential.Anonymous() {
		return false // nobody was let in, and nothing is to be learnt of that
	}
	return w.learn(s, h, q, issued)
}

func (w *Wallet) learn(s *space, h *holding, q auth.Query, issued *auth.Credential) (saving bool) {
	var prefixes []string
	if u, err := url.Parse(q.Target); err == nil {
		prefixes = auth.Prefixes(q.Challenge, u)
	}
	w.mu.Lock()
	s.asked = 0
	if s.unlearned {
		w.mu.Unlock()
		return false // nothing is learnt from an unverified peer (RULES R7)
	}
	var unbound index.Entry
	binds := w.binds(h)
	if binds {
		unbound = h.rebind(q)
	}
	news := h.note(q, prefixes)
	news = w.memory(site{q.Space.Party, q.Space.Origin}).run.Accept(q.Strength, directory(h.entry.Last)...) || news
	save := w.saves(h.source, h.given) && !h.saved && !h.credential.Kept
	h.saved = h.saved || save
	e := h.entry
	keep := issued != nil && w.keepsIssued(h)
	w.mu.Unlock()
	if keep {
		w.later(func(ctx context.Context) { w.keepIssued(ctx, q, *issued, e) })
	}
	if h.source == fromPerson && !w.keeps() && w.Saving != SaveNone {
		w.notifyOnce(Notice{Kind: NoticeNothingKept, Space: q.Space, Account: h.credential.User})
	}
	switch {
	case binds:
		w.later(func(ctx context.Context) {
			if w.saveAccepted(ctx, q, h.credential, e) {
				w.discard(ctx, unbound)
			}
		})
	case save:
		w.later(func(ctx context.Context) {
			w.saveAccepted(ctx, q, h.credential, e)
			w.unclaim(s)
		})
	case news && w.Index != nil:
		w.later(func(ctx context.Context) { w.remember(ctx, q, h.credential.User, e) })
	}
	return save
}

// directory returns the prefix under which an answer accepted at the path counts
// as the strongest whatever the realm (RULES R8). It is the path's directory and
// not the protection space: that of a Digest challenge without a domain is the
// whole origin, where other realms may well ask for something weaker. What this
// credential was accepted by counts in all of its space (Credential.Proven).
func directory(escaped string) []string {
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return nil
	}
	return auth.Prefixes(auth.Challenge{}, &url.URL{Path: path, RawPath: escaped})
}

// note adds to the holding what its acceptance taught, and reports whether it is
// worth writing down. Wallet.mu is held.
func (h *holding) note(q auth.Query, prefixes []string) bool {
	e := &h.entry
	news := e.AddPrefixes(prefixes...)
	news = news || !h.noted || q.Strength > e.Strength || testOnlyNow().Sub(e.Used) >= usedEvery
	h.noted = true
	e.Strength = max(e.Strength, q.Strength)
	if news {
		e.Used = testOnlyNow()
	}
	if u, err := url.Parse(q.Target); err == nil {
		e.Last = u.EscapedPath()
	}
	if v, ok := q.Challenge.Param("charset"); ok {
		e.Charset = v
	}
	if v, ok := q.Challenge.Param("domain"); ok {
		e.Domain = v
	}
	return news
}

// remember writes down what was learnt. For the time of use alone it waits for
// no lock.
func (w *Wallet) remember(ctx context.Context, q auth.Query, user string, learnt index.Entry) {
	at := site{q.Space.Party, q.Space.Origin}
	id := cmp.Or(learnt.ID, Key{Space: q.Space, Kind: q.Wants, Account: user}.ID())
	used := false
	change := func(f *index.File) (news bool) {
		news = f.Accept(q.Strength, directory(learnt.Last)...)
		if e := f.Find(id, w.Keep.Name); e != nil {
			merged := merge(e, learnt)
			used = due(e, f, learnt.Used)
			if used || merged {
				e.Used, e.Last = learnt.Used, learnt.Last
			}
			news = news || merged
		}
		return news
	}
	f := w.load(at)
	f.Entries = slices.Clone(f.Entries) // what load returns is shared
	switch {
	case change(&f):
		w.update(ctx, at, func(f *index.File) error { change(f); return nil })
	case used:
		// A lock that is held now is no reason to wait: the next run notes it.
		if _, err := w.Index.TryUpdate(at.party, at.origin, func(f *index.File) error { change(f); return nil }); err != nil {
			w.notifyOnce(Notice{Kind: NoticeIndexFailed, Err: err})
		}
	}
	w.stale(at)
}

// merge brings what was learnt into the entry and reports whether it is news.
func merge(e *index.Entry, learnt index.Entry) bool {
	news := e.AddPrefixes(learnt.Prefixes...)
	news = e.TakeGrant(learnt) || news
	news = news || e.Refused > 0 || learnt.Strength > e.Strength || learnt.Charset != e.Charset || learnt.Domain != e.Domain
	e.Refused, e.RefusedAt = 0, time.Time{}
	e.Strength = max(e.Strength, learnt.Strength)
	e.Charset, e.Domain = learnt.Charset, learnt.Domain
	return news
}

// due reports whether the use is to be written down: once an hour, or when
// another account was used since, so that "the last used" stays true (RULES
// R10).
func due(e *index.Entry, f *index.File, now time.Time) bool {
	if now.Sub(e.Used) >= usedEvery {
		return true
	}
	for _, other := range f.Entries {
		if other.Space == e.Space && other.ID != e.ID && !other.Used.Before(e.Used) {
			return true
		}
	}
	return false
}

// update changes the index, and tells once when that does not work.
func (w *Wallet) update(ctx context.Context, at site, change func(*index.File) error) {
	if err := w.Index.Update(ctx, at.party, at.origin, change); err != nil {
		w.notifyOnce(Notice{Kind: NoticeIndexFailed, Err: err})
	}
	w.stale(at)
}
