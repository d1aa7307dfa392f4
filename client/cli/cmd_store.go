package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
	"getin/store/keyring"
	"getin/store/vault"
)

func storeActions() []action {
	return []action{
		{
			name: "status", help: "which store is in use, who says so, and whether it works",
			flags: storeFlag, run: storeStatus,
		},
		{
			name: "use", words: "keyring|vault|vault:DIR|helper:git:NAME|none", help: "choose the store, for this and later runs",
			flags: noFlags, least: 1, most: 1, run: storeUse,
		},
		{
			name: "init", words: "[DIR]", help: "make a vault: an encrypted file, for machines without a keyring",
			flags: initFlags, most: 1, run: storeInit,
		},
		{
			name: "unlock", help: "open the vault for a time: its pass phrase is asked for once",
			flags: unlockFlags, run: storeUnlock,
		},
		{
			name: "lock", help: "close it before that time is over",
			flags: storeFlag, run: storeLock,
		},
		{
			name: "migrate", words: "keyring|vault|vault:DIR|helper:git:NAME", help: "move everything to another store; it is read back before anything is removed",
			flags: storeFlag, least: 1, most: 1, run: storeMigrate,
		},
		{
			name: "rebuild", help: "list what lies in the store, and remember what was forgotten",
			flags: storeFlag, run: storeRebuild,
		},
	}
}

func runStore(ctx context.Context, sys *System, args []string) int {
	return runActions(ctx, sys, "store", storeActions(), args)
}

// storeStatus is "store status". It opens no dialog.
func storeStatus(j *job) error {
	c, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return err
	}
	rows := [][]string{{"store", prompt.Clean(c.name, uncut)}, {"chosen by", chosenText(c)}}
	var health error
	if c.name == placeNone {
		rows = append(rows, []string{"health", "nothing is kept"})
	} else {
		var where [][]string
		where, health = j.inspect(c)
		rows = append(rows, []string{"health", healthText(health)})
		if health != nil {
			rows = append(rows, []string{"to mend it", storeMend(c, health)})
		}
		rows = append(rows, where...)
	}
	all, problem := j.entries()
	here, elsewhere := countIn(c.name, all)
	rows = append(rows, []string{"entries", here}, []string{"index", orDash(prompt.Clean(indexDir(j.sys), uncut))})
	if err := writeTable(j.sys.Stdout, rows); err != nil {
		return err
	}
	if elsewhere != "" {
		j.rep.notice("getin: not in this store: %s", elsewhere)
	}
	if health != nil {
		return &failure{code: exitAuth}
	}
	return problem
}

func chosenText(c choice) string {
	switch c.from {
	case "--store", "GETIN_STORE", "default":
		return c.from
	}
	return "getin store use (" + prompt.Clean(c.from, uncut) + ")"
}

func healthText(err error) string {
	if err == nil {
		return "ok"
	}
	return prompt.Clean(err.Error(), uncut)
}

// inspect asks the place how it is and returns rows that tell where it is.
func (j *job) inspect(c choice) ([][]string, error) {
	if c.dir != "" {
		s := j.vaultKey().Open(c.dir).Status(j.ctx)
		return [][]string{{"folder", prompt.Clean(s.Dir, uncut)}, {"opened by", s.Opened}}, s.Err
	}
	if name, ok := strings.CutPrefix(c.name, placeHelper); ok {
		return j.inspectHelper(name, c)
	}
	if j.sys.Keep != nil && j.sys.Keep.Name == c.name {
		return nil, probe(j.ctx, *j.sys.Keep)
	}
	s := (&keyring.Keyring{}).Status(j.ctx)
	var rows [][]string
	if s.Service != "" {
		rows = append(rows, []string{"service", prompt.Clean(s.Service, uncut)})
	}
	if s.Collection != "" {
		rows = append(rows, []string{"keyring", prompt.Clean(s.Collection, uncut)})
	}
	return rows, s.Err
}

