//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// takesEscapes tells that a terminal obeys control sequences: here TERM says
// what it is.
func takesEscapes(_ *os.File, term string) bool { return term != "" && term != "dumb" }

// faulted returns the file under another descriptor: to write where the reader has
// gone is then an error, exit 23 as in curl, and not the runtime's sudden end, which
// it has for 1 and 2 alone. (To ignore the signal would be inherited by children; to
// watch for it takes a thread.)
func faulted(f *os.File) *os.File {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return f // it is closed, and says so itself
	}
	return os.NewFile(uintptr(fd), f.Name())
}
