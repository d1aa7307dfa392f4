package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/store"
	"getin/store/index"
)

// action is one verb of a command: its own words, its own flags.
type action struct {
	name  string // without the command's: "show"
	words string // what it takes, as in help: "ID"
	help  string // one line, lower case, no full stop
	flags func() []flagDef
	least int // words that it needs
	most  int // words that it takes; -1: any number
	run   func(*job) error
}

// commandOptions are the flags that no fetch has.
type commandOptions struct {
	json       bool
	signsIn    bool // it is what the command is for
	revokes    bool // the same
	yes        bool
	all        bool
	dryRun     bool
	reveal     bool
	realm      string
	overwrite  bool     // of import
	file       string   // of export
	recipients []string // of export
	hasRealm   bool     // an empty realm is not an absent one
	keep       time.Duration
	sealed     bool // a vault with a pass phrase
	scheme     string
}

// job is one command being done.
type job struct {
	ctx   context.Context
	sys   *System
	o     *options
	rep   *report
	mask  *mask.Mask // wiped at the end
	act   *action
	title string   // "realms show", as it was called
	words []string // those that are no flags
}

// failure is an end with an exit code of its own.
type failure struct {
	err  error // nil: everything has been said
	code int
	hint string
}

func (e *failure) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *failure) Unwrap() error { return e.err }

// runActions does the verb that the first word names, or else the first of
// them, and returns the exit code.
func runActions(ctx context.Context, sys *System, command string, list []action, args []string) int {
	act, title := &list[0], command
	if len(args) > 0 {
		for i := range list {
			if list[i].name == args[0] && list[i].name != "" {
				act, title, args = &list[i], command+" "+args[0], args[1:]
				break
			}
		}
	}
	j := &job{ctx: ctx, sys: sys, act: act, title: title}
	err := j.read(args)
	j.mask = &mask.Mask{Off: j.o.showSecrets}
	defer j.mask.Wipe()
	j.rep = newReport(sys, j.o.runOptions, j.mask)
	if err != nil {
		return j.end(err)
	}
	if j.o.help {
		printActions(sys.Stdout, command, list)
		return exitOK
	}
	if n := len(j.words); n < act.least || act.most >= 0 && n > act.most {
		return j.end(j.usage(countOf(n, act)))
	}
	return j.end(act.run(j))
}

// countOf says what is wrong with the number of words.
func countOf(n int, act *action) string {
	if n < act.least {
		return "needs " + act.words
	}
	if act.most == 0 {
		return "takes no arguments"
	}
	return fmt.Sprintf("takes %d argument(s), not %d", act.most, n)
}

// read parses the config file, unless -q says not to, and the words of the
// command line.
func (j *job) read(args []string) error {
	j.o = defaults()
	if !slices.Contains(args, "-q") && !slices.Contains(args, "--disable") {
		o, err := readCommandLine(fetchFlags(), j.sys, nil)
		if err != nil {
			return err
		}
		j.o = o
		j.o.forgetFetch()
	}
	err := parse(append(j.act.flags(), commonFlags()...), j.o, args)
	j.words = j.o.words()
	var u *usageError
	switch {
	case errors.As(err, &u) && u.code == exitNotBuilt:
		// A flag for fetching, perhaps; curl has nothing to do with it.
		what, _, _ := strings.Cut(u.why, ":")
		return j.usage(what + ": not one of this command's")
	case errors.As(err, &u):
		return j.usage(u.why)
	case err != nil:
		return err
	}
	return j.o.checkStdin()
}

// forgetFetch drops what a config file says of one fetch, and a command has no
// use for.
func (o *options) forgetFetch() {
	o.groups = []*options{o}
	o.urls, o.outputs, o.warned = nil, nil, nil
	o.bodyOptions, o.requestOptions = bodyOptions{}, requestOptions{}
	o.method, o.referer, o.dumpHeader, o.writeOut = "", "", "", ""
	o.head, o.include, o.help, o.manual, o.version = false, false, false, false, false
}

// usage is a command line that the command cannot obey.
func (j *job) usage(why string) error {
	return &usageError{why: j.title + ": " + why, hint: "usage: getin " + usageOf(j.title, j.act), code: exitUsage}
}

// usageOf is how the verb is written: "realms show ID [flags]".
func usageOf(title string, act *action) string {
	usage := title
	if act.words != "" {
		usage += " " + act.words
	}
	if len(act.flags()) > 0 {
		usage += " [flags]"
	}
	return usage
}

// end reports the error and returns the exit code.
func (j *job) end(err error) int {
	var f *failure
	if !errors.As(err, &f) {
		return j.rep.fail(j.ctx, err)
	}
	if f.err != nil && j.rep.errors {
		j.rep.line("getin: " + errorText(f.err))
		if f.hint != "" {
			j.rep.line("getin: hint: " + f.hint)
		}
	}
	return f.code
}

// warn says what went wrong with one thing among several.
func (j *job) warn(format string, args ...any) {
	if j.rep.errors {
		j.rep.line("getin: " + fmt.Sprintf(format, args...))
	}
}

// index returns what is remembered.
func (j *job) index() (*index.Index, error) {
	dir := indexDir(j.sys)
	if dir == "" {
		return nil, &failure{err: errors.New("there is no home folder to remember anything in"), code: exitAuth}
	}
	ix := index.Open(dir)
	ix.Warn = func(err error) { j.warn("%v", err) }
	return ix, nil
}

// entries returns everything that is remembered. What could not be read is
// said, and is the error once the rest is done.
func (j *job) entries() ([]index.Entry, error) { return j.entriesBy((*index.Index).All) }

func (j *job) entriesBy(read func(*index.Index) ([]index.Entry, []error)) ([]index.Entry, error) {
	ix, err := j.index()
	if err != nil {
		return nil, err
	}
	all, problems := read(ix)
	for _, p := range problems {
		j.warn("%v", p)
	}
	all = withoutIssued(all)
	if len(problems) == 0 {
		return all, nil
	}
	j.rep.notice("getin: hint: the files lie in %s; one that is damaged is set aside by a fetch from its origin", ix.Dir())
	return all, &failure{code: exitAuth}
}

// withoutIssued leaves out the tokens that are kept beside a password: they come
// and go with it.
func withoutIssued(all []index.Entry) []index.Entry {
	if !slices.ContainsFunc(all, func(e index.Entry) bool { return e.Kind == auth.Access }) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(t index.Entry) bool {
		return t.Kind == auth.Access && slices.ContainsFunc(all, func(e index.Entry) bool { return store.IsIssuedFor(t, e) })
	})
}
