package h1

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// canBind: sockets can be bound to a device (SO_BINDTODEVICE), by anybody since
// Linux 5.7.
const canBind = true

func bindTo(device string) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		var bound error
		err := c.Control(func(fd uintptr) { bound = unix.BindToDevice(int(fd), device) })
		if err == nil && bound != nil {
			err = os.NewSyscallError("setsockopt", bound)
		}
		return err
	}
}
