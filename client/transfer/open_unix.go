//go:build unix

package transfer

import (
	"io/fs"
	"os"
	"syscall"
)

const noFollow = syscall.O_NOFOLLOW

// openFile is os.OpenFile without the attempt to have the file polled, which
// regular files refuse: five system calls of nine for a small file.
func openFile(name string, flag int, mode fs.FileMode) (*os.File, error) {
	fd, err := openDescriptor(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

func openDescriptor(name string, flag int, mode fs.FileMode) (int, error) {
	for {
		fd, err := syscall.Open(name, flag|syscall.O_CLOEXEC, uint32(mode.Perm()))
		switch err {
		case nil:
			return fd, nil
		case syscall.EINTR:
		default:
			return -1, &fs.PathError{Op: "open", Path: name, Err: err}
		}
	}
}
