//go:build !linux

package h1

import (
	"errors"
	"os"
	"syscall"
)

var errNoSplice = errors.New("cannot splice")

// splicer exists on Linux alone; elsewhere there never is one.
type splicer struct {
	moved int
	odd   bool
}

func newSplicer(*os.File) *splicer { return nil }

func (*splicer) close() {}

func (*splicer) block(syscall.RawConn) error { return errNoSplice }

func (*splicer) unblock(syscall.RawConn) error { return errNoSplice }

func (*splicer) move(syscall.RawConn, int) (int, error) { return 0, errNoSplice }

func setMark(syscall.RawConn, int) error { return errNoSplice }
