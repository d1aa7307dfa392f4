//go:build unix

package prompt

import (
	"os"

	"golang.org/x/sys/unix"
)

// waiter waits until a terminal has bytes to read, or somebody wakes it.
type waiter struct {
	terminal    int      // descriptor, not owned
	alarm, bell *os.File // the reading and writing end of a pipe
}

func newWaiter(f *os.File) (*waiter, error) {
	alarm, bell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &waiter{int(f.Fd()), alarm, bell}, nil
}

// wait returns true when there is something to read, false once it was woken.
func (w *waiter) wait() (bool, error) {
	for {
		woken, ready, err := readable(int(w.alarm.Fd()), w.terminal)
		switch {
		case err == unix.EINTR:
		case err != nil || woken:
			return false, err
		case ready:
			return true, nil
		}
	}
}

// wake makes wait return: a pipe without a writer is readable.
func (w *waiter) wake() { _ = w.bell.Close() }

// settle waits for the reading goroutine, whose end done tells.
func (w *waiter) settle(done <-chan struct{}) {
	<-done
	_ = w.alarm.Close() // it held no data
}
