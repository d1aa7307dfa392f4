package h1

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// errNoSplice tells that nothing was moved and the octets are still to be read.
var errNoSplice = errors.New("cannot splice")

// splicer moves octets from a socket through a pipe to a file by splice(2),
// without their passing through this process. It serves one body.
type splicer struct {
	file  *os.File
	fd    syscall.RawConn
	r, w  int // the pipe
	moved int // octets that the current move brought to the file
	odd   bool
}

// newSplicer returns nil when the file is none that splice(2) takes: appending,
// or neither regular nor /dev/null. Terminals and pipes are better served by
// writes.
func newSplicer(file *os.File) *splicer {
	if file == nil {
		return nil
	}
	fd, err := file.SyscallConn()
	if err != nil || !takesSplice(fd) {
		return nil
	}
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil
	}
	// A user's share of pipe memory may be used up; 64 KiB then serve.
	_, _ = unix.FcntlInt(uintptr(p[1]), unix.F_SETPIPE_SZ, sliceSize)
	return &splicer{file: file, fd: fd, r: p[0], w: p[1]}
}

func takesSplice(fd syscall.RawConn) bool {
	ok := false
	err := fd.Control(func(fd uintptr) {
		var st unix.Stat_t
		if unix.Fstat(int(fd), &st) != nil {
			return
		}
		flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		regular := st.Mode&unix.S_IFMT == unix.S_IFREG
		null := st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev == unix.Mkdev(1, 3)
		ok = err == nil && flags&unix.O_APPEND == 0 && (regular || null)
	})
	return ok && err == nil
}

func (s *splicer) close() {
	_ = unix.Close(s.r) // a pipe of our own, empty or given up
	_ = unix.Close(s.w)
}

// move waits for the socket and moves what has come, at most limit octets, to
// the file. It returns the number of those that have reached it.
func (s *splicer) move(socket syscall.RawConn, limit int) (int, error) {
	s.moved = 0
	var n int64
	var serr error
	err := socket.Read(func(fd uintptr) bool {
		n, serr = splice(int(fd), s.w, min(limit, sliceSize))
		return serr != unix.EAGAIN
	})
	switch {
	case err != nil:
		return 0, err
	case serr == unix.EINVAL || serr == unix.ENOSYS:
		s.odd = true
		return 0, errNoSplice
	case serr != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("splice", serr)}
	case n == 0:
		return 0, io.EOF
	}
	err = s.drain(int(n))
	return s.moved, err
}

// drain empties the pipe, which holds n octets, into the file.
func (s *splicer) drain(n int) error {
	for n > 0 && !s.odd {
		var k int64
		var serr error
		if err := s.fd.Control(func(fd uintptr) { k, serr = splice(s.r, int(fd), n) }); err != nil {
			return &os.PathError{Op: "write", Path: s.file.Name(), Err: err}
		}
		switch {
		case serr == unix.EINVAL:
			s.odd = true
		case serr != nil:
			return &os.PathError{Op: "write", Path: s.file.Name(), Err: serr}
		case k == 0:
			return &os.PathError{Op: "write", Path: s.file.Name(), Err: io.ErrShortWrite}
		}
		s.moved += int(k)
		n -= int(k)
	}
	return s.copyOut(n)
}

// copyOut is drain for a file system that takes no splice.
func (s *splicer) copyOut(n int) error {
	buf := make([]byte, min(n, 64<<10))
	for n > 0 {
		k, err := unix.Read(s.r, buf[:min(n, len(buf))])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return os.NewSyscallError("read", err)
		}
		k, err = s.file.Write(buf[:k])
		s.moved += k
		n -= k
		if err != nil {
			return err
		}
	}
	return nil
}

func splice(from, to, n int) (int64, error) {
	for {
		k, err := unix.Splice(from, nil, to, nil, n, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		if err != unix.EINTR {
			return max(k, 0), err
		}
	}
}

// setMark sets the least number of octets that make a socket readable.
func setMark(socket syscall.RawConn, octets int) error {
	var serr error
	err := socket.Control(func(fd uintptr) {
		serr = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVLOWAT, octets)
	})
	return errors.Join(err, serr)
}
