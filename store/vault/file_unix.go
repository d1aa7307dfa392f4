//go:build unix

package vault

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// noFollow opens no symbolic link, and does not wait for a writer when the file
// turns out to be a pipe.
const noFollow = unix.O_NOFOLLOW | unix.O_NONBLOCK

// open reports whether any permission of the mask is set.
func open(fi fs.FileInfo, mask fs.FileMode) bool { return fi.Mode().Perm()&mask != 0 }

// replace renames a file over another one at one stroke.
func replace(from, to string) error { return os.Rename(from, to) }

// syncFolder brings a folder's names to the disk, so that a rename outlives a
// loss of power.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, unix.EINVAL) {
		err = nil // a file system that cannot; its renames are as safe as it makes them
	}
	return errors.Join(err, d.Close())
}
