//go:build !windows

package index

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A symbolic link is not opened, and opening a FIFO does not wait.
const (
	noFollow = syscall.O_NOFOLLOW
	noBlock  = syscall.O_NONBLOCK
)

// readFile returns the content of a plain file, never through a symbolic link. It
// makes the fewest calls there can be: a list of thousands reads as many files.
func readFile(path string) ([]byte, error) {
	fd, err := again(func() (int, error) { return syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|noFollow|noBlock, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = syscall.Close(fd) }() // only read
	var st syscall.Stat_t
	if _, err := again(func() (int, error) { return 0, syscall.Fstat(fd, &st) }); err != nil {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, fmt.Errorf("%s: not a plain file", path)
	}
	if st.Size > maxFile {
		return nil, fmt.Errorf("%s: longer than %d octets", path, maxFile)
	}
	// Files are replaced, not written to: the size is that of what was opened.
	text := make([]byte, st.Size)
	for read := 0; read < len(text); {
		n, err := again(func() (int, error) { return syscall.Read(fd, text[read:]) })
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		}
		read += n
	}
	return text, nil
}

// again repeats what a signal has interrupted.
func again(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}

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
