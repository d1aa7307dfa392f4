package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"getin/client/auth"
)

// claimTime bounds the wait for another process that has been given an answer
// and has not stored it yet: the time of a slow request and a save.
const claimTime = 5 * time.Second

// hush notes that no person is to be asked here any more, when that is what the
// error means, and returns it.
func (f *fill) hush(err error) error {
	switch {
	case errors.Is(err, auth.ErrNobody):
		return f.nobody()
	case errors.Is(err, auth.ErrDeclined), errors.Is(err, auth.ErrCanceled):
		f.mu.Lock()
		f.space.silent = err
		f.mu.Unlock()
	}
	return err
}

// ask puts the question to a person.
func (f *fill) ask(ctx context.Context) (*holding, error) {
	if !f.query.Person {
		return nil, auth.ErrNoCredential
	}
	if f.Person == nil {
		return nil, f.nobody()
	}
	for {
		f.mu.Lock()
		asked, silent := f.space.asked, f.space.silent
		if silent == nil && asked >= f.tries() {
			silent = fmt.Errorf("%w: %d answers were refused", auth.ErrDeclined, asked)
			f.space.silent = silent
		}
		f.mu.Unlock()
		if silent != nil {
			return nil, silent
		}
		h, err := f.question(ctx, asked)
		if err != nil {
			return nil, f.hush(err)
		}
		// A value that was refused is not sent again; it costs a try.
		if !f.wasRefused(f.space, h.credential) {
			return h, nil
		}
	}
}

// question asks once, and returns what was said or found meanwhile.
func (f *fill) question(ctx context.Context, asked int) (*holding, error) {
	var found *holding
	q := Question{
		Query: f.query, User: f.account, Fixed: f.fixed, Left: f.tries() - asked, Refused: asked > 0,
		Again: func(ctx context.Context) (auth.Credential, bool) {
			f.claim(ctx, claimTime)
			if found = f.again(ctx); found == nil {
				return auth.Credential{}, false
			}
			f.unclaim(f.space)
			return found.credential, true
		},
	}
	if last := f.lastAccount(); last != "" && !f.fixed {
		q.User = last
	}
	c, err := f.Person.Credential(ctx, q)
	if err != nil {
		f.unclaim(f.space)
		return nil, err
	}
	if found != nil && found.credential.Equal(c) {
		return found, nil
	}
	f.mu.Lock()
	f.space.asked++
	f.space.account = c.User
	if f.redirected {
		f.space.vouched[f.query.Redirected] = true
	}
	f.mu.Unlock()
	return f.hold(f.space, holding{credential: c, kind: f.query.Wants, source: fromPerson}), nil
}

// claim waits, for so long at most, for a process that was given an answer for
// this space and has not stored it yet, and tells others that this one is about to
// ask.
func (f *fill) claim(ctx context.Context, patience time.Duration) {
	f.mu.Lock()
	mine := f.space.release != nil
	f.mu.Unlock()
	if mine || !f.keeps() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	release, ok := f.Index.Claim(ctx, Key{Space: f.query.Space, Kind: f.query.Wants}.ID())
	if !ok {
		return // it takes long elsewhere; to ask twice is the lesser evil
	}
	f.mu.Lock()
	f.space.release = release
	f.mu.Unlock()
}

// unclaim ends the claim of the space, if there is one.
func (w *Wallet) unclaim(s *space) {
	w.mu.Lock()
	release := s.release
	s.release = nil
	w.mu.Unlock()
	if release != nil {
		release()
	}
}

// lastAccount returns the account that was last used here: what was typed in
// this run, else, unless the user has named one, what is remembered.
func (f *fill) lastAccount() string {
	f.mu.Lock()
	name := f.space.account
	f.mu.Unlock()
	if name != "" || f.account != "" {
		return name
	}
	var last time.Time
	for _, e := range f.load(site{f.query.Space.Party, f.query.Space.Origin}).Entries {
		if t := e.Touched(); e.Space == f.query.Space && e.Kind == f.query.Wants && t.After(last) {
			name, last = e.Account, t
		}
	}
	return name
}
