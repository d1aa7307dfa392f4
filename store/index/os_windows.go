package index

import (
	"os"
	"time"
)

// Symbolic links take a privilege here; files are in the user's own profile.
const noFollow, noBlock = 0, 0

// renameTries bounds the tries to put a file in place of one that a reader has
// open at the moment, which Windows refuses: in all a second.
const renameTries = 100

func rename(from, to string) error {
	var err error
	for range renameTries {
		if err = os.Rename(from, to); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

func syncDir(string) error { return nil }
