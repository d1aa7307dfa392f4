package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"getin/client/h1"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
	"getin/store/vault"
)

func runDoctor(ctx context.Context, sys *System, args []string) int {
	return runActions(ctx, sys, "doctor", []action{{
		help: "terminal, stores, index, proxies, certificates and clock: ok, or what mends it", flags: storeFlag, run: doctor,
	}}, args)
}

// finding is what was found of one thing.
type finding struct {
	what string
	how  string // in a few words
	mend string // the command or the deed that mends it; "": all is well
}

// doctor is "getin doctor". It changes nothing and opens no dialog.
func doctor(j *job) error {
	found := []finding{j.terminal()}
	found = append(found, j.stores()...)
	found = append(found, j.indexHealth())
	found = append(found, j.proxyHealth()...)
	found = append(found, j.certificates(), j.clock())
	var rows [][]string
	ill := false
	for _, f := range found {
		state := "ok"
		if f.mend != "" {
			state, ill = "wrong", true
		}
		rows = append(rows, []string{f.what, state, f.how})
		if f.mend != "" {
			rows = append(rows, []string{"", "", "to mend it: " + f.mend})
		}
	}
	if err := writeTable(j.sys.Stdout, rows); err != nil {
		return err
	}
	if ill {
		return &failure{code: exitAuth}
	}
	return nil
}

func (j *job) terminal() finding {
	f := finding{what: "terminal"}
	program := (&person{sys: j.sys}).program()
	switch {
	case j.silentRun():
		f.how = "nobody is asked: GETIN_NO_PROMPT or no-prompt is set"
	case j.interactive():
		f.how = "there is one"
	case program != "":
		f.how = "none; " + prompt.Clean(program, uncut) + " asks instead"
	default:
		f.how = "none here: nobody can be asked, and secrets come from the store or from --secret-file and its like"
	}
	return f
}

// stores tells of the store in use, and of those that hold entries besides.
func (j *job) stores() []finding {
	c, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return []finding{{"store", prompt.Clean(err.Error(), uncut), useHint}}
	}
	list := []finding{j.storeHealth(c)}
	seen := map[string]bool{c.name: true}
	all, _ := j.indexed()
	for _, e := range all {
		if seen[e.Store] {
			continue
		}
		seen[e.Store] = true
		f := finding{what: "store", how: prompt.Clean(e.Store, uncut) + " holds entries too, and is not in use"}
		if other, err := readPlace(j.sys, e.Store, "the index"); err == nil {
			if _, health := j.inspect(other); health != nil && !errors.Is(health, store.ErrLocked) {
				f.how, f.mend = f.how+": "+healthText(health), "getin realms remove what is lost, or bring that store back"
			}
		}
		list = append(list, f)
	}
	return list
}

func (j *job) storeHealth(c choice) finding {
	f := finding{what: "store", how: prompt.Clean(c.name, uncut) + ", by " + chosenText(c)}
	if c.name == placeNone {
		return f
	}
	rows, health := j.inspect(c)
	for _, row := range rows {
		f.how += ", " + strings.Join(row, " ")
	}
	if health == nil {
		return f
	}
	f.how += ": " + healthText(health)
	f.mend = storeMend(c, health)
	return f
}

// storeMend is what mends a store that answers so.
func storeMend(c choice, health error) string {
	switch {
	case errors.Is(health, vault.ErrPassphrase):
		return "getin store unlock"
	case errors.Is(health, store.ErrLocked) && c.dir == "":
		return "getin store unlock, where there is a desktop to show its dialog"
	case errors.Is(health, store.ErrLocked):
		return "--vault-identity FILE"
	case errors.Is(health, store.ErrDamaged):
		return "bring back a copy of the vault; what is there is left as it is"
	case c.dir != "":
		return "getin store init, if there never was a vault; or what the sentence says"
	}
	return "start the keyring's service; without one: getin store init, and getin store use vault"
}

// indexed returns what is remembered, without a word about the rest.
func (j *job) indexed() ([]index.Entry, []error) {
	dir := indexDir(j.sys)
	if dir == "" {
		return nil, nil
	}
	return index.Open(dir).All()
}

func (j *job) indexHealth() finding {
	f := finding{what: "index", how: "there is no home folder", mend: "set HOME, or XDG_STATE_HOME"}
	dir := indexDir(j.sys)
	if dir == "" {
		return f
	}
	all, problems := j.indexed()
	f.how, f.mend = fmt.Sprintf("%s, %d entries", prompt.Clean(dir, uncut), len(all)), ""
	aside, _ := filepath.Glob(filepath.Join(dir, "*.damaged-*"))
	switch {
	case len(problems) > 0:
		f.how += ": " + prompt.Clean(problems[0].Error(), uncut)
		f.mend = "getin store rebuild sets what is damaged aside and lists what lies in the store"
		if errors.Is(problems[0], index.ErrNewer) {
			f.mend = "use the newer getin"
		}
	case !canWrite(dir):
		f.how, f.mend = f.how+": nothing can be written there", "make room on the disk, or let "+prompt.Clean(dir, uncut)+" be written to"
	case len(aside) > 0:
		f.how += fmt.Sprintf("; %d damaged files were set aside", len(aside))
		f.mend = "getin store rebuild, and then remove " + prompt.Clean(aside[0], uncut)
	}
	return f
}

// canWrite tries it, where the folder or its next of kin is.
func canWrite(dir string) bool {
	for {
		f, err := os.CreateTemp(dir, ".doctor-*")
		if err == nil {
			_, err = f.Write(make([]byte, 4096))
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
			return err == nil
		}
		above := filepath.Dir(dir)
		if !errors.Is(err, os.ErrNotExist) || above == dir {
			return false
		}
		dir = above
	}
}

// proxyHealth reads what the environment says of proxies; it asks none of them.
func (j *job) proxyHealth() []finding {
	of := h1.EnvironmentProxy(j.sys.env, "")
	if of == nil {
		return []finding{{what: "proxy", how: "none in the environment"}}
	}
	var list []finding
	for _, scheme := range []string{"http", "https"} {
		f := finding{what: "proxy", how: "none for " + scheme}
		p, err := of(&url.URL{Scheme: scheme, Host: "getin.invalid"})
		switch {
		case err != nil:
			f.how, f.mend = "for "+scheme+": "+prompt.Clean(err.Error(), uncut), "write it as http://HOST:PORT"
		case p != nil:
			f.how = prompt.Clean(p.Redacted(), uncut) + " for " + scheme
		}
		list = append(list, f)
	}
	return list
}

func (j *job) certificates() finding {
	f := finding{what: "certificates"}
	pool, err := h1.Roots(j.sys.env)
	switch {
	case err != nil:
		f.how, f.mend = prompt.Clean(err.Error(), uncut), "install the CA certificates of the system, or name a file in SSL_CERT_FILE"
	case pool == nil:
		f.how = "the platform's own"
	default:
		f.how = "they can be read"
	}
	return f
}

// clock compares the time with what cannot lie in the future.
func (j *job) clock() finding {
	f := finding{what: "clock", how: testOnlyClock().Format(time.RFC3339)}
	self, err := os.Executable()
	if err != nil {
		return f
	}
	if fi, err := os.Stat(self); err == nil && testOnlyClock().Before(fi.ModTime().Add(-clockSlack)) {
		f.how += ", before this program was installed"
		f.mend = "set the clock: certificates and tickets are judged by it"
	}
	return f
}

// clockSlack is a day: a file may carry the time of another zone.
const clockSlack = 24 * time.Hour

// testOnlyClock stands in for the clock.
var testOnlyClock = time.Now
