package cli

import (
	"fmt"
	"io"
	"slices"
)

// commonFlags are those of every command. Its words are taken as URLs are, so
// that flags and words may come in any order.
func commonFlags() []flagDef {
	return append(flagsNamed("url", "disable", "silent", "show-error", "vault-identity", "vault-identity-fd"), flagDef{
		letter: "h", name: "help", help: "this help", on: func(o *options, b bool) { o.help = b },
	})
}

func noFlags() []flagDef { return nil }

// flagsNamed picks from the table of fetching: what means the same there is
// written down once.
func flagsNamed(names ...string) []flagDef {
	var list []flagDef
	for _, d := range fetchFlags() {
		if slices.Contains(names, d.name) {
			list = append(list, d)
		}
	}
	return list
}

func jsonFlag() flagDef {
	return flagDef{name: "json", help: "write JSON", on: func(o *options, b bool) { o.command.json = b }}
}

func yesFlag() flagDef {
	return flagDef{name: "yes", help: "do it without asking", on: func(o *options, b bool) { o.command.yes = b }}
}

func storeFlag() []flagDef { return flagsNamed("store") }

// printActions writes the help of a command.
func printActions(w io.Writer, command string, list []action) {
	for i := range list {
		act := &list[i]
		title := command
		if act.name != "" {
			title += " " + act.name
		}
		fmt.Fprintf(w, "getin %s\n    %s\n", usageOf(title, act), act.help)
		printFlags(w, act.flags(), func(*flagDef) bool { return true })
	}
}
