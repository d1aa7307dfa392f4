//go:build !windows

package index

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A symbolic link is not opened, and opening a FIFO does not wait.
const (
	noFollow = unix.O_NOFOLLOW
	noBlock  = unix.O_NONBLOCK
)

// stampOf returns the stamp of a plain file.
func stampOf(st *unix.Stat_t) (stamp, bool) {
	mtime, ctime := time.Unix(st.Mtim.Unix()), time.Unix(st.Ctim.Unix())
	return stamp{
		inode: uint64(st.Ino), size: st.Size, modified: mtime.UnixNano(), changed: ctime.UnixNano(),
	}, st.Mode&unix.S_IFMT == unix.S_IFREG
}

// stampAt returns the stamp of the plain file of that name in the folder.
func stampAt(dir *os.File, name string) (stamp, bool) {
	var st unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return stamp{}, false
	}
	return stampOf(&st)
}

// readFile returns the content of a plain file and its stamp, never through a
// symbolic link. It makes the fewest calls there can be: a list of thousands
// reads as many files.
func readFile(path string) ([]byte, stamp, error) {
	fd, err := again(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|noFollow|noBlock, 0) })
	if err != nil {
		return nil, stamp{}, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = unix.Close(fd) }() // only read
	var st unix.Stat_t
	if _, err := again(func() (int, error) { return 0, unix.Fstat(fd, &st) }); err != nil {
		return nil, stamp{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	s, ok := stampOf(&st)
	if !ok {
		return nil, stamp{}, fmt.Errorf("%s: not a plain file", path)
	}
	if st.Size > maxFile {
		return nil, stamp{}, fmt.Errorf("%s: longer than %d octets", path, maxFile)
	}
	// Files are replaced, not written to: the size is that of what was opened.
	text := make([]byte, st.Size)
	for read := 0; read < len(text); {
		n, err := again(func() (int, error) { return unix.Read(fd, text[read:]) })
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, stamp{}, &fs.PathError{Op: "read", Path: path, Err: err}
		}
		read += n
	}
	return text, s, nil
}

// again repeats what a signal has interrupted.
func again(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); !errors.Is(err, unix.EINTR) {
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
