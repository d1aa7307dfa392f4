//go:build unix

package cookie

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What is no regular file is written to, and stays what it is.
func TestSaveToPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0) // waits for nobody
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := newJar().Save(name); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, len(heading))
	if _, err := io.ReadFull(f, b); err != nil || string(b) != heading {
		t.Errorf("the pipe brings %q, %v", b, err)
	}
}
