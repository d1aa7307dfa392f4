package helper

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// Why there is no answer. Others are the store's.
var (
	ErrNone    = errors.New("nothing is stored for it")
	ErrSeveral = errors.New("several entries are stored for it, and the tool names none")
	ErrWeaker  = errors.New("a stronger scheme was accepted, and the tool would send the password by Basic")
)

// refusedRuns is how many refusals an entry may have before it takes a person
// (RULES R2).
const refusedRuns = 3

// Server serves a wallet's Keep and Index to other tools. It asks nobody.
type Server struct{ Wallet *store.Wallet }

// request is what a tool wants to know.
type request struct {
	site
	user       string           // "" is any
	kinds      []auth.Kind      // that the tool can use, the preferred first
	challenges []auth.Challenge // nil: the tool did not tell

	// basic: the tool will send a password by Basic, whatever is offered.
	basic bool
}

// answer is what was found.
type answer struct {
	entry      index.Entry
	credential auth.Credential
}

// find returns the one entry that covers the request, with its credential.
func (s *Server) find(ctx context.Context, r request) (answer, error) {
	list, err := s.entries(r.origins)
	if err != nil {
		return answer{}, err
	}
	found := error(ErrNone)
	for _, kind := range r.kinds {
		e, err := r.only(list, kind)
		if errors.Is(err, ErrNone) {
			continue
		}
		if found = err; err != nil {
			break
		}
		c, err := s.Wallet.Keep.Store.Get(ctx, store.KeyOf(e))
		if errors.Is(err, store.ErrNotFound) {
			return answer{}, ErrNone
		}
		if err != nil {
			return answer{}, fmt.Errorf("%s: %w", s.Wallet.Keep.Name, err)
		}
		return answer{e, c}, nil
	}
	return answer{}, found
}

// entries returns what is stored for the origins in the store in use.
func (s *Server) entries(origins []auth.Origin) ([]index.Entry, error) {
	var list []index.Entry
	if s.Wallet.Keep.Store == nil || s.Wallet.Index == nil {
		return nil, store.ErrNowhere
	}
	for _, o := range origins {
		f, err := s.Wallet.Index.Load(auth.Server, o)
		if err != nil {
			return nil, err
		}
		for _, e := range f.Entries {
			if e.Store == s.Wallet.Keep.Name && e.State == index.Saved {
				list = append(list, e)
			}
		}
	}
	return list, nil
}

// only returns the one entry of that kind that covers the request (RULES R15).
func (r *request) only(list []index.Entry, kind auth.Kind) (index.Entry, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(e index.Entry) bool { return e.Kind != kind || !r.covers(&e) })
	list = latest(list)
	switch {
	case len(list) == 0:
		return index.Entry{}, ErrNone
	case len(list) > 1:
		return index.Entry{}, ErrSeveral
	case kind == auth.Password && r.weakens(&list[0]):
		return index.Entry{}, ErrWeaker
	}
	return list[0], nil
}

// covers reports whether the entry is for the request's user, path and realms.
func (r *request) covers(e *index.Entry) bool {
	switch {
	case r.user != "" && r.user != e.Account, e.Refused >= refusedRuns, expired(e):
		return false
	case r.path && len(e.Prefixes) > 0 && e.Covering(r.url) == "":
		return false
	case e.Unbound != "" || len(r.challenges) == 0:
		return true
	}
	return slices.ContainsFunc(r.challenges, func(c auth.Challenge) bool { return c.Space(auth.Server, e.Space.Origin) == e.Space })
}

func expired(e *index.Entry) bool { return !e.Expires.IsZero() && !e.Expires.After(testOnlyNow()) }

// latest drops, of entries of one account, the unbound one that is older than
// those of a realm, or else those: whichever was saved last speaks.
func latest(list []index.Entry) []index.Entry {
	beaten := func(e index.Entry) bool {
		return slices.ContainsFunc(list, func(other index.Entry) bool {
			return other.Account == e.Account && (other.Unbound == "") != (e.Unbound == "") && other.Saved.After(e.Saved)
		})
	}
	return slices.DeleteFunc(slices.Clone(list), beaten)
}

// weakens reports whether the tool would show to the server a password that a
// scheme which does not has proven (RULES R8).
func (r *request) weakens(e *index.Entry) bool {
	if e.Strength <= auth.StrengthBasic {
		return false
	}
	if r.basic {
		return true
	}
	stronger := func(c auth.Challenge) bool { return !c.Is("Basic") && !c.Is("Bearer") }
	return len(r.challenges) > 0 && !slices.ContainsFunc(r.challenges, stronger)
}
