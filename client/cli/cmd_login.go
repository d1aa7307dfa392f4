package cli

import (
	"context"
	"errors"
	"fmt"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

func loginFlags() []flagDef {
	return append(connectFlags(), flagsNamed(
		"header", "user-agent", "user", "basic", "digest", "anyauth", "account", "no-prompt", "ask",
		"allow-cleartext", "allow-downgrade", "store", "credential-helper", "prompt-timeout", "tries",
		"oauth-client-id", "oauth-scope", "no-browser", "secret-fd", "secret-stdin", "secret-file", "secret-command",
		"max-time", "connect-timeout", "location", "max-redirs",
		"verbose", "show-secrets",
	)...)
}

func runLogin(ctx context.Context, sys *System, args []string) int {
	return runActions(ctx, sys, "login", []action{{
		words: "URL", help: "send one request, answer its challenge, and store the credential",
		flags: loginFlags, least: 1, most: 1, run: login,
	}}, args)
}

// login sends one request, and waits until what answered its challenge is
// stored.
func login(j *job) error {
	t, err := readURL(j.words[0])
	if err != nil {
		return err
	}
	j.o.saving, j.o.command.signsIn = savingAll, true
	a, err := j.newAttempt(j.o, t)
	if err != nil {
		return err
	}
	j.rep = a.report
	if a.wallet.Keep.Store == nil || a.index == nil {
		return &failure{err: errors.New("login: no store is in use to keep a credential in"), code: exitAuth, hint: useHint}
	}
	(&fetcher{parts: a.parts, plan: a.plan}).remark([]*target{t})
	ctx, stop := withLimit(j.ctx, j.o.maxTime)
	defer stop()
	err = a.get(ctx)
	// The limit is for the transfer; what was accepted is saved all the same.
	unsaved := a.wallet.Close(j.ctx)
	if errors.Is(context.Cause(ctx), errTimeLimit) && err != nil {
		return &failure{err: errTimeLimit, code: exitTimeout}
	}
	if err := firstOf(j.tellSaved(a), err); err != nil {
		return err
	}
	if unsaved != nil {
		return &failure{err: fmt.Errorf("login: not saved: %w", unsaved), code: exitAuth}
	}
	if len(a.saved) > 0 {
		return nil
	}
	return j.tellUnsaved(a)
}

// tellSaved says what was stored where.
func (j *job) tellSaved(a *attempt) error {
	for _, n := range a.saved {
		if n.Kind != store.NoticeSaved {
			continue
		}
		e := index.Entry{ID: n.ID, Space: n.Space, Account: n.Account, Store: n.Place}
		if err := j.say("saved in %s: %s\nto undo: getin realms remove %s", placeText(n.Place), describe(&e), a.shortID(n.ID)); err != nil {
			return err
		}
	}
	return nil
}

// tellUnsaved says why there was nothing to store.
func (j *job) tellUnsaved(a *attempt) error {
	where := a.mask.URL(a.target.url)
	status := fmt.Sprintf("%d %s", a.status, statusName(a.status))
	if len(a.settled) == 0 {
		if a.asked {
			return nil // cannot be: a challenge without an answer is an error
		}
		j.rep.notice("getin: %s did not ask who you are (%s); nothing was stored", where, status)
		return nil
	}
	last := a.settled[len(a.settled)-1]
	if last.outcome != auth.Accepted {
		return &failure{
			err:  fmt.Errorf("login: %s: %s: neither accepted nor refused; nothing was stored", where, status),
			code: exitLogin,
		}
	}
	e := index.Entry{Space: last.query.Space, Account: last.user}
	return j.say("stored already, and accepted: %s", describe(&e))
}
