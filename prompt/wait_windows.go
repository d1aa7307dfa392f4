package prompt

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// settleTime is how long a question's end waits for its reader. A console that
// announced a key release or a mouse move blocks the reader until a key is
// pressed; the reader is then left behind, and drops that key.
const settleTime = 50 * time.Millisecond

// waiter waits until a console has events to read, or somebody wakes it.
type waiter struct {
	console, event windows.Handle
}

func newWaiter(f *os.File) (*waiter, error) {
	event, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return nil, err
	}
	return &waiter{windows.Handle(f.Fd()), event}, nil
}

// wait returns true when there is something to read, false once it was woken.
func (w *waiter) wait() (bool, error) {
	which, err := windows.WaitForMultipleObjects([]windows.Handle{w.event, w.console}, false, windows.INFINITE)
	return err == nil && which == windows.WAIT_OBJECT_0+1, err
}

// wake makes wait return.
func (w *waiter) wake() { _ = windows.SetEvent(w.event) }

// settle waits a little for the reading goroutine, whose end done tells. The
// event is closed only when nobody can be waiting for it.
func (w *waiter) settle(done <-chan struct{}) {
	timer := time.NewTimer(settleTime)
	defer timer.Stop()
	select {
	case <-done:
		_ = windows.CloseHandle(w.event) // it held nothing
	case <-timer.C:
	}
}
