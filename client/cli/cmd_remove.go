package cli

import (
	"context"
	"fmt"
	"slices"

	"getin/client/auth"
	"getin/store/index"
)

func removeFlags() []flagDef {
	return []flagDef{
		{name: "all", help: "everything that is stored", on: func(o *options, b bool) { o.command.all = b }},
		{name: "dry-run", help: "show what would go, and leave it", on: func(o *options, b bool) { o.command.dryRun = b }},
		yesFlag(),
	}
}

// removeRealms is "realms remove".
func removeRealms(j *job) error {
	if j.o.command.all == (len(j.words) > 0) {
		return j.usage("needs IDs or patterns, or else --all")
	}
	all, problem := j.entries()
	found, sure := all, false
	if !j.o.command.all {
		var err error
		if found, sure, err = j.choose(j.words, all); err != nil {
			return firstOf(problem, err)
		}
	}
	if len(found) == 0 {
		j.rep.notice("getin: nothing is stored")
		return problem
	}
	if sure {
		problem = nil // nothing that could not be read was meant
	}
	return firstOf(j.removeAll(found, all, sure), problem)
}

// removeAll removes the entries, once the person agrees; sure needs no
// agreement.
func (j *job) removeAll(found, all []index.Entry, sure bool) error {
	if j.o.command.dryRun {
		return j.table(pointers(found), all)
	}
	if !sure {
		question, lines := removalText(found, all)
		if err := j.confirm(question, lines...); err != nil {
			return err
		}
	}
	var failed error
	for i := range found {
		if err := j.remove(&found[i], all); err != nil {
			failed = err
		}
		if j.ctx.Err() != nil {
			break
		}
	}
	return failed
}

// removalText names what would go.
func removalText(found, all []index.Entry) (question string, lines []string) {
	if len(found) == 1 {
		return fmt.Sprintf("remove %s, from %s?", describe(&found[0]), placeText(found[0].Store)), nil
	}
	short := index.ShortIDs(all)
	for i := range found {
		e := &found[i]
		lines = append(lines, fmt.Sprintf("  %s  %s, in %s", short[e.ID], describe(e), placeText(e.Store)))
	}
	return fmt.Sprintf("remove these %d credentials?", len(found)), lines
}

// remove takes one entry out of the index and its secret out of its place, and
// says so.
func (j *job) remove(e *index.Entry, all []index.Entry) error {
	id := index.Short(e.ID, all)
	if j.o.command.revokes {
		j.revoke(e)
	}
	w, err := j.walletOf(e)
	if err == nil {
		err = w.Remove(j.ctx, *e)
	}
	if err != nil {
		j.warn("%s: %s: not removed: %v", id, describe(e), err)
		if j.ctx.Err() != nil {
			return err
		}
		return &failure{code: exitAuth}
	}
	return j.say("removed %s: %s", id, describe(e))
}

// say writes a line of the command's own output.
func (j *job) say(format string, args ...any) error {
	if _, err := fmt.Fprintf(j.sys.Stdout, format+"\n", args...); err != nil {
		return &writeError{err}
	}
	return nil
}

func runLogout(ctx context.Context, sys *System, args []string) int {
	return runActions(ctx, sys, "logout", []action{{
		words: "URL|ID", help: "remove what is stored for the URL's realm, or the entry of that ID, and revoke its tokens; of several it asks",
		flags: func() []flagDef {
			return append(append(connectFlags(), flagsNamed("account", "no-prompt")...), yesFlag())
		},
		least: 1, most: 1, run: logout,
	}}, args)
}

func logout(j *job) error {
	j.o.command.revokes = true
	all, problem := j.entries()
	word := j.words[0]
	if isDigits(word) && len(filterID(word, all)) > 0 {
		found, _, err := j.oneEntry(word)
		if err != nil {
			return err
		}
		return j.removeAll(found, all, true)
	}
	t, err := readURL(word)
	if err != nil {
		return err
	}
	found := j.entriesOf(t, all)
	if len(found) == 0 {
		j.rep.notice("getin: nothing is stored for %s", t.url.Redacted())
		return problem
	}
	return firstOf(j.removeAll(found, all, sameID(found)), problem)
}

// entriesOf returns what is stored for the URL: the realms that are known to
// hold its path, or else all of its origin; of one account when that is named.
func (j *job) entriesOf(t *target, all []index.Entry) []index.Entry {
	account := j.o.account
	if account == "" {
		account = t.user
	}
	var found []index.Entry
	for _, e := range filter(all, nil) {
		if e.Space.Party == auth.Server && e.Space.Origin == t.origin && (account == "" || account == e.Account) {
			found = append(found, e)
		}
	}
	covers := func(e index.Entry) bool { return e.Covering(t.url) != "" }
	if slices.ContainsFunc(found, covers) {
		return slices.DeleteFunc(found, func(e index.Entry) bool { return !covers(e) })
	}
	return found
}
