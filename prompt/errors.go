package prompt

import (
	"context"
	"errors"
	"fmt"
)

// What can come back instead of an answer. Errors of this package wrap them and
// never contain what was typed.
var (
	// ErrNoTerminal: there is nobody to ask. The process has no controlling
	// terminal, or runs in the background of it, or the terminal was closed.
	ErrNoTerminal = errors.New("no terminal")

	// ErrCanceled: ^C was typed, or a signal to end has come. The caller ends
	// the program, with exit code 130.
	ErrCanceled = errors.New("interrupted")

	// ErrDeclined: ^D was typed on an empty line, the terminal hung up, three
	// answers were none of those offered, or an askpass program said no.
	ErrDeclined = errors.New("declined")

	// ErrTimeout: the deadline of the context passed. It is a
	// context.DeadlineExceeded too.
	ErrTimeout = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
)

// ended says why ctx is done.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ctx.Err()
}
