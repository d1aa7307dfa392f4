//go:build unix && !darwin

package prompt

import "golang.org/x/sys/unix"

// readable waits until one of two descriptors can be read, or has hung up.
func readable(a, b int) (first, second bool, err error) {
	fds := []unix.PollFd{{Fd: int32(a), Events: unix.POLLIN}, {Fd: int32(b), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, -1); err != nil {
		return false, false, err
	}
	return fds[0].Revents != 0, fds[1].Revents != 0, nil
}
