package cli

import (
	"errors"
	"fmt"
	"os"

	"getin/client/auth"
	"getin/client/auth/bearer"
	"getin/prompt"
	"getin/store"
	"getin/store/exchange"
	"getin/store/index"
)

func importFlags() []flagDef {
	return append(flagsNamed("store", "no-prompt"),
		flagDef{name: "dry-run", help: "show the plan, and leave it", on: func(o *options, b bool) { o.command.dryRun = b }},
		flagDef{
			name: "overwrite", help: "overwrite and remove the file, once all that it holds is stored",
			on: func(o *options, b bool) { o.command.overwrite = b },
		},
		yesFlag())
}

// step is what is to become of one item.
type step struct {
	exchange.Item
	does string // "new", "there already", "replaces another secret"
}

// entry is what the index is to say of the item, which came from there.
func (s step) entry(from string) index.Entry {
	e := s.Entry(from)
	e.Space, e.Account = s.Key.Space, s.Key.Account
	if s.Key.Kind == auth.Token && s.Grant == nil {
		e.Expires = bearer.Expiry(s.Secret)
	}
	return e
}

const (
	stepNew      = "new"
	stepThere    = "stored already"
	stepReplaces = "replaces another secret"
)

// importRealms is "realms import": it shows a plan, asks, stores, and looks
// whether what was stored is there.
func importRealms(j *job) error {
	format := exchange.FormatNamed(j.words[0])
	if format == nil {
		return j.usage(fmt.Sprintf("no format %q; there are %s", j.words[0], exchange.Names()))
	}
	name := format.Usual(exchange.Places{Home: j.sys.env("HOME"), Lookup: j.sys.Lookup})
	if len(j.words) > 1 {
		name = j.words[1]
	}
	if name == "" {
		return j.usage("which file?")
	}
	j.mask.Expect()
	found, err := format.Read(name, j.sys.Stdin)
	if err != nil {
		return &readError{err}
	}
	for _, i := range found.Items {
		j.mask.Add(i.Credential())
	}
	w, err := j.walletToAdd()
	if err != nil {
		return err
	}
	plan, err := j.plan(w, found.Items)
	if err != nil {
		return err
	}
	if err := j.showPlan(plan, found.Skipped, format.Name); err != nil {
		return err
	}
	work := 0
	for _, s := range plan {
		if s.does != stepThere {
			work++
		}
	}
	if j.o.command.dryRun {
		return nil
	}
	if work > 0 {
		if err := j.confirm(fmt.Sprintf("store these %d in %s?", work, placeText(w.Keep.Name))); err != nil {
			return err
		}
	}
	if err := j.take(w, plan, format.Name); err != nil {
		return err
	}
	if work > 0 {
		if err := j.say("stored and verified: %d", work); err != nil {
			return err
		}
	}
	return j.overwrite(found.Files)
}

// plan says what is to become of each item.
func (j *job) plan(w *store.Wallet, items []exchange.Item) ([]step, error) {
	var plan []step
	for _, i := range items {
		s := step{i, stepNew}
		f, err := w.Index.Load(i.Key.Space.Party, i.Key.Space.Origin)
		if err != nil {
			return nil, &failure{err: err, code: exitAuth}
		}
		if f.Find(i.Key.ID(), w.Keep.Name) != nil {
			have, err := w.Keep.Store.Get(j.ctx, i.Key)
			switch {
			case err == nil && (i.Grant == nil && have.Secret.Equal(i.Secret) || store.Same(i.Key, have, i.Credential())):
				s.does = stepThere
			case err == nil:
				s.does = stepReplaces
			case !errors.Is(err, store.ErrNotFound):
				return nil, &failure{err: fmt.Errorf("%s: %w", w.Keep.Name, err), code: exitAuth}
			}
		}
		plan = append(plan, s)
	}
	return plan, nil
}

// showPlan writes the plan, without a secret.
func (j *job) showPlan(plan []step, skipped []exchange.Skipped, from string) error {
	rows := [][]string{{"ORIGIN", "REALM", "ACCOUNT", "KIND", "PLAN"}}
	for _, s := range plan {
		e := s.entry(from)
		rows = append(rows, []string{originText(&e), realmText(&e, realmCells), accountText(&e, accountCells), string(s.Key.Kind), s.does})
	}
	for _, s := range skipped {
		j.rep.notice("getin: left out: %s: %s", prompt.Clean(s.What, uncut), prompt.Clean(s.Why, uncut))
	}
	if len(plan) == 0 {
		j.rep.notice("getin: nothing is there to be stored")
		return nil
	}
	return writeTable(j.sys.Stdout, rows)
}

// take stores what is to be stored, and reads each back.
func (j *job) take(w *store.Wallet, plan []step, from string) error {
	for _, s := range plan {
		if s.does == stepThere {
			continue
		}
		e := s.entry(from)
		err := w.Add(j.ctx, s.Key, s.Credential(), e)
		if err == nil {
			have, again := w.Keep.Store.Get(j.ctx, s.Key)
			if err = again; err == nil && !store.Same(s.Key, have, s.Credential()) {
				err = store.ErrDamaged
			}
		}
		if err != nil {
			return &failure{
				err: fmt.Errorf("%s: not stored: %w", describe(&e), err), code: exitAuth, hint: "what came before it is stored; the file is as it was",
			}
		}
	}
	return nil
}

// overwrite does away with the files, once the person agrees. --yes alone is no
// word for that.
func (j *job) overwrite(files []string) error {
	if !j.o.command.overwrite {
		if j.o.command.yes || !j.interactive() || len(files) == 0 {
			return nil
		}
		var lines []string
		for _, name := range files {
			lines = append(lines, "  "+prompt.Clean(name, uncut))
		}
		if err := j.confirm("overwrite and remove what held these passwords in clear?", lines...); err != nil {
			var f *failure
			if errors.As(err, &f) && f.code == exitDeclined {
				return nil // what was asked for first is done
			}
			return err
		}
	}
	if len(files) == 0 {
		j.rep.notice("getin: nothing was overwritten: the file holds something else as well")
	}
	for _, name := range files {
		if err := overwriteFile(name); err != nil {
			return &failure{err: err, code: exitWrite}
		}
		if err := j.say("overwritten and removed: %s", prompt.Clean(name, uncut)); err != nil {
			return err
		}
	}
	return nil
}

// overwriteFile writes zeros over a plain file, and removes it. Copies that the
// file system or a disk has made are out of its reach.
func overwriteFile(name string) error {
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a plain file, and left as it is", name)
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, info.Size()))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Remove(name)
}
