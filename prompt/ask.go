package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

const (
	// bell rings, or flashes, when a key is refused.
	bell = "\a"

	// escapeTime is how long an ESC may wait for the rest of its sequence until
	// it counts as the key. A terminal sends a sequence at once; over a network
	// its packets may come apart by about as much as a round trip.
	escapeTime = 100 * time.Millisecond
)

// Secret asks for a secret; nothing of it is shown. The label, "password", is
// cleaned and gets a colon. See the package's description for the keys and the
// errors.
func (t *Terminal) Secret(ctx context.Context, label string) (string, error) {
	if err := t.take(ctx); err != nil {
		return "", err
	}
	defer t.leave()
	return t.ask(ctx, label, true)
}

// Line asks for a line; it is shown as it is typed. The label, "user", is
// cleaned and gets a colon. Where preset is not empty it is shown in brackets,
// and an empty line means it.
func (t *Terminal) Line(ctx context.Context, label, preset string) (string, error) {
	if err := t.take(ctx); err != nil {
		return "", err
	}
	defer t.leave()
	if preset != "" {
		label += " [" + preset + "]"
	}
	answer, err := t.ask(ctx, label, false)
	if err == nil && answer == "" {
		answer = preset
	}
	return answer, err
}

// asking is one question while it is asked.
type asking struct {
	t      *Terminal
	label  string
	hidden bool
	editor editor
	field  field
	input  *input
	caught *signals
}

// ask asks one question for who has the turn.
func (t *Terminal) ask(ctx context.Context, question string, hidden bool) (answer string, err error) {
	if ctx.Err() != nil {
		return "", ended(ctx)
	}
	if !foreground(t.in) {
		return "", fmt.Errorf("%w: running in the background", ErrNoTerminal)
	}
	above, label := layout(question, t.Width())
	if above != "" {
		if err := t.line(above); err != nil {
			return "", err
		}
	}
	a := &asking{t: t, label: label, hidden: hidden, caught: catchSignals()}
	a.field.room = max(t.Width()-Cells(label)-1, 2) // 1: where the cursor stands
	t.relay.pause()
	defer a.caught.release()
	defer t.relay.resume()
	defer func() {
		if e := t.cooked(); e != nil && err == nil {
			err = fmt.Errorf("terminal mode: %w", e)
		}
	}()
	if err := a.show(); err != nil {
		return "", err
	}
	if a.input, err = newInput(t.in); err != nil {
		return "", err
	}
	defer a.input.stop()
	err = a.run(ctx)
	_ = t.write("\n") // the answer counts all the same
	if err != nil {
		return "", err
	}
	return string(a.editor.text), nil
}

// show makes the terminal raw and draws the question. Raw first: what is typed
// as soon as the label is seen must not be echoed.
func (a *asking) show() error {
	if err := a.t.raw(); err != nil {
		return err
	}
	a.field.shown = nil
	return a.t.write("\r" + a.label + a.typed())
}

// typed returns what draws the text as it is now.
func (a *asking) typed() string {
	if a.hidden {
		return ""
	}
	return a.field.draw(a.editor.text)
}

// run reads until the line is whole.
func (a *asking) run(ctx context.Context) error {
	if done, err := a.feed(); done {
		return err
	}
	for {
		var lone <-chan time.Time
		if a.editor.seq == begun {
			lone = time.After(escapeTime)
		}
		select {
		case c := <-a.input.chunks:
			a.t.ahead = append(a.t.ahead, c.bytes...)
			done, err := a.feed()
			if !done && c.err != nil {
				done, err = true, lost(c.err)
			}
			if done {
				return err
			}
		case <-lone:
			a.editor.alone()
			if err := a.refresh(); err != nil {
				return err
			}
		case sig := <-a.caught.end:
			return a.endBy(sig)
		case <-a.caught.stop:
			if err := a.suspend(false); err != nil {
				return err
			}
		case <-a.caught.cont:
			if err := a.show(); err != nil { // others may have changed the mode
				return err
			}
		case <-ctx.Done():
			return ended(ctx)
		case <-a.t.gone:
			return fmt.Errorf("%w: closed", ErrNoTerminal)
		}
	}
}

// feed gives the editor what was typed, and reports whether that was the end.
func (a *asking) feed() (done bool, err error) {
	for len(a.t.ahead) > 0 {
		var k key
		a.t.ahead, k = a.editor.feed(a.t.ahead)
		if err := a.refresh(); err != nil {
			return true, err
		}
		switch k {
		case enter:
			return true, nil
		case interrupt:
			a.t.ahead = nil // as the kernel does for ^C
			return true, ErrCanceled
		case decline:
			return true, ErrDeclined
		case suspend:
			if err := a.suspend(true); err != nil {
				return true, err
			}
		case more:
		}
	}
	return false, nil
}

// refresh draws what has changed, and rings for what was refused.
func (a *asking) refresh() error {
	s := a.typed()
	if a.editor.rang {
		a.editor.rang = false
		s += bell
	}
	if s == "" {
		return nil
	}
	return a.t.write(s)
}

// suspend stops the process, or its whole job, with the terminal as it was found,
// and asks again when it goes on.
func (a *asking) suspend(job bool) error {
	if err := a.t.cooked(); err != nil {
		return fmt.Errorf("terminal mode: %w", err)
	}
	_ = a.t.write("\n") // only for looks
	a.caught.suspend(job)
	return a.show()
}

// endBy puts the terminal's mode back before a signal has its effect.
func (a *asking) endBy(sig os.Signal) error {
	_ = a.t.cooked()    // the process ends: nobody to tell
	_ = a.t.write("\n") // only for looks
	return a.caught.ending(sig)
}

// lost says what it means that the terminal cannot be read: after the end of
// input, or a hang-up, nobody answers any more.
func lost(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.EIO) {
		return ErrDeclined
	}
	return fmt.Errorf("read terminal: %w", err)
}
