package cli

import (
	"errors"

	"getin/client/auth"
	"getin/store"
)

// holder is a scheme that may find by itself what it answers with.
type holder interface {
	Held(at auth.Space, account string) (user string, err error)
}

// ticket puts what the scheme would find in the place of a person, and tells why
// it cannot start.
func (x *explainer) ticket(s auth.Scheme, at auth.Space, by *store.Foreseen) error {
	h, ok := s.(holder)
	if !ok {
		return nil
	}
	account := ""
	if by.From == store.FromPerson {
		account = by.Account
	}
	user, err := h.Held(at, account)
	switch {
	case errors.Is(err, auth.ErrCannotStart):
		return err
	case err != nil, x.options.renew, by.From == store.FromGiven, by.From == store.FromStored, by.From == store.FromFinal:
		return nil
	}
	*by = store.Foreseen{From: store.FromTicket, Account: user}
	return nil
}