// probe asks a place for what it cannot have (RFC 6761 section 6.4: the name is
// nobody's).
func probe(ctx context.Context, p store.Place) error {
	_, err := p.Store.Get(ctx, store.Key{
		Space: auth.Space{Party: auth.Server, Origin: auth.Origin{Scheme: "https", Host: "getin.invalid", Port: 443}},
		Kind:  auth.Password,
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// countIn tells how many entries lie in the place of that name, and how many
// where else.
func countIn(name string, all []index.Entry) (here, elsewhere string) {
	count := map[string]int{}
	var others []string
	for _, e := range all {
		if count[e.Store]++; count[e.Store] == 1 && e.Store != name {
			others = append(others, e.Store)
		}
	}
	for i, o := range others {
		if i > 0 {
			elsewhere += ", "
		}
		elsewhere += fmt.Sprintf("%d in %s", count[o], o)
	}
	return fmt.Sprint(count[name]), elsewhere
}

// storeUse is "store use".
func storeUse(j *job) error {
	c, err := readPlace(j.sys, j.words[0], j.title)
	if err != nil {
		return err
	}
	if c.dir != "" {
		s := j.vaultKey().Open(c.dir).Status(j.ctx)
		if s.Err != nil && !errors.Is(s.Err, store.ErrLocked) { // a locked one is there
			return &failure{err: s.Err, code: exitAuth, hint: initHint(j.sys, c.dir)}
		}
	}
	if name, ok := strings.CutPrefix(c.name, placeHelper); ok {
		if _, err := j.inspectHelper(name, c); err != nil {
			return &failure{err: err, code: exitAuth, hint: "the program is looked for in the absolute folders of PATH"}
		}
	}
	file, err := rememberChoice(j.sys, c.name)
	if err != nil {
		return &failure{err: fmt.Errorf("the choice cannot be remembered: %w", err), code: exitWrite}
	}
	if err := j.say("in use from now on: %s (%s)", prompt.Clean(c.name, uncut), prompt.Clean(file, uncut)); err != nil {
		return err
	}
	if env := j.sys.env("GETIN_STORE"); env != "" {
		j.rep.notice("getin: as long as GETIN_STORE is set, it decides: %s", env)
	}
	all, problem := j.entries()
	if _, elsewhere := countIn(c.name, all); elsewhere != "" {
		j.rep.notice("getin: what is stored stays where it is: %s", elsewhere)
	}
	return problem
}

func initHint(sys *System, dir string) string {
	if dir == vaultDir(sys) {
		return "getin store init makes a vault"
	}
	return "getin store init " + dir + " makes a vault"
}

// storeInit is "store init".
func storeInit(j *job) error {
	name := placeVault
	if len(j.words) > 0 {
		name += ":" + j.words[0]
	}
	c, err := readPlace(j.sys, name, j.title)
	if err != nil {
		return err
	}
	terms, opened, err := j.vaultTerms()
	if err != nil {
		return err
	}
	if _, err := vault.Init(j.ctx, c.dir, terms); err != nil {
		hint := ""
		if errors.Is(err, fs.ErrExist) {
			hint = "it is left as it is; getin store use " + c.name + " uses it"
		}
		return &failure{err: err, code: exitAuth, hint: hint}
	}
	if err := j.say("a vault was made in %s\n%s", prompt.Clean(c.dir, uncut), opened); err != nil {
		return err
	}
	if now, err := chooseStore(j.sys, ""); err == nil && now.name == c.name {
		return j.say("it is in use")
	}
	shown := prompt.Clean(c.name, uncut)
	return j.say("to use it: getin store use %s, or GETIN_STORE=%s", shown, shown)
}

func initFlags() []flagDef {
	return append([]flagDef{{
		name: "passphrase", help: "seal its identity with a pass phrase", on: func(o *options, b bool) { o.command.sealed = b },
	}}, flagsNamed("prompt-timeout", "secret-fd", "secret-stdin", "secret-file", "secret-command")...)
}

// vaultTerms says by what the new vault is to be opened, and what the user ought
// to know of that.
func (j *job) vaultTerms() (t vault.Terms, opened string, err error) {
	read := j.o.identitySource(j.sys)
	switch {
	case j.o.command.sealed && j.o.vaultIdentity.kind != secretNone:
		return t, "", j.usage("--passphrase and --vault-identity are two ways; one is enough")
	case j.o.command.sealed:
		t.Passphrase, err = j.newPhrase()
		return t, "its pass phrase opens it, and nothing else: who forgets it has lost what is in it", err
	case j.o.secret.kind != secretNone:
		return t, "", j.usage("a secret is for --passphrase")
	case j.o.vaultIdentity.kind != secretNone:
		t.Identity, err = read()
		return t, "the identity that was given opens it, and is not kept here: each run needs it (--vault-identity, or " +
			identityCredential + " in $CREDENTIALS_DIRECTORY)", err
	}
	return t, "whoever can read " + vault.IdentityFile + " there can open it: keep a copy, and keep it to yourself", nil
}
