package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Only the user reads and writes what says where passwords lie.
const (
	fileMode fs.FileMode = 0o600
	dirMode  fs.FileMode = 0o700
)

// maxFile bounds a file, in octets: an entry with a long realm and 20 long
// paths takes some 50 KiB, and nobody has a hundred accounts at one origin. More
// is not read into memory.
const maxFile = 8 << 20

// makeDir makes the folder. One that others may write to is refused: it also
// says who agreed to what.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if runtime.GOOS != "windows" && fi.Mode()&0o022 != 0 {
		return fmt.Errorf("index: %s can be written by others (chmod 700)", dir)
	}
	return nil
}

// testOnlyStep is called between the steps of a write.
var testOnlyStep = func(string) {}

// replace puts the text in place of the file at path, by way of the file at
// temp in the same folder. The lock is held, so temp is nobody else's: one that
// is there was left by a process that was killed.
func replace(path, temp string, text []byte) error {
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("index: %w", err)
	}
	if err := writeNew(temp, text); err != nil {
		_ = os.Remove(temp) // the error is what counts
		return fmt.Errorf("index: %w", err)
	}
	testOnlyStep("written")
	if err := rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("index: %w", err)
	}
	testOnlyStep("renamed")
	return syncDir(filepath.Dir(path))
}

func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, fileMode)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		_ = f.Close()
		return err
	}
	testOnlyStep("unsynced")
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
