//go:build !unix

package transfer

import (
	"io"
	"io/fs"
	"os"
)

// noFollow has no like on Windows, where making a link takes a privilege; noLink
// looks beforehand.
const noFollow = 0

func openFile(name string, flag int, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, mode)
}

func openBare(name string, flag int, mode fs.FileMode) (io.WriteCloser, error) {
	f, err := openFile(name, flag, mode)
	if err != nil {
		return nil, err // and no *os.File that is nil
	}
	return f, nil
}
