package cli

import (
	"context"
	"fmt"
)

// runHelp is "help [WORD]": a command, a group of flags, or "all".
func runHelp(ctx context.Context, sys *System, args []string) int {
	rep := newReport(sys, defaults().runOptions, nil)
	word := ""
	switch len(args) {
	case 0:
	case 1:
		word = args[0]
	default:
		return rep.fail(ctx, &usageError{why: "help: takes one word", hint: "usage: getin help [COMMAND]", code: exitUsage})
	}
	switch c := commandNamed(word); {
	case c == nil:
		return rep.fail(ctx, printHelp(sys.Stdout, fetchFlags(), word))
	case c.name == "help", c.name == "version":
		fmt.Fprintf(sys.Stdout, "getin %s\n    %s\n", c.usage, c.help)
		return exitOK
	default:
		return c.run(ctx, sys, []string{"--help"})
	}
}
