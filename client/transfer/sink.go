package transfer

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Exists says what becomes of a file that is there already.
type Exists int

// The ways to treat one.
const (
	Overwrite Exists = iota // -o and -O
	Refuse                  // -J: the server shall overwrite nothing
	Number                  // --no-clobber: name.1, name.2 and so on
)

// maxNumber is the last number tried by Number: what curl tries.
const maxNumber = 100

// WriteError is an error of the destination, curl's exit code 23: the file
// cannot be opened or written, the disk is full, the reader has gone.
type WriteError struct {
	Name string // of the file; "" for standard output and the like
	Err  error
}

func (e *WriteError) Error() string {
	var p *fs.PathError
	switch {
	case errors.As(e.Err, &p) && e.Name != "":
		return fmt.Sprintf("writing %s: %v", e.Name, p.Err)
	case e.Name != "":
		return fmt.Sprintf("writing %s: %v", e.Name, e.Err)
	default:
		return fmt.Sprintf("writing the output: %v", e.Err)
	}
}

func (e *WriteError) Unwrap() error { return e.Err }

// Sink is where a body goes: a file, which is opened with the first octet or at
// the end of an empty body, or a writer. Until then nothing is touched. It
// belongs to one transfer and one goroutine.
type Sink struct {
	// Path names the file; "" is Out.
	Path string

	// Out is written to when there is no Path; nil discards. Sink does not
	// close it.
	Out io.Writer

	Exists Exists

	// NoFollow refuses a symbolic link in the place of the file. To be set when
	// the user did not type the name as such: -O and -J.
	NoFollow bool

	// CreateDirs makes the directories of Path that are missing (--create-dirs).
	CreateDirs bool

	// From, when not 0, is where the body goes on in a file that is there: the
	// octets before it stay, those behind it are cut off. Append goes on at the
	// end of the file, wherever that is (-C with a number). Exists does not
	// matter then.
	From   int64
	Append bool

	// Sum, when not nil, is fed the whole file: what is there of it first.
	Sum hash.Hash

	// Max, when not 0, is how many octets the file may have (--max-filesize).
	Max int64

	// Prompt writes everything as it comes, to a file too (-N).
	Prompt bool

	// Opened, when not nil, is told the name of the file once it is open.
	Opened func(name string)

	// Progress, when not nil, is told the octets written so far, seldom enough
	// to cost nothing and at least once a MiB.
	Progress func(total int64)

	brief   bool           // all of the body is written at once
	file    io.WriteCloser // open, ours
	name    string         // under which it was opened
	created bool           // and was not there before
	written int64
}

// fileMode is the mode of new files, less the umask: as curl's.
const fileMode fs.FileMode = 0o644

// DirMode is the mode of new directories: as curl's.
const DirMode fs.FileMode = 0o750

// Name returns the name of the file that was opened, which Number may have
// changed; "" when none was.
func (s *Sink) Name() string { return s.name }

// Written returns how many octets have reached the destination.
func (s *Sink) Written() int64 { return s.written }

// Open opens the file now. It does nothing when that is done, or when there is
// no Path. Errors are *WriteError.
func (s *Sink) Open() error {
	if s.Path == "" || s.file != nil {
		return nil
	}
	if s.CreateDirs {
		if err := os.MkdirAll(filepath.Dir(s.Path), DirMode); err != nil {
			return &WriteError{s.Path, err}
		}
	}
	var err error
	if s.From > 0 || s.Append {
		return s.reopen()
	}
	for i, name := 0, s.Path; i <= maxNumber; i++ {
		if i > 0 {
			name = s.Path + "." + strconv.Itoa(i)
		}
		err = s.openAs(name)
		if s.Exists != Number || !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil {
		return &WriteError{s.Path, err}
	}
	s.opened()
	return nil
}

func (s *Sink) opened() {
	if s.Opened != nil {
		s.Opened(s.name)
	}
}

func (s *Sink) openAs(name string) error {
	// Created by O_EXCL first, to know whether the file is this run's own.
	const create = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := s.openFile(name, create)
	if err == nil {
		s.file, s.name, s.created = f, name, true
		return nil
	}
	if s.Exists != Overwrite || !errors.Is(err, fs.ErrExist) {
		return err
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if s.NoFollow {
		flag = flag&^os.O_CREATE | noFollow
		if err := noLink(name); err != nil {
			return err
		}
	}
	f, err = s.openFile(name, flag)
	if errors.Is(err, syscall.ELOOP) && s.NoFollow {
		err = errLink
	}
	if err != nil {
		return err
	}
	s.file, s.name = f, name
	return nil
}

func (s *Sink) openFile(name string, flag int) (io.WriteCloser, error) {
	if s.brief {
		return openBare(name, flag, fileMode)
	}
	f, err := openFile(name, flag, fileMode)
	if err != nil {
		return nil, err // and no *os.File that is nil
	}
	return f, nil
}

var errLink = errors.New("is a symbolic link")

// noLink stands in for O_NOFOLLOW where a system has none, and gives a better
// message where it has.
func noLink(name string) error {
	if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return errLink
	}
	return nil
}

// Write implements io.Writer. Errors are *WriteError, or wrap ErrTooLarge.
func (s *Sink) Write(p []byte) (int, error) {
	if s.Max > 0 && int64(len(p)) > s.Max-s.From-s.written {
		return 0, fmt.Errorf("%w: more than %d octets came", ErrTooLarge, s.Max)
	}
	if err := s.Open(); err != nil {
		return 0, err
	}
	n, err := s.destination().Write(p)
	if s.Sum != nil {
		_, _ = s.Sum.Write(p[:n]) // a hash has no errors
	}
	if n < len(p) && err == nil {
		err = io.ErrShortWrite
	}
	s.Spliced(int64(n))
	if err != nil {
		return n, &WriteError{s.name, err}
	}
	return n, nil
}

func (s *Sink) destination() io.Writer {
	switch {
	case s.file != nil:
		return s.file
	case s.Out != nil:
		return s.Out
	default:
		return io.Discard
	}
}

// SpliceFile returns the open file, or Out if it is one, to write to directly.
// Spliced is to be told of it. With a Sum there is none: octets must pass Write.
func (s *Sink) SpliceFile() *os.File {
	if s.Sum != nil {
		return nil
	}
	f, _ := s.destination().(*os.File)
	return f
}

// Spliced counts n octets that have reached the destination past Write.
func (s *Sink) Spliced(n int64) {
	s.written += n
	if s.Progress != nil && n > 0 {
		s.Progress(s.written)
	}
}

// Close closes the file, which only then is known to be whole. It may be called
// again. Errors are *WriteError.
func (s *Sink) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	if err != nil {
		return &WriteError{s.name, err}
	}
	return nil
}

// Remove closes the file and removes it, if this run has created it
// (--remove-on-error; CVE-2022-27778).
func (s *Sink) Remove() error {
	err := s.Close()
	if !s.created {
		return err
	}
	s.created = false
	return errors.Join(err, os.Remove(s.name))
}

// regular reports whether what is written to is a regular file, which nobody
// reads at the other end as it comes.
func (s *Sink) regular() bool {
	f, ok := s.destination().(*os.File)
	if !ok || s.Prompt {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
