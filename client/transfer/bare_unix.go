//go:build unix

package transfer

import (
	"io"
	"io/fs"
	"syscall"
)

// bareFile is a file that is opened, written once and closed: without what
// *os.File keeps for those that live longer, which costs as much as the writing of
// a small one.
type bareFile struct {
	fd   int
	name string
}

func openBare(name string, flag int, mode fs.FileMode) (io.WriteCloser, error) {
	fd, err := openDescriptor(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return &bareFile{fd, name}, nil
}

func (f *bareFile) Write(p []byte) (n int, err error) {
	for n < len(p) {
		k, err := syscall.Write(f.fd, p[n:])
		n += max(k, 0)
		if err != nil && err != syscall.EINTR {
			return n, &fs.PathError{Op: "write", Path: f.name, Err: err}
		}
	}
	return n, nil
}

func (f *bareFile) Close() error {
	if err := syscall.Close(f.fd); err != nil {
		return &fs.PathError{Op: "close", Path: f.name, Err: err}
	}
	return nil
}
