//go:build unix

package prompt

import (
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// openDevice opens the controlling terminal, POSIX.1-2024 XBD section 10.1.
func openDevice() (in, out *os.File, err error) {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0)
	return f, f, err
}

// foreground reports whether the process may read from the terminal. Where the
// question has no answer (it is not our controlling terminal) it may.
func foreground(f *os.File) bool {
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// makeRaw is term.MakeRaw with output processing left as it was found.
func makeRaw(f *os.File) (*term.State, error) {
	fd := int(f.Fd())
	found, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	now, err := unix.IoctlGetTermios(fd, getTermios)
	if err == nil {
		now.Oflag = found.Oflag
		err = unix.IoctlSetTermios(fd, setTermios, now)
	}
	if err != nil {
		_ = term.Restore(fd, state) // the first error tells more
		return nil, err
	}
	return state, nil
}
