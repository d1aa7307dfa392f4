//go:build unix

package h1

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a lone read waits in the kernel before it goes on in the
// runtime's poller, where it can be canceled: an interrupt is felt to be at once,
// and the answers of most servers come within it.
const patience = 10 * time.Millisecond

// loneRead reads what Conn.Read would. It waits on the thread it is on; no other
// goroutine wants that while the program waits for one response. Going to sleep
// in the poller costs more than the rest of a small request: the scheduler looks
// for other work, parks its threads, and is woken piece by piece.
func (s *socket) loneRead(p []byte) (int, error) {
	if s.onReady == nil {
		s.onReady = s.receive
	}
	s.into = p
	err := s.raw.Read(s.onReady)
	s.into = nil
	switch {
	case err != nil:
		return 0, err
	case s.failed != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", s.failed)}
	case s.got == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return s.got, nil
}

// receive reads into s.into. It reports false when nothing has come within
// patience.
func (s *socket) receive(fd uintptr) bool {
	for waited := false; ; {
		s.got, s.failed = syscall.Read(int(fd), s.into) // not unix.Read: the race detector takes this one for what it is
		switch {
		case s.failed == unix.EINTR:
		case s.failed != unix.EAGAIN:
			s.got = max(s.got, 0)
			return true
		case waited || !readableWithin(int(fd), patience):
			return false
		default:
			waited = true
		}
	}
}

// readableWithin waits until something can be read, or the connection has ended.
func readableWithin(fd int, d time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, int(d.Milliseconds()))
		if err != unix.EINTR {
			return err == nil && n > 0
		}
	}
}
