package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
)

// checksAtOnce is how many entries are tried at a time: enough that a few
// servers that do not answer hold up nobody, too few to look like an attack.
const checksAtOnce = 8

// checkLimit is how long one entry may take when --max-time does not say.
const checkLimit = 30 * time.Second

func checkFlags() []flagDef {
	return append(connectFlags(), flagsNamed("max-time", "connect-timeout", "allow-cleartext", "allow-downgrade")...)
}

// verdict is what a check has found.
type verdict struct {
	text string // one line
	code int    // the exit code that it stands for
}

// checkRealms is "realms check". Nobody is asked, nothing is saved but what
// every run notes: a refusal counts, an acceptance clears the count (rule R2).
func checkRealms(j *job) error {
	all, problem := j.entries()
	found := filter(all, j.words)
	if len(found) == 0 {
		j.rep.notice("getin: nothing to check")
		return problem
	}
	j.unlock(found)
	verdicts := make([]verdict, len(found))
	count, above := j.newTally("checked", len(found))
	below := j.sys
	j.sys = above
	turns := make(chan struct{}, checksAtOnce)
	var running sync.WaitGroup
	for i := range found {
		turns <- struct{}{}
		running.Go(func() {
			defer func() { <-turns }()
			verdicts[i] = j.check(&found[i])
			count.one()
		})
	}
	running.Wait()
	count.end()
	j.sys = below
	short := index.ShortIDs(all)
	rows := [][]string{{"ID", "ORIGIN", "REALM", "ACCOUNT", "STORE", "RESULT"}}
	for i := range found {
		e := &found[i]
		rows = append(rows, []string{
			short[e.ID], originText(e), realmText(e, realmCells), accountText(e, accountCells),
			prompt.Clean(e.Store, uncut), verdicts[i].text,
		})
	}
	return firstOf(writeTable(j.sys.Stdout, rows), worst(verdicts), problem)
}

// unlock lets a person open the stores that hold the entries, one after the
// other. The checks themselves open no dialog.
func (j *job) unlock(found []index.Entry) {
	if !j.interactive() {
		return
	}
	seen := map[string]bool{}
	for _, e := range found {
		if p, err := j.place(e.Store); err == nil && p.Store != nil && !seen[e.Store] {
			_ = probe(j.ctx, p) // whether it is open now, the checks will see
		}
		seen[e.Store] = true
	}
}

// worst is the end of a check: a refusal before anything else.
func worst(verdicts []verdict) error {
	for _, grave := range []func(int) bool{
		func(code int) bool { return code == exitLogin },
		func(code int) bool { return code == exitAuth },
		func(code int) bool { return code != exitOK },
	} {
		if i := slices.IndexFunc(verdicts, func(v verdict) bool { return grave(v.code) }); i >= 0 {
			return &failure{code: verdicts[i].code}
		}
	}
	return nil
}

// check tries one entry at the URL that it was last used for.
func (j *job) check(e *index.Entry) verdict {
	if e.Space.Party != auth.Server {
		return verdict{"not checked: a proxy", exitOK}
	}
	if e.Unbound != "" {
		return verdict{"not checked: its realm is not known yet", exitOK}
	}
	if e.Kind == auth.Key {
		return verdict{"not checked: a key's", exitOK}
	}
	t, err := readURL(e.Space.Origin.String() + e.Last)
	if err != nil {
		return j.unreachable(j.ctx, err)
	}
	a, err := j.attempt(t, e)
	if err != nil {
		return j.unreachable(j.ctx, err)
	}
	limit := j.o.maxTime
	if limit == 0 {
		limit = checkLimit
	}
	ctx, stop := withLimit(j.ctx, limit)
	defer stop()
	err = a.get(ctx)
	_ = a.wallet.Close(ctx) // nothing is saved, and what is noted is told in the table
	outcome, tried := a.outcome(e.Space)
	var u *client.Unanswered
	switch {
	case tried && outcome == auth.Rejected:
		return verdict{"refused", exitLogin}
	case tried && outcome == auth.Accepted:
		return verdict{"ok", exitOK}
	case errors.As(err, &u):
		return notTried(u.Reason)
	case err != nil:
		return j.unreachable(ctx, err)
	case tried:
		return verdict{fmt.Sprintf("undecided: %d %s", a.status, statusName(a.status)), exitOK}
	}
	return verdict{fmt.Sprintf("not asked for: %d %s", a.status, statusName(a.status)), exitOK}
}

func notTried(why error) verdict {
	text := "not tried: " + prompt.Clean(errorText(why), uncut)
	var r *refusal
	if errors.As(why, &r) {
		text += "; " + prompt.Clean(refusalHint(r.concern), uncut)
	}
	return verdict{text, authCode(why)}
}

func (j *job) unreachable(ctx context.Context, err error) verdict {
	return verdict{"unreachable: " + prompt.Clean(errorText(err), uncut), codeOf(ctx, err)}
}

// attempt makes one that has nothing but the entry to answer with.
func (j *job) attempt(t *target, e *index.Entry) (*attempt, error) {
	o := j.o.copied()
	o.noPrompt, o.saving, o.store, o.account = true, savingNone, e.Store, e.Account
	a, err := j.newAttempt(o, t)
	if err != nil {
		return nil, err
	}
	a.wallet.Insist = true
	tell := a.wallet.Notify
	a.wallet.Notify = func(n store.Notice) {
		if n.Kind != store.NoticeRefused && n.Kind != store.NoticeStoreFailed { // the table says it
			tell(n)
		}
	}
	// What the environment gives is for another purpose.
	a.wallet.Given = slices.DeleteFunc(a.wallet.Given, func(g store.Given) bool { return g.Party != auth.Proxy })
	return a, nil
}
