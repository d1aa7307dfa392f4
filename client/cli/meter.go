package cli

import (
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"getin/client/cli/mask"
	"getin/client/cli/meter"
)

// testOnlyMeter, when not 0, divides the times of the meter.
var testOnlyMeter time.Duration

// newMeter returns the run's meter: nil when curl shows none, and when every
// body goes to a terminal.
func newMeter(sys *System, o *runOptions, m *mask.Mask) *meter.Meter {
	if o.silent || o.display.noMeter {
		return nil
	}
	terminal := isTerminal(sys.Stdout)
	if terminal && !slices.ContainsFunc(o.groups, func(g *options) bool { return len(g.outputs) > 0 }) {
		return nil
	}
	stderr, name := sys.Stderr, sys.env("TERM")
	return meter.New(meter.Config{
		Stderr: stderr, Bar: o.display.bar && !o.parallel, Parallel: o.parallel, Terminal: terminal,
		Rows: func() bool {
			f, ok := stderr.(*os.File)
			return ok && isTerminal(f) && takesEscapes(f, name)
		},
		Shown: m.Text, Hurry: testOnlyMeter,
	})
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
