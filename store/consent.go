package store

import (
	"context"
	"fmt"
	"slices"

	"getin/client/auth"
	"getin/store/index"
)

// KeyChangedError tells that an unverified peer shows another public key than
// the one that was agreed to for good. It wraps auth.ErrNotAllowed; nobody is
// asked, so that nobody says yes by habit.
type KeyChangedError struct {
	Space auth.Space
	Known []string // "sha256//BASE64"
	Key   string
}

func (e *KeyChangedError) Error() string {
	return fmt.Sprintf("THE KEY OF %s HAS CHANGED: somebody may be listening in, or the server has a new certificate; "+
		"its key is %s, the one agreed to is %s", e.Space.Origin.Display(), e.Key, e.Known[len(e.Known)-1])
}

func (e *KeyChangedError) Unwrap() error { return auth.ErrNotAllowed }

// risk is what an answer of a person holds for in a run.
type risk struct {
	kind auth.Risk
	key  string        // for Unverified, and the issuer for Elsewhere
	weak auth.Strength // for Downgrade
}

// Consent says whether an answer may go out in spite of the concern: by what is
// remembered for the space, else by what a person said in this run, else by what
// a person says now. Nil is yes; every other error wraps auth.ErrNotAllowed, or
// is that of ctx. It is the client's Consent.
func (w *Wallet) Consent(ctx context.Context, c auth.Concern) error {
	s := w.space(c.Query.Space)
	select {
	case s.consent <- struct{}{}: // one question for many requests (RULES R11)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-s.consent }()
	if yes, err := w.Agreed(c); yes || err != nil {
		return err
	}
	r := risk{kind: c.Risk}
	switch c.Risk {
	case auth.Unverified:
		r.key = c.Key
	case auth.Elsewhere:
		r.key = c.Issuer.String()
	case auth.Downgrade:
		r.weak = c.Query.Strength
	}
	w.mu.Lock()
	yes, answered := s.agreed[r]
	w.mu.Unlock()
	if !answered {
		var err error
		if yes, err = w.put(ctx, s, c); err != nil {
			return err
		}
		w.mu.Lock()
		s.agreed[r] = yes
		w.mu.Unlock()
	}
	if !yes {
		return fmt.Errorf("%w: the answer was no", auth.ErrNotAllowed)
	}
	return nil
}

// Agreed reports whether a person agreed for good in an earlier run. A
// *KeyChangedError says that it was to something else.
func (w *Wallet) Agreed(c auth.Concern) (bool, error) {
	sp := c.Query.Space
	agreed := w.load(site{sp.Party, sp.Origin}).Agreed(sp)
	switch c.Risk {
	case auth.ClearText:
		return agreed.ClearText, nil
	case auth.Elsewhere:
		return slices.Contains(agreed.Issuers, c.Issuer.String()), nil
	case auth.Unverified:
		if slices.Contains(agreed.Keys, c.Key) {
			return true, nil
		}
		if len(agreed.Keys) > 0 {
			return false, &KeyChangedError{sp, agreed.Keys, c.Key}
		}
	}
	return false, nil // a weaker scheme is agreed to anew each time (RULES R8)
}

// put puts the concern to a person, and remembers an answer for good.
func (w *Wallet) put(ctx context.Context, s *space, c auth.Concern) (bool, error) {
	if w.Person == nil {
		return false, fmt.Errorf("%w: %w", auth.ErrNotAllowed, auth.ErrNobody)
	}
	answer, err := w.Person.Consent(ctx, c)
	if err != nil {
		return false, fmt.Errorf("%w: %w", auth.ErrNotAllowed, err)
	}
	if answer == Always && c.Risk != auth.Downgrade {
		if w.agree(ctx, c) {
			return true, nil
		}
	}
	if answer != No && c.Risk == auth.Unverified {
		w.mu.Lock()
		s.unlearned = true
		w.mu.Unlock()
	}
	return answer != No, nil
}

// agree writes down what was agreed to for good, and reports whether that
// worked; if not, it holds for this run.
func (w *Wallet) agree(ctx context.Context, c auth.Concern) bool {
	if w.Index == nil || c.Risk == auth.Unverified && c.Key == "" {
		return false
	}
	sp := c.Query.Space
	err := w.Index.Update(ctx, sp.Party, sp.Origin, func(f *index.File) error {
		agreed := f.Consent(sp)
		switch c.Risk {
		case auth.ClearText:
			agreed.ClearText = true
		case auth.Unverified:
			agreed.Keys = append(agreed.Keys, c.Key)
		case auth.Elsewhere:
			agreed.Issuers = append(agreed.Issuers, c.Issuer.String())
		}
		return nil
	})
	if err != nil {
		w.notifyOnce(Notice{Kind: NoticeIndexFailed, Err: err})
	}
	w.stale(site{sp.Party, sp.Origin})
	return err == nil
}
