package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// helpWidth is the column where explanations begin, in characters: what the
// longest flag with its argument takes.
const helpWidth = 34

// mainFlags are shown by plain --help; "--help all" shows everything.
var mainFlags = []string{
	"request", "header", "data", "json", "output", "remote-name", "show-headers", "fail", "location",
	"user", "account", "no-prompt", "no-store", "silent", "verbose", "help", "version",
}

// printHelp writes the help for a word: nothing, the name of a group, or "all".
func printHelp(w io.Writer, table []flagDef, word string) error {
	switch {
	case word == "":
		helpTop(w)
		fmt.Fprintln(w)
		printFlags(w, table, func(d *flagDef) bool { return slices.Contains(mainFlags, d.name) })
		fmt.Fprintln(w, "\n\"getin --help all\" shows every flag, \"getin --help GROUP\" those of one group:")
		fmt.Fprintln(w, strings.Join(groups, ", ")+".")
	case word == "all":
		helpTop(w)
		for _, g := range groups {
			fmt.Fprintf(w, "\n%s:\n", g)
			printFlags(w, table, func(d *flagDef) bool { return d.group == g })
		}
		fmt.Fprintln(w, "\nA flag without an argument is switched off by --no-NAME.")
	case slices.Contains(groups, word):
		printFlags(w, table, func(d *flagDef) bool { return d.group == word })
	default:
		return &usageError{
			why: fmt.Sprintf("help: no group %q", word), code: exitUsage,
			hint: "groups are " + strings.Join(groups, ", ") + " and all",
		}
	}
	return nil
}

func helpTop(w io.Writer) {
	fmt.Fprintln(w, "getin [flags] URL...    fetch, and answer when the server asks who you are")
	for _, c := range commands() {
		fmt.Fprintf(w, "getin %-17s %s\n", c.usage, c.help)
	}
}

func printFlags(w io.Writer, table []flagDef, wanted func(*flagDef) bool) {
	for i := range table {
		if d := &table[i]; wanted(d) {
			fmt.Fprintf(w, " %-*s %s\n", helpWidth, d.spelling(), d.help)
		}
	}
}

// spelling is how the flag is written: "-o, --output <file>".
func (d *flagDef) spelling() string {
	s := "    --" + d.name
	if d.letter != "" {
		s = "-" + d.letter + ", --" + d.name
	}
	if d.arg != "" {
		s += " <" + d.arg + ">"
	}
	return s
}
