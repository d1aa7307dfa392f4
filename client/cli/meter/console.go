package meter

import (
	"io"
	"strconv"
	"strings"
	"sync"

	"getin/prompt"
)

// The control sequences of ECMA-48 that a meter is drawn with: CUU moves the
// cursor up, EL erases to the end of the line, ED to the end of the screen.
const (
	eraseLine   = "\x1b[K"
	eraseScreen = "\x1b[J"
)

func cursorUp(rows int) string {
	if rows <= 0 {
		return ""
	}
	return "\x1b[" + strconv.Itoa(rows) + "A"
}

// Console is stderr while a meter may stand there: what others write goes above
// the meter's rows, which are erased for it and drawn again by the next draw. It
// may be used by many goroutines at once.
type Console struct {
	to io.Writer

	mu    sync.Mutex
	plain bool  // no control sequences: one row at most, redrawn after a carriage return
	rows  []int // cells of the rows that stand there; the cursor is behind the last
	inRow bool  // something else has ended within a line
	held  int
}

// NewConsole returns one that writes to an output. A plain one knows no control
// sequences.
func NewConsole(to io.Writer, plain bool) *Console { return &Console{to: to, plain: plain} }

// Write implements io.Writer, for everything that is not the meter.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	n, err := c.to.Write(p)
	if n > 0 {
		c.inRow = p[n-1] != '\n'
	}
	return n, err
}

// Draw replaces the rows that stand there, in one write. A row must be narrower
// than the window, whose width is given in cells.
func (c *Console) Draw(rows []string, width int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held > 0 {
		return
	}
	if len(rows) == 0 {
		c.erase()
		return
	}
	c.write(c.home(width) + c.text(rows))
	c.rows = c.rows[:0]
	for _, row := range rows {
		c.rows = append(c.rows, prompt.Cells(row))
	}
}

// leave writes rows that stay, in the place of those that were drawn.
func (c *Console) leave(rows []string, width int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(c.home(width) + c.text(rows) + "\n")
	c.rows = c.rows[:0]
}

// tell writes a line of the meter's, for where rows cannot be drawn.
func (c *Console) tell(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == 0 {
		c.write(line + "\n")
	}
}

// Hold erases the rows and keeps them away until release is called.
func (c *Console) Hold() (release func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held++
	c.erase()
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.held--
	})
}

// erase takes the rows away; without control sequences what stands there stays,
// and its line is ended.
func (c *Console) erase() {
	switch {
	case len(c.rows) == 0:
		return
	case c.plain:
		c.write("\n")
	default:
		c.write(c.home(0) + eraseScreen)
	}
	c.rows = c.rows[:0]
}

// home returns what moves the cursor to the beginning of the first row. In a
// window that has become narrower, terminals fold the rows of before; a width of
// 0 is that of before.
func (c *Console) home(width int) string {
	if c.inRow {
		c.inRow = false
		return "\n"
	}
	up := len(c.rows) - 1
	for _, cells := range c.rows {
		if width > 0 && cells > width {
			up += (cells - 1) / width
		}
	}
	if c.plain {
		return "\r"
	}
	return "\r" + cursorUp(up)
}

// text returns the rows with what stood there before erased.
func (c *Console) text(rows []string) string {
	if c.plain {
		return strings.Join(rows, "\n")
	}
	return strings.Join(rows, eraseLine+"\n") + eraseScreen
}

func (c *Console) write(s string) {
	_, _ = io.WriteString(c.to, s) // nowhere to say that stderr is closed
}
