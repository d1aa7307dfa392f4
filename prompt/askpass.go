package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// maxAnswer, in bytes, is how much an askpass program may write: far above
	// any token, and far below what hurts.
	maxAnswer = 1 << 20

	// maxQuestion, in cells, is how long the question for an askpass program
	// gets: the longest host name (RFC 1035 section 2.3.4: 255 octets), a user
	// name of the same length, and words around them.
	maxQuestion = 600

	// farewell is how long an askpass program gets to close its window.
	farewell = time.Second
)

// Askpass runs an askpass program (the manner of ssh-askpass(1)) with the
// question, cleaned, as its only argument, and returns the first line that it
// writes, without its end. The program is an absolute path, or a name that is
// looked up in the absolute entries of PATH only: a program that lies in the
// working directory is never run. env is its environment, nil for that of this
// process; its standard input is empty, its standard error ours.
//
// A program that exits with another status than 0 has declined (ErrDeclined).
// The program ends when ctx is done: ErrTimeout after a deadline, else ctx.Err().
func Askpass(ctx context.Context, program, question string, env []string) (string, error) {
	path, err := findProgram(program)
	if err != nil {
		return "", fmt.Errorf("askpass: %w", err)
	}
	cmd := exec.CommandContext(ctx, path, Clean(question, maxQuestion))
	answer := &capped{room: maxAnswer}
	cmd.Env, cmd.Stdout, cmd.Stderr = env, answer, os.Stderr
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = farewell
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ended(ctx)
	case errors.As(err, &exit):
		return "", fmt.Errorf("askpass: %w: %v", ErrDeclined, exit)
	case err != nil:
		return "", fmt.Errorf("askpass: %w", err)
	case answer.full:
		return "", fmt.Errorf("askpass: answer is longer than %d bytes", maxAnswer)
	}
	line, _, _ := bytes.Cut(answer.kept, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r"))), nil
}

// terminate asks a process to end; where that cannot be asked it is ended.
func terminate(p *os.Process) error {
	if err := p.Signal(syscall.SIGTERM); err == nil || errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return p.Kill()
}

// findProgram returns the absolute path of a program. exec.LookPath would stop
// at a match in a relative entry of PATH; here such entries do not count.
func findProgram(name string) (string, error) {
	if filepath.IsAbs(name) {
		return exec.LookPath(name)
	}
	if name == "" || strings.ContainsAny(name, `/\:`) {
		return "", fmt.Errorf("program %q: neither an absolute path nor a name", name)
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("program %q: not in the absolute entries of PATH", name)
}

// capped keeps what is written to it, up to its room, and takes the rest in
// silence, so that the writer does not hang.
type capped struct {
	kept []byte
	room int
	full bool
}

// Write never fails.
func (c *capped) Write(p []byte) (int, error) {
	keep := min(len(p), c.room-len(c.kept))
	c.kept = append(c.kept, p[:keep]...)
	c.full = c.full || keep < len(p)
	return len(p), nil
}
