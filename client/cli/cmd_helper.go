package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/helper"
)

// calledAs are the names by which another tool starts getin, through a link,
// and the words that they stand for.
var calledAs = map[string][]string{
	"docker-credential-getin": {"helper", "docker"},
	"git-credential-getin":    {"helper", "git"},
	"getin-askpass":           {"helper", "askpass"},
}

// words returns the words of the command line, after those that the program's
// name stands for.
func (s *System) words(args []string) []string {
	return slices.Concat(calledAs[strings.TrimSuffix(filepath.Base(s.Name), ".exe")], args)
}

// helperActions are the protocols of "getin helper".
func helperActions() []action {
	serve := func(f func(*job, *helper.Server) error) func(*job) error {
		return func(j *job) error { return j.serve(f) }
	}
	reveal := func() []flagDef { return append(flagsNamed("store"), revealFlag()) }
	return []action{
		{
			name: "git", words: "get|store|erase", help: "git's credential helper: credential.helper = \"!getin helper git\"",
			flags: reveal, least: 1, most: 1, run: serve(serveGit),
		},
		{
			name: "docker", words: "get|store|erase|list", help: "docker's: a link docker-credential-getin, and credsStore \"getin\"",
			flags: reveal, least: 1, most: 1, run: serve(serveDocker),
		},
		{
			name: "goauth", words: "[URL]", help: "the go command's: GOAUTH=\"getin helper goauth\"",
			flags: reveal, most: 1, run: serve(serveGoAuth),
		},
		{
			name: "cargo", help: "cargo's: credential-provider = [\"getin\", \"helper\", \"cargo\"]",
			flags: func() []flagDef {
				return append(reveal(), flagDef{name: "cargo-plugin", help: "cargo says so", on: func(*options, bool) {}})
			},
			run: serve(serveCargo),
		},
		{
			name: "bazel", words: "get", help: "Bazel's, and that of others: --credential_helper",
			flags: reveal, least: 1, most: 1, run: serve(serveBazel),
		},
		{
			name: "askpass", words: "QUESTION", help: "git's askpass: a link getin-askpass, and GIT_ASKPASS",
			flags: reveal, least: 1, most: 1, run: serve(serveAskpass),
		},
		{
			name: "netrc", words: "URL", help: "a netrc of one entry, for a pipe",
			flags: func() []flagDef { return append(reveal(), flagsNamed("account")...) }, least: 1, most: 1, run: serve(serveNetrc),
		},
	}
}

func revealFlag() flagDef {
	return flagDef{name: "reveal", help: "even when standard output is a terminal", on: func(o *options, b bool) { o.command.reveal = b }}
}

func runHelper(ctx context.Context, sys *System, args []string) int {
	list := helperActions()
	known := len(args) > 0 && slices.ContainsFunc(list, func(a action) bool {
		return a.name == args[0] || args[0] == "-h" || args[0] == "--help"
	})
	if !known {
		var names []string
		for _, a := range list {
			names = append(names, a.name)
		}
		rep := newReport(sys, defaults().runOptions, nil)
		return rep.fail(ctx, &usageError{
			why: "helper: needs a protocol: " + strings.Join(names, ", "), hint: "usage: getin helper PROTOCOL ...", code: exitUsage,
		})
	}
	return runActions(ctx, sys, "helper", list, args)
}

// serve answers one call of a tool. Nobody is asked (rule R15); where git may
// ask, the keyring may show its own dialog.
func (j *job) serve(f func(*job, *helper.Server) error) error {
	if isTerminal(j.sys.Stdout) && !j.o.command.reveal {
		return &usageError{
			why: j.title + ": standard output is a terminal, which would show the secret", hint: "--reveal does it all the same", code: exitUsage,
		}
	}
	c, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return err
	}
	w := &store.Wallet{Notify: func(n store.Notice) {
		if n.Err != nil {
			j.rep.notice("getin: %v", n.Err)
		}
	}}
	if c.name != placeNone {
		asks := (j.act.name == "git" || j.act.name == "askpass") && j.interactive()
		key := j.o.vaultKey(j.sys, nil)
		if asks {
			key = j.vaultKey()
		}
		w.Keep = j.openWith(c, key, asks)
		if w.Index, err = j.index(); err != nil {
			return err
		}
	}
	err = f(j, &helper.Server{Wallet: w})
	return firstOf(err, w.Close(j.ctx))
}

// miss is the end of a call that has no answer: a tool that asks many helpers
// expects silence where there is nothing, and a person the reason for the rest.
func (j *job) miss(err error, none int) error {
	var f *failure
	switch {
	case err == nil, errors.As(err, &f):
		return err
	case errors.Is(err, helper.ErrNone):
		return &failure{code: none}
	}
	hint := ""
	switch {
	case errors.Is(err, helper.ErrSeveral):
		hint = "a user name in the tool's URL says which; getin realms lists them"
	case errors.Is(err, helper.ErrClear):
		hint = "use the https URL"
	case errors.Is(err, store.ErrNowhere):
		hint = useHint
	}
	return &failure{err: fmt.Errorf("%s: %s", j.title, prompt.Clean(errorText(err), uncut)), code: exitAuth, hint: hint}
}

func serveGit(j *job, s *helper.Server) error {
	return j.miss(s.Git(j.ctx, j.words[0], j.sys.Stdin, j.sys.Stdout), exitOK)
}

// serveDocker writes errors to standard output: docker's protocol.
func serveDocker(j *job, s *helper.Server) error {
	if j.words[0] == "version" {
		return j.say("docker-credential-getin (getin) v%s", versionNumber)
	}
	if err := s.Docker(j.ctx, j.words[0], j.sys.Stdin, j.sys.Stdout); err != nil {
		if err := j.say("%s", prompt.Clean(errorText(err), uncut)); err != nil {
			return err
		}
		return &failure{code: 1}
	}
	return nil
}

// serveGoAuth has nothing to say before a server asks.
func serveGoAuth(j *job, s *helper.Server) error {
	if len(j.words) == 0 {
		return nil
	}
	head := io.Reader(j.sys.Stdin)
	if isTerminal(j.sys.Stdin) {
		head = strings.NewReader("") // a person tries it out
	}
	return j.miss(s.GoAuth(j.ctx, j.words[0], head, j.sys.Stdout), exitOK)
}

func serveCargo(j *job, s *helper.Server) error {
	return j.miss(s.Cargo(j.ctx, j.sys.Stdin, j.sys.Stdout), exitOK)
}

func serveBazel(j *job, s *helper.Server) error {
	return j.miss(s.Bazel(j.ctx, j.words[0], j.sys.Stdin, j.sys.Stdout), exitOK)
}

// serveAskpass exits 1 where there is nothing: git then asks on the terminal.
func serveAskpass(j *job, s *helper.Server) error {
	return j.miss(s.Askpass(j.ctx, j.words[0], j.sys.Stdout), 1)
}

func serveNetrc(j *job, s *helper.Server) error {
	t, err := readURL(j.words[0])
	if err != nil {
		return err
	}
	if t.hasPassword {
		return j.usage("a password does not go into the URL")
	}
	where := auth.Target(t.url)
	err = s.Netrc(j.ctx, where, j.o.namedUser([]*target{t}), j.sys.Stdout)
	if errors.Is(err, helper.ErrNone) {
		return &failure{err: fmt.Errorf("%s: %s: %w", j.title, where, err), code: exitLogin, hint: "getin login " + where + " stores it"}
	}
	return j.miss(err, exitLogin)
}
