package cli

import (
	_ "embed"
	"fmt"
	"io"
)

// What of the manual is not made from the table of flags.
var (
	//go:embed manual.txt
	manualBegin string
	//go:embed manual_end.txt
	manualEnd string
)

// printManual writes the whole manual, as text.
func printManual(w io.Writer, table []flagDef) error {
	if _, err := io.WriteString(w, manualBegin+"COMMANDS AND FLAGS\n"); err != nil {
		return err
	}
	if err := printHelp(w, table, "all"); err != nil {
		return err
	}
	_, err := fmt.Fprint(w, manualEnd)
	return err
}
