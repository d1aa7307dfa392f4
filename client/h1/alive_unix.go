//go:build unix

package h1

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// readable looks whether something has come, without waiting or taking it.
func readable(raw syscall.RawConn, _ time.Duration) state {
	if raw == nil {
		return gone
	}
	s := gone
	_ = raw.Read(func(fd uintptr) bool { // fails on a closed socket, which is gone
		var b [1]byte
		n, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		switch {
		case err == unix.EAGAIN || err == unix.EINTR:
			s = silent
		case err == nil && n > 0:
			s = speaks
		}
		return true
	})
	return s
}
