package prompt

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// maxAnswers is how many answers may be none of those offered until the question
// counts as declined: somebody who pastes into the wrong window is not held.
const maxAnswers = 3

// Confirm asks a yes-or-no question; preset is what an empty line means. The
// question is cleaned and not cut: an origin in it shows its end. Its errors are
// those of Line.
func (t *Terminal) Confirm(ctx context.Context, question string, preset bool) (bool, error) {
	offer, none := "[y/N]", "no"
	if preset {
		offer, none = "[Y/n]", "yes"
	}
	var yes bool
	err := t.among(ctx, question+" "+offer, none, "please answer yes or no", func(word string) bool {
		yes = word == "y" || word == "yes"
		return yes || word == "n" || word == "no"
	})
	return yes && err == nil, err
}

// Answer is what a person says to a question of consent.
type Answer int

// The answers. No is the zero value.
const (
	No     Answer = iota
	Yes           // this once
	Always        // and do not ask again
)

// Consent asks whether something may be done: no (also an empty line), yes, or
// always, which must be written out. The question is cleaned and not cut. Its
// errors are those of Line, and with any of them the answer is No.
func (t *Terminal) Consent(ctx context.Context, question string) (Answer, error) {
	words := map[string]Answer{"n": No, "no": No, "y": Yes, "yes": Yes, "always": Always}
	answer := No
	err := t.among(ctx, question+" [y/N/always]", "no", "please answer yes, no or always", func(word string) bool {
		a, ok := words[word]
		if ok {
			answer = a
		}
		return ok
	})
	if err != nil {
		return No, err
	}
	return answer, nil
}

// Choose shows the options, numbered from 1, under the title, and returns the
// index, from 0, of the one whose number was typed. Each option is cleaned and
// cut to one line. Its errors are those of Line; without options it is declined
// unasked.
func (t *Terminal) Choose(ctx context.Context, title string, options []string) (int, error) {
	if len(options) == 0 {
		return 0, fmt.Errorf("%w: nothing to choose from", ErrDeclined)
	}
	if err := t.take(ctx); err != nil {
		return 0, err
	}
	defer t.leave()
	if err := t.menu(title, options); err != nil {
		return 0, err
	}
	offer := fmt.Sprintf("number [1-%d]", len(options))
	chosen := 0
	err := t.amongHeld(ctx, offer, "", "please type one of the numbers", func(word string) bool {
		n, err := strconv.Atoi(word)
		chosen = n - 1
		return err == nil && n >= 1 && n <= len(options)
	})
	if err != nil {
		return 0, err
	}
	return chosen, nil
}

func (t *Terminal) menu(title string, options []string) error {
	if err := t.line(title); err != nil {
		return err
	}
	digits := len(strconv.Itoa(len(options)))
	for i, option := range options {
		number := fmt.Sprintf("  %*d) ", digits, i+1)
		if err := t.line(number + Clean(option, t.Width()-len(number))); err != nil {
			return err
		}
	}
	return nil
}

// among asks until known accepts the answer, in lower case and trimmed; none
// stands for an empty one.
func (t *Terminal) among(ctx context.Context, question, none, hint string, known func(string) bool) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.leave()
	return t.amongHeld(ctx, question, none, hint, known)
}

// amongHeld is among for who has the turn.
func (t *Terminal) amongHeld(ctx context.Context, question, none, hint string, known func(string) bool) error {
	for range maxAnswers {
		word, err := t.ask(ctx, question, false)
		if err != nil {
			return err
		}
		word = strings.ToLower(strings.TrimSpace(word))
		if word == "" {
			word = none
		}
		if known(word) {
			return nil
		}
		if err := t.line(hint); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: no usable answer", ErrDeclined)
}
