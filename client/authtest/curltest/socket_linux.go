package curltest

import (
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// socketOf tells the options of the process's socket with the local port.
func socketOf(pid int, port string) (string, error) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return "", fmt.Errorf("pidfd_open: %w", err)
	}
	defer unix.Close(process)
	files, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "fd"))
	if err != nil {
		return "", err
	}
	for _, f := range files {
		n, err := strconv.Atoi(f.Name())
		if err != nil {
			return "", err
		}
		fd, err := unix.PidfdGetfd(process, n, 0)
		if errors.Is(err, unix.EBADF) {
			continue // closed by now
		}
		if err != nil {
			return "", fmt.Errorf("pidfd_getfd: %w", err)
		}
		options, ok := socketOptions(fd, port)
		_ = unix.Close(fd) // a copy
		if ok {
			return options, nil
		}
	}
	return "", errors.New("the client's socket was not found")
}

func socketOptions(fd int, port string) (string, bool) {
	name, err := unix.Getsockname(fd)
	if err != nil {
		return "", false // no socket
	}
	if at, ok := name.(*unix.SockaddrInet4); !ok || strconv.Itoa(at.Port) != port {
		return "", false
	}
	option := func(level, name int) int {
		v, err := unix.GetsockoptInt(fd, level, name)
		if err != nil {
			return -1
		}
		return v
	}
	s := fmt.Sprintf("TCP_NODELAY %d, SO_KEEPALIVE %d", option(unix.IPPROTO_TCP, unix.TCP_NODELAY), option(unix.SOL_SOCKET, unix.SO_KEEPALIVE))
	if option(unix.SOL_SOCKET, unix.SO_KEEPALIVE) == 1 {
		s += fmt.Sprintf(", TCP_KEEPIDLE %d s, TCP_KEEPINTVL %d s",
			option(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE), option(unix.IPPROTO_TCP, unix.TCP_KEEPINTVL))
	}
	return s, true
}

// listenDeafly starts $DEAFPORT. At [::1] there is a socket that listens with
// room for one connection, which it has: Linux drops what comes after.
func (w *world) listenDeafly() error {
	var err error
	for range 10 { // somebody may have the port
		if err = w.tryDeafly(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: %w", ErrUnable, err)
}

func (w *world) tryDeafly() error {
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			_ = unix.Close(fd) // of no use
		}
	}()
	if err := unix.Bind(fd, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}); err != nil {
		return fmt.Errorf("[::1]: %w", err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		return err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return err
	}
	port := strconv.Itoa(name.(*unix.SockaddrInet6).Port)
	filler, err := net.Dial("tcp", net.JoinHostPort("::1", port))
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		_ = filler.Close() // with its other end
		return err
	}
	kept = true
	w.stop = append(w.stop, func() { _ = filler.Close(); _ = unix.Close(fd) })
	w.serve("DEAF", w.routes(), func(s *httptest.Server) {
		_ = s.Listener.Close() // the one that it came with
		s.Listener = l
		s.Start()
	})
	return nil
}
