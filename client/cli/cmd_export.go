package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/exchange"
	"getin/store/index"
)

// exports are the formats of "realms export".
var exports = []string{"netrc", "json", "age"}

func exportFlags() []flagDef {
	return append(flagsNamed("no-prompt"),
		flagDef{name: "reveal", help: "with the secrets, after a question", on: func(o *options, b bool) { o.command.reveal = b }},
		yesFlag(),
		flagDef{
			letter: "o", name: "output", arg: "file", help: "write there, in a file that is yours alone",
			take: func(o *options, v string) error { o.command.file = v; return nil },
		},
		flagDef{
			name: "recipient", arg: "key", help: "of age: who can open it (age1...); without one a pass phrase is asked for",
			take: func(o *options, v string) error { o.command.recipients = append(o.command.recipients, v); return nil },
		})
}

// exportRealms is "realms export".
func exportRealms(j *job) error {
	to := j.words[0]
	if !slices.Contains(exports, to) {
		return j.usage(fmt.Sprintf("no format %q; there are netrc, json, age", to))
	}
	if !j.o.command.reveal && to != "json" {
		return j.usage(to + " holds secrets: it needs --reveal")
	}
	if to == "age" && j.exportsToStdout() && isTerminal(j.sys.Stdout) {
		return j.usage("standard output is a terminal, which shows no age file; -o names a file")
	}
	all, problem := j.entries()
	found := filter(all, j.words[1:])
	if len(found) == 0 {
		j.rep.notice("getin: nothing is stored that matches")
		return firstOf(problem, &failure{code: exitUsage})
	}
	if j.o.command.reveal {
		if err := j.confirm(fmt.Sprintf("write the secrets of these %d to %s?", len(found), j.exportText())); err != nil {
			return err
		}
	}
	items, err := j.items(found)
	if err != nil {
		return err
	}
	text, err := j.exported(to, items)
	if err != nil {
		return err
	}
	defer clear(text)
	return firstOf(j.writeExport(text), problem)
}

func (j *job) exportsToStdout() bool { return j.o.command.file == "" || j.o.command.file == "-" }

func (j *job) exportText() string {
	if j.exportsToStdout() {
		return "standard output"
	}
	return prompt.Clean(j.o.command.file, uncut)
}

// items reads the entries' secrets, where they are wanted.
func (j *job) items(found []index.Entry) ([]exchange.Item, error) {
	var items []exchange.Item
	for i := range found {
		e := &found[i]
		item := exchange.Item{
			Key: store.KeyOf(*e), Paths: e.Prefixes, Strength: e.Strength, Charset: e.Charset, Default: e.Default,
		}
		if j.o.command.reveal {
			place, err := j.place(e.Store)
			if err != nil {
				return nil, err
			}
			if place.Store == nil {
				return nil, &failure{err: fmt.Errorf("%s: %w", e.Store, store.ErrNowhere), code: exitAuth}
			}
			c, err := place.Store.Get(j.ctx, item.Key)
			if errors.Is(err, store.ErrNotFound) && e.State == index.Pending {
				continue // what was interrupted had stored nothing yet, or had removed it
			}
			if err != nil {
				return nil, &failure{err: fmt.Errorf("%s: %s: %w", describe(e), e.Store, err), code: exitAuth}
			}
			item.Secret, item.Grant = c.Secret, c.Grant
		}
		items = append(items, item)
	}
	return items, nil
}

// exported writes the items in the format.
func (j *job) exported(to string, items []exchange.Item) ([]byte, error) {
	if to == "netrc" {
		text, skipped := exchange.WriteNetrc(items)
		for _, s := range skipped {
			j.rep.notice("getin: left out: %s: %s", prompt.Clean(s.What, uncut), prompt.Clean(s.Why, uncut))
		}
		return []byte(text), nil
	}
	text, err := exchange.WriteJSON(items, j.o.command.reveal)
	if err != nil {
		return nil, err
	}
	if to == "json" {
		return []byte(escapeUnseen(string(text))), nil
	}
	recipients, err := j.recipients()
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	defer clear(text)
	w, err := age.Encrypt(&sealed, recipients...)
	if err == nil {
		_, err = w.Write(text)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return nil, &failure{err: fmt.Errorf("age: %w", err), code: exitAuth}
	}
	return sealed.Bytes(), nil
}

// recipients are the keys that were named, or else a pass phrase.
func (j *job) recipients() ([]age.Recipient, error) {
	var list []age.Recipient
	for _, text := range j.o.command.recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, j.usage(fmt.Sprintf("--recipient %s: not a key of age's (age1...)", prompt.Clean(text, uncut)))
		}
		list = append(list, r)
	}
	if len(list) > 0 {
		return list, nil
	}
	var phrase, again string
	err := j.talk(func(ctx context.Context, t *prompt.Terminal) error {
		var err error
		if phrase, err = t.Secret(ctx, "pass phrase for the file"); err != nil {
			return err
		}
		again, err = t.Secret(ctx, "the same again")
		return err
	})
	switch {
	case errors.Is(err, auth.ErrNobody):
		return nil, j.usage("nobody is there to ask for a pass phrase; --recipient names a key")
	case err != nil:
		return nil, err
	case phrase == "" || phrase != again:
		return nil, &failure{err: errors.New("the two are not the same, or empty; nothing was written"), code: exitUsage}
	}
	r, err := age.NewScryptRecipient(phrase)
	return []age.Recipient{r}, err
}

// writeExport writes to standard output, or in one step to a file of mode 0600.
func (j *job) writeExport(text []byte) error {
	name := j.o.command.file
	if j.exportsToStdout() {
		_, err := j.sys.Stdout.Write(text)
		if err != nil {
			return &writeError{err}
		}
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".getin-*.tmp") // of mode 0600
	if err != nil {
		return &writeError{err}
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error counts
		return &writeError{err}
	}
	return nil
}
