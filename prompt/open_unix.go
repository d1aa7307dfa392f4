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

// makeRaw does what term.MakeRaw does to a terminal's input, in the words of
// termios(3), leaves its output alone, and returns the mode that it found.
func makeRaw(f *os.File) (*term.State, error) {
	fd := int(f.Fd())
	found, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	mode, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	mode.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP |
		unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	mode.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	mode.Cflag = mode.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
	return found, unix.IoctlSetTermios(fd, setTermios, mode)
}
