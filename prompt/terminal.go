package prompt

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

const (
	// maxWidth, in cells, is how wide a line gets on however wide a terminal.
	// Longer ones are not read, and are room to hide something in.
	maxWidth = 120

	// defaultWidth, in cells, is taken for a terminal that does not know its
	// own: the width of a VT100, and of most since.
	defaultWidth = 80
)

// Terminal asks questions, one at a time. All methods may be called from many
// goroutines: a second question waits until the first is answered. Between two
// questions of one goroutine another's may come; Lock keeps a dialogue whole.
type Terminal struct {
	in, out *os.File
	turn    chan struct{} // holds a token while a question is asked
	gone    chan struct{} // closed by Close
	ahead   []byte        // typed after the end of an answer; of the turn's holder
	relay   relay         // of the turn's holder

	mu     sync.Mutex
	before *term.State // the mode that was found; nil when it is in force
	closed bool
}

// Open opens the controlling terminal: /dev/tty, or CONIN$ and CONOUT$ on
// Windows. It returns ErrNoTerminal when there is none, or when the process
// group is in the background of it and would be stopped for reading.
func Open() (*Terminal, error) {
	in, out, err := openDevice()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	t := New(in, out)
	if !foreground(in) {
		_ = t.Close() // nothing was asked: there is no mode to put back
		return nil, fmt.Errorf("%w: running in the background", ErrNoTerminal)
	}
	return t, nil
}

// New returns a Terminal that reads in and writes out, the two sides of one
// terminal and possibly the same file. Close closes them.
func New(in, out *os.File) *Terminal {
	return &Terminal{in: in, out: out, turn: make(chan struct{}, 1), gone: make(chan struct{})}
}

// Close puts the terminal's mode back at once and closes it. A question that is
// being asked returns ErrNoTerminal. Closing twice is no error.
func (t *Terminal) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	close(t.gone)
	t.mu.Unlock()
	err := t.cooked()
	t.turn <- struct{}{} // a question that is being asked ends first
	if t.out != t.in {
		_ = t.out.Close() // nothing is buffered
	}
	if e := t.in.Close(); err == nil {
		err = e
	}
	<-t.turn
	return err
}

// Width returns the number of cells that a line may fill, at most 120.
func (t *Terminal) Width() int {
	w, _, err := term.GetSize(int(t.out.Fd()))
	if err != nil || w <= 0 {
		return defaultWidth
	}
	return min(w, maxWidth)
}

// Print writes text as one line, with what Clean escapes escaped. It is not cut:
// text that a server chose is to be passed through Clean or Quote first, with
// the room that it may have. It waits while a question is asked.
func (t *Terminal) Print(text string) error {
	if err := t.take(context.Background()); err != nil {
		return err
	}
	defer t.leave()
	return t.line(text)
}

// line is Print for who has the turn.
func (t *Terminal) line(text string) error { return t.write(escaped(text) + "\n") }

func (t *Terminal) write(s string) error {
	_, err := io.WriteString(t.out, s)
	return err
}

// take waits for the turn.
func (t *Terminal) take(ctx context.Context) error {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return ended(ctx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		t.leave()
		return fmt.Errorf("%w: closed", ErrNoTerminal)
	}
	return nil
}

func (t *Terminal) leave() { <-t.turn }

// raw switches echo, line editing and signals by key off, and remembers the
// mode that it finds unless it did so before.
func (t *Terminal) raw() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return fmt.Errorf("%w: closed", ErrNoTerminal)
	}
	found, err := makeRaw(t.in)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	if t.before == nil {
		t.before = found
	}
	return nil
}

// cooked puts the mode back that raw found.
func (t *Terminal) cooked() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.before == nil {
		return nil
	}
	err := term.Restore(int(t.in.Fd()), t.before)
	t.before = nil
	return err
}
