package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// ErrTooLarge: the body is larger than the user allows. curl's exit code 63.
var ErrTooLarge = errors.New("the file is too large")

// errShrunk: a part is shorter than it was when the rest was asked for.
var errShrunk = errors.New("has become shorter")

// reopen opens a file that is to be gone on with.
func (s *Sink) reopen() error {
	flag := os.O_WRONLY
	if s.Sum != nil {
		flag = os.O_RDWR
	}
	if s.Append {
		flag |= os.O_CREATE
	}
	if s.NoFollow {
		flag |= noFollow
		if err := noLink(s.Path); err != nil {
			return &WriteError{s.Path, err}
		}
	}
	f, err := openFile(s.Path, flag, fileMode)
	if errors.Is(err, syscall.ELOOP) && s.NoFollow {
		err = errLink
	}
	if err != nil {
		return &WriteError{s.Path, err}
	}
	if err := s.goOn(f); err != nil {
		_ = f.Close() // the error is what counts
		return &WriteError{s.Path, err}
	}
	s.file, s.name = f, s.Path
	s.opened()
	return nil
}

// goOn puts the file where the body goes on.
func (s *Sink) goOn(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	from := s.From
	if s.Append {
		from = info.Size()
	}
	if info.Size() < from {
		return errShrunk
	}
	if s.Sum != nil {
		if _, err := io.CopyN(s.Sum, f, from); err != nil {
			return err
		}
	}
	if info.Size() > from {
		if err := f.Truncate(from); err != nil {
			return err
		}
	}
	_, err = f.Seek(from, io.SeekStart)
	return err
}

// SetAside renames the file to a name of its own that ends in suffix, and
// returns it: whoever looks for the file shall not take it for what it is not.
// What is no regular file stays, and "" is returned.
func (s *Sink) SetAside(suffix string) (string, error) {
	if err := s.Close(); err != nil || s.name == "" {
		return "", err
	}
	return SetAside(s.name, suffix)
}

// SetAside is the method of that name, for a file that no Sink has opened.
func SetAside(name, suffix string) (string, error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	to := name + suffix
	for i := 1; i <= maxNumber; i++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		to = name + suffix + "." + strconv.Itoa(i)
	}
	if err := os.Rename(name, to); err != nil {
		return "", fmt.Errorf("setting %s aside: %w", name, err)
	}
	return to, nil
}
