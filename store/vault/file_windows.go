package vault

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// noFollow is nothing here: readFile looks at the file before it opens it.
const noFollow = 0

// open is always false: mode bits say nothing of who may read a file here. A
// profile's folders are closed to other users by inheritance.
func open(fs.FileInfo, fs.FileMode) bool { return false }

// replaceWait is how long replace tries: a reader has the file open for a few
// milliseconds, a virus scanner for some hundreds.
const replaceWait = 2 * time.Second

// replace renames a file over another one. Windows refuses while someone has
// the other one open.
func replace(from, to string) error {
	end := time.Now().Add(replaceWait)
	for {
		err := os.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !busy || time.Now().After(end) {
			return err
		}
		time.Sleep(lockRetry)
	}
}

// syncFolder does nothing: a folder cannot be flushed here.
func syncFolder(string) error { return nil }
