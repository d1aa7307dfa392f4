package prompt

import (
	"context"
	"strings"

	"golang.org/x/term"
)

// blackOnWhite and plain are ECMA-48's SGR: what is drawn has to look the same on
// terminals of every colour.
const (
	blackOnWhite = "\x1b[30;47m"
	plain        = "\x1b[0m"
)

// Draw writes lines black on white, as they are but for what Clean escapes, and
// reports whether it did: there has to be room for all of them, and for a
// question below. What is not a terminal, or does not know its size, has none.
func (t *Terminal) Draw(lines []string) (drawn bool, err error) {
	wide, high, err := term.GetSize(int(t.out.Fd()))
	if err != nil || len(lines)+2 > high {
		return false, nil
	}
	var b strings.Builder
	for _, l := range lines {
		if Cells(l) > wide {
			return false, nil
		}
		b.WriteString(blackOnWhite + escaped(l) + plain + "\n")
	}
	if err := t.take(context.Background()); err != nil {
		return false, err
	}
	defer t.leave()
	return true, t.write(b.String())
}
