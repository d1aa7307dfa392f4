package cli

import (
	"errors"
	"fmt"
	"time"

	"getin/prompt"
	"getin/store"
	"getin/store/vault"
)

// unlockedFor is how long a vault stays open when --for does not say.
const unlockedFor = time.Hour

func unlockFlags() []flagDef {
	return append([]flagDef{{
		name: "for", arg: "time", help: "how long, as in 90s, 15m or 8h (1h)",
		take: func(o *options, v string) (err error) { o.command.keep, err = readSpan(v); return err },
	}}, flagsNamed("store", "prompt-timeout", "secret-fd", "secret-stdin", "secret-file", "secret-command")...)
}

// readSpan reads a time as Go writes it; a bare number is seconds.
func readSpan(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil {
		d, err = seconds(v)
	}
	if err == nil && d < time.Second {
		err = errors.New("a second is the least")
	}
	return d, err
}

// storeUnlock is "store unlock".
func storeUnlock(j *job) error {
	c, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return err
	}
	if c.dir == "" {
		return j.unlockKeyring(c)
	}
	key, err := j.keyFor()
	if err != nil {
		return err
	}
	keep := j.o.command.keep
	if keep == 0 {
		keep = unlockedFor
	}
	err = key.Open(c.dir).Unlock(j.ctx, keep)
	switch {
	case errors.Is(err, vault.ErrNotLocked):
		j.rep.notice("getin: %s has no pass phrase: it is open to whoever can read its identity", placeText(c.name))
		return nil
	case errors.Is(err, vault.ErrNowhereToKeep):
		return &failure{err: err, code: exitAuth, hint: "on a terminal each run asks once; --vault-identity FILE asks nobody"}
	case err != nil:
		return &failure{err: err, code: exitAuth}
	}
	return j.say("%s is open until %s; getin store lock closes it", placeText(c.name), time.Now().Add(keep).Format("15:04:05"))
}

// unlockKeyring has the keyring show its own dialog. How long it stays open is
// its own affair.
func (j *job) unlockKeyring(c choice) error {
	if c.name == placeNone {
		return j.usage("no store is in use")
	}
	if j.o.command.keep != 0 {
		return j.usage("--for is for a vault; a keyring has settings of its own")
	}
	if err := probe(j.ctx, j.open(c)); err != nil {
		return &failure{err: err, code: exitAuth}
	}
	return j.say("%s is open", placeText(c.name))
}

// storeLock is "store lock".
func storeLock(j *job) error {
	c, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return err
	}
	if c.dir == "" {
		return &failure{err: fmt.Errorf("%s: %w", prompt.Clean(c.name, uncut), store.ErrUnavailable), code: exitAuth, hint: "a keyring is locked with the desktop's own tool, for all programs at once"}
	}
	had, err := vault.Open(c.dir).Lock()
	if err != nil {
		return &failure{err: err, code: exitAuth}
	}
	if !had {
		return j.say("%s was not unlocked", placeText(c.name))
	}
	return j.say("%s is locked", placeText(c.name))
}
