//go:build !windows

package index

import (
	"os"
	"syscall"
)

// A symbolic link is not opened, and opening a FIFO does not wait.
const (
	noFollow = syscall.O_NOFOLLOW
	noBlock  = syscall.O_NONBLOCK
)

func rename(from, to string) error { return os.Rename(from, to) }

// syncDir makes the rename survive a power cut. A file system that cannot do it
// for folders has done what it can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = d.Sync()
	return d.Close()
}
