package cli

import (
	"fmt"
	"sync"
	"time"

	"getin/client/cli/meter"
)

// progressAfter is when a command says how far it is: what is done sooner needs
// no words.
const progressAfter = time.Second

// tally says on a terminal how many of several things are done. It may be used
// by many goroutines at once.
type tally struct {
	console *meter.Console // nil: nobody looks
	what    string
	of      int

	mu    sync.Mutex
	done  int
	since time.Time
}

// tallyCells is the width of its row: it is short, and fits any window.
const tallyCells = 40

// newTally begins to count, and returns the system whose stderr leaves room for
// the row.
func (j *job) newTally(what string, of int) (*tally, *System) {
	t := &tally{what: what, of: of, since: time.Now()}
	if !j.rep.hints || !isTerminal(j.sys.Stderr) {
		return t, j.sys
	}
	t.console = meter.NewConsole(j.sys.Stderr, j.sys.env("TERM") == "dumb")
	above := *j.sys
	above.Stderr = t.console
	return t, &above
}

// one counts one that is done.
func (t *tally) one() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	if t.console != nil && time.Since(t.since) >= progressAfter {
		t.console.Draw([]string{fmt.Sprintf("%s %d of %d", t.what, t.done, t.of)}, tallyCells)
	}
}

// end erases the row.
func (t *tally) end() {
	if t.console != nil {
		t.console.Draw(nil, tallyCells)
	}
}
