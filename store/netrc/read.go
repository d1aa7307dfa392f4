package netrc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// maxFile bounds a file, in octets: some ten thousand entries.
const maxFile = 1 << 20

// ErrWritable: others may write the file, by its mode or as its owner, and so say
// where passwords go.
var ErrWritable = errors.New("others may write it")

// Read reads a file. readable tells that others may read the passwords that are
// in it. The error wraps fs.ErrNotExist, ErrWritable, or is about the file's
// text.
func Read(name string) (f *File, readable bool, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = file.Close() }() // it was only read
	fi, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	mode := fi.Mode()
	if runtime.GOOS == "windows" || !mode.IsRegular() {
		mode = 0 // has no such bits, or comes through a pipe from whoever runs this
	}
	switch {
	case mode&0o022 != 0:
		return nil, false, fmt.Errorf("%s: %w (chmod 600 %s)", name, ErrWritable, name)
	case fi.Mode().IsRegular() && foreign(fi):
		return nil, false, fmt.Errorf("%s: %w: it is another user's", name, ErrWritable)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, false, err
	}
	if len(text) > maxFile {
		return nil, false, fmt.Errorf("%s: longer than %d octets", name, maxFile)
	}
	if f, err = Parse(string(text)); err != nil {
		return nil, false, fmt.Errorf("%s: %w", name, err)
	}
	return f, mode&0o044 != 0 && f.Secret(), nil
}
