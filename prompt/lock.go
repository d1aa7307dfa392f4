package prompt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a waiting process looks whether the lock is free:
// unnoticed by a person, and next to nothing for the machine.
const lockPoll = 50 * time.Millisecond

// Lock waits until no other process holds the lock of this terminal, and takes
// it: one dialogue at a time (between dialogues of one process too). The lock is
// a file in dir, which is made if need be, named after the terminal's session;
// /dev/tty itself will not do, all terminals share its inode. It goes with the
// process that holds it. The file stays: to remove it would let two hold it.
//
// Lock returns ErrTimeout or ctx.Err() when ctx is done first, and an error of
// the file system when dir cannot be used. unlock may be called more than once.
func Lock(ctx context.Context, dir string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("prompt lock: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "prompt-"+sessionName()+".lock"))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		if ctx.Err() != nil {
			err = ended(ctx)
		}
		return nil, fmt.Errorf("prompt lock: %w", err)
	}
	return func() { _ = lock.Unlock() }, nil // nobody could do better than go on
}
