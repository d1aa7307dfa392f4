package store

import (
	"context"
	"sync"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// space is what a run knows of one protection space. Its fields are guarded by
// Wallet.mu, but for turn.
type space struct {
	// turn holds a token while a credential is looked for, or is out and not
	// judged yet, so that parallel requests wait for the first answer (RULES
	// R11).
	turn   chan struct{}
	holder *holder

	holdings []*holding
	ran      map[int]error // Givens whose Secret was called here, and how it failed

	// Of the entries that are stored: the account chosen here (RULES R10), and
	// the version, by the time of saving, of each that was looked at.
	account   string
	seen      map[string]time.Time
	another   bool  // the person wants none of the stored accounts
	helped    bool  // the helper was asked
	unhelpful error // why it did not answer
	failed    error // why the store did not give what lies in it for this space

	asked   int                  // answers of a person since the last acceptance
	silent  error                // why no person is asked any more
	release func()               // ends the claim that others see while a person's answer is not stored yet
	vouched map[auth.Origin]bool // typed origins whose redirect to here a person answered

	flight  *flight // an unasked credential that is not judged yet
	noWait  bool    // no unasked credential is waited for
	refused bool    // a given credential was refused unasked

	consent   chan struct{} // a token while a person thinks about a concern
	agreed    map[risk]bool // what was answered in this run
	unlearned bool          // the peer is unverified, by a consent for once
}

// holding is a credential that a run has had for a space.
type holding struct {
	credential auth.Credential
	kind       auth.Kind
	source     source
	given      int         // which Given, for fromGiven
	entry      index.Entry // as it was read, for fromStore; and what is learnt of it
	outcome    auth.Outcome

	noted   bool // its first acceptance in this run is written down
	counted bool // its refusal is
	saved   bool // its saving has begun
}

type source int

const (
	fromGiven source = iota + 1
	fromStore
	fromPerson
	fromHelper
	fromScheme // acquired
)

// holder is the right to the turn that goes with a credential until it is
// settled.
type holder struct {
	credential auth.Credential
	once       sync.Once
	stop       func() bool
	renewed    bool // the scheme has put another secret in its place
}

// flight is an unasked credential on its way.
type flight struct {
	target string // as Query.Target
	done   chan struct{}
	once   sync.Once
}

func (f *flight) land() { f.once.Do(func() { close(f.done) }) }

// space returns what is known of s.
func (w *Wallet) space(s auth.Space) *space {
	w.mu.Lock()
	defer w.mu.Unlock()
	sp := w.spaces[s]
	if sp == nil {
		sp = &space{
			turn: make(chan struct{}, 1), consent: make(chan struct{}, 1),
			ran: map[int]error{}, seen: map[string]time.Time{}, vouched: map[auth.Origin]bool{}, agreed: map[risk]bool{},
		}
		if w.spaces == nil {
			w.spaces = map[auth.Space]*space{}
		}
		w.spaces[s] = sp
	}
	return sp
}

// enter takes the turn, or returns why the context ended.
func (s *space) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *space) leave() { <-s.turn }

// lend lets the turn go with the credential: until it is settled, or its
// request is given up.
func (w *Wallet) lend(ctx context.Context, s *space, c auth.Credential) {
	h := &holder{credential: c}
	w.mu.Lock()
	defer w.mu.Unlock()
	s.holder = h
	h.stop = context.AfterFunc(ctx, func() { w.unclaim(s); w.giveBack(s, h) })
}

// giveBack ends a loan; a second time it does nothing.
func (w *Wallet) giveBack(s *space, h *holder) {
	h.once.Do(func() {
		w.mu.Lock()
		if s.holder == h {
			s.holder = nil
		}
		stop := h.stop
		w.mu.Unlock()
		stop()
		s.leave()
	})
}

// holding returns the holding of that very credential, or nil. Wallet.mu is
// held.
func (s *space) holding(c auth.Credential) *holding {
	for _, h := range s.holdings {
		if h.credential.Equal(c) {
			return h
		}
	}
	return nil
}

// wasRefused reports whether the credential was refused here in this run.
func (w *Wallet) wasRefused(s *space, c auth.Credential) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := s.holding(c)
	return h != nil && h.outcome == auth.Rejected
}

// hold notes a credential, unless it is there already, and returns its holding.
func (w *Wallet) hold(s *space, h holding) *holding {
	w.mu.Lock()
	defer w.mu.Unlock()
	if old := s.holding(h.credential); old != nil {
		return old
	}
	kept := new(holding) // and not &h, which would be made for the old ones too
	*kept = h
	s.holdings = append(s.holdings, kept)
	return kept
}
