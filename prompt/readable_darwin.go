package prompt

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// readable waits until one of two descriptors can be read, or has hung up. It
// uses select(2), because poll(2) and kqueue(2) of macOS refuse devices such as
// /dev/tty.
func readable(a, b int) (first, second bool, err error) {
	var set unix.FdSet
	// An fd_set has FD_SETSIZE bits; a write beyond them would be lost or worse.
	if top := max(a, b); top >= unix.FD_SETSIZE {
		return false, false, fmt.Errorf("descriptor %d is beyond what select takes", top)
	}
	set.Set(a)
	set.Set(b)
	if _, err := unix.Select(max(a, b)+1, &set, nil, nil, nil); err != nil {
		return false, false, err
	}
	return set.IsSet(a), set.IsSet(b), nil
}
