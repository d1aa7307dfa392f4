package cli

import (
	"context"
	"fmt"

	"getin/client/token"
	"getin/prompt"
)

// signer is the person as whoever signs in; it is the token.Person.
type signer struct {
	*person
	atOnce bool // the command's own business is to sign in (login): nobody asks whether to
}

// Consent implements token.Person. Only a terminal will do, as for the sign-in.
func (s signer) Consent(ctx context.Context, c token.Consent) (bool, error) {
	yes := s.atOnce && c.Held == ""
	if yes {
		return true, nil
	}
	err := s.converse(ctx, func(ctx context.Context, t *prompt.Terminal) (err error) {
		if t == nil {
			return prompt.ErrNoTerminal
		}
		if err := s.heading(t, c.Query); err != nil {
			return err
		}
		for _, line := range consentLines(c) {
			if err := t.Print(line[0] + prompt.Quote(line[1], t.Width()-len(line[0]))); err != nil {
				return err
			}
		}
		yes, err = t.Confirm(ctx, fmt.Sprintf("sign in at %s?", c.Issuer), false)
		return err
	})
	return yes, err
}

// consentLines are labels, and what the servers say.
func consentLines(c token.Consent) (list [][2]string) {
	add := func(label, text string) {
		if text != "" {
			list = append(list, [2]string{label, text})
		}
	}
	add("  for ", c.Resource)
	if c.Held != "" {
		add("  what is held allows ", c.Held)
	}
	add("  scope asked for: ", c.Scope)
	return list
}

// Show implements token.Person.
func (s signer) Show(ctx context.Context, c token.Code) error {
	return s.converse(ctx, func(_ context.Context, t *prompt.Terminal) error {
		if t == nil {
			return prompt.ErrNoTerminal
		}
		return t.Print(fmt.Sprintf("open %s and enter the code %s", c.Address, c.User))
	})
}

// Open implements token.Person.
func (s signer) Open(ctx context.Context, address string) error {
	return s.converse(ctx, func(_ context.Context, t *prompt.Terminal) error {
		if t == nil {
			return prompt.ErrNoTerminal
		}
		return t.Print("open " + address)
	})
}
