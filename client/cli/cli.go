package cli

import (
	"context"
	"fmt"
	"strings"

	"getin/client/cli/mask"
)

// Main runs the program with the words that follow its name, and returns the
// exit code. It writes to what sys has, and to the files that the words name.
func Main(args []string, sys *System) int {
	growStack(0)
	args = sys.words(args)
	ctx, stop := interruptible()
	defer stop()
	sys, err := sys.withoutSecret()
	if err != nil {
		return newReport(sys, defaults().runOptions, nil).fail(ctx, err)
	}
	if len(args) > 0 {
		if c := commandNamed(args[0]); c != nil {
			return c.run(ctx, sys, args[1:])
		}
	}
	return runFetch(ctx, sys, args)
}

// runFetch is "getin [flags] URL...".
func runFetch(ctx context.Context, sys *System, args []string) int {
	table := fetchFlags()
	o, err := readCommandLine(table, sys, args)
	sys, closeErrors := o.redirected(sys)
	defer closeErrors()
	rep := newReport(sys, o.runOptions, nil)
	if err != nil {
		return rep.fail(ctx, err)
	}
	switch {
	case o.help:
		err = printHelp(sys.Stdout, table, strings.Join(o.words(), " "))
		return rep.fail(ctx, err)
	case o.manual:
		return rep.fail(ctx, printManual(sys.Stdout, table))
	case o.version:
		fmt.Fprintln(sys.Stdout, versionLine())
		return exitOK
	}
	if err := o.checkGroups(); err != nil {
		return rep.fail(ctx, err)
	}
	secrets := &mask.Mask{Off: o.showSecrets}
	defer secrets.Wipe()
	f, err := newFetch(ctx, sys, o.runOptions, secrets)
	if err != nil {
		return rep.fail(ctx, err)
	}
	return f.all(ctx)
}

// checkGroups finds what is wrong with the groups of the command line, before
// anything is sent.
func (r *runOptions) checkGroups() error {
	for _, o := range r.groups {
		if len(o.urls) == 0 {
			return &usageError{why: "no URL", hint: "getin --help shows what can be said", code: exitUsage}
		}
		if err := misplacedCommand(o); err != nil {
			return err
		}
	}
	return r.checkStdin()
}

// readCommandLine reads the config file, unless -q comes first, and then the
// words. The options of the first group come back with an error too: they say how to report it.
func readCommandLine(table []flagDef, sys *System, args []string) (*options, error) {
	o := defaults()
	o.readConfig = func(o *options, name string) error { return readConfig(table, o, name, sys.Stdin) }
	if len(args) == 0 || args[0] != "-q" && args[0] != "--disable" {
		if err := readDefaultConfig(o, sys); err != nil {
			return o, err
		}
	}
	return o, parse(table, o, args)
}

// misplacedCommand: a command's name among the URLs is more likely a command
// than a host.
func misplacedCommand(o *options) error {
	for _, u := range o.urls {
		if commandNamed(u.text) != nil && !u.list {
			return &usageError{
				why: fmt.Sprintf("%q is a command and comes first", u.text), code: exitUsage,
				hint: fmt.Sprintf("for a host of that name write http://%s", u.text),
			}
		}
	}
	return nil
}
