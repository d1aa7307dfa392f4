package cli

import (
	"context"
	"errors"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
	"getin/store/vault"
)

// exitDeclined is curl's number for "aborted by callback": the person said no.
const exitDeclined = 42

// confirm asks the person a question whose answer is no until it is said
// otherwise; the lines come first. Nil: go on. --yes is the answer where there
// is nobody to ask.
func (j *job) confirm(question string, lines ...string) error {
	if j.o.command.yes {
		return nil
	}
	yes := false
	err := j.talk(func(ctx context.Context, t *prompt.Terminal) error {
		for _, l := range lines {
			if err := t.Print(l); err != nil {
				return err
			}
		}
		var err error
		yes, err = t.Confirm(ctx, question, false)
		return err
	})
	switch {
	case errors.Is(err, auth.ErrNobody):
		return &usageError{why: j.title + ": there is nobody to ask", hint: "--yes does it without asking", code: exitUsage}
	case errors.Is(err, auth.ErrDeclined), err == nil && !yes:
		j.rep.notice("getin: nothing was done")
		return &failure{code: exitDeclined}
	}
	return err
}

// talk holds a dialogue on the terminal. Without one the error wraps
// auth.ErrNobody.
func (j *job) talk(dialogue func(context.Context, *prompt.Terminal) error) error {
	if j.silentRun() {
		return auth.ErrNobody
	}
	return j.person().converse(j.ctx, func(ctx context.Context, t *prompt.Terminal) error {
		if t == nil {
			return auth.ErrNobody // an askpass program confirms nothing
		}
		return dialogue(ctx, t)
	})
}

// person is whom the command asks.
func (j *job) person() *person {
	return &person{sys: j.sys, limit: j.o.promptLimit, mask: j.mask, locks: lockDir(j.sys)}
}

// secret makes what was typed a secret of the run.
func (j *job) secret(typed string) auth.Secret {
	s := auth.NewSecret(typed)
	j.mask.Add(auth.Credential{Secret: s})
	return s
}

// silentRun tells that nobody is to be asked.
func (j *job) silentRun() bool { return j.o.noPrompt || j.sys.env("GETIN_NO_PROMPT") != "" }

// interactive reports whether there is a person at a terminal, who may also
// unlock a keyring.
func (j *job) interactive() bool {
	if j.silentRun() {
		return false
	}
	t, err := j.sys.Terminal(j.ctx)
	if err != nil {
		return false
	}
	_ = t.Close() // it was only looked whether it is there
	return true
}

// place opens the place of that name, as the index notes it.
func (j *job) place(name string) (store.Place, error) {
	c, err := readPlace(j.sys, name, "the index")
	if err != nil {
		return store.Place{}, err
	}
	return j.open(c), nil
}

func (j *job) open(c choice) store.Place { return j.openWith(c, j.vaultKey(), j.interactive()) }

// openWith opens the place; interactive allows its own dialogs.
func (j *job) openWith(c choice, key vault.Key, interactive bool) store.Place {
	return watched(j.mask, openPlace(j.sys, c, key, interactive, func() {
		j.rep.notice("getin: waiting for the keyring to be unlocked")
	}))
}

// walletOf returns a wallet that keeps in the entry's own place.
func (j *job) walletOf(e *index.Entry) (*store.Wallet, error) {
	ix, err := j.index()
	if err != nil {
		return nil, err
	}
	place, err := j.place(e.Store)
	if err != nil {
		return nil, err
	}
	return &store.Wallet{Keep: place, Index: ix}, nil
}
