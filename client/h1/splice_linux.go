package h1

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

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

	// in and out are one splice each, of at most limit octets, made once: a large
	// body takes thousands.
	in, out func(fd uintptr)
	limit   int
	n       int64
	err     error
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
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil
	}
	// A user's share of pipe memory may be used up; 64 KiB then serve.
	_, _ = unix.FcntlInt(uintptr(p[1]), unix.F_SETPIPE_SZ, sliceSize)
	s := &splicer{file: file, fd: fd, r: p[0], w: p[1]}
	s.in = func(fd uintptr) { s.n, s.err = splice(int(fd), s.w, s.limit) }
	s.out = func(fd uintptr) { s.n, s.err = splice(s.r, int(fd), s.limit) }
	return s
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

// glance is how long a splice waits for octets before its goroutine looks at the
// context again: an interrupt is felt to be at once.
const glance = 50 * time.Millisecond

// block makes the socket one that splices wait on in the kernel, for a glance at
// a time. A splice from a socket that never blocks takes what one pass over its
// queue gives; one that may block goes on until the pipe is full, so that the file
// is written in fewer and larger pieces: a tenth to a third less wall time.
func (s *splicer) block(socket syscall.RawConn) error {
	wait := unix.NsecToTimeval(glance.Nanoseconds())
	return control(socket, func(fd int) error {
		return errors.Join(unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait), unix.SetNonblock(fd, false))
	})
}

// unblock undoes it, as the poller of the runtime wants it.
func (s *splicer) unblock(socket syscall.RawConn) error {
	return control(socket, func(fd int) error {
		return errors.Join(unix.SetNonblock(fd, true), unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{}))
	})
}

func control(socket syscall.RawConn, f func(fd int) error) error {
	var ferr error
	err := socket.Control(func(fd uintptr) { ferr = f(int(fd)) })
	return errors.Join(err, ferr)
}

// move waits for the socket, which block has prepared, and moves what has come,
// at most limit octets, to the file. It returns the number of those that have
// reached it; 0 without an error when none came for a glance.
func (s *splicer) move(socket syscall.RawConn, limit int) (int, error) {
	s.moved, s.limit = 0, min(limit, sliceSize)
	err := socket.Control(s.in)
	n, serr := s.n, s.err
	switch {
	case err != nil:
		return 0, err
	case serr == unix.EAGAIN:
		return 0, nil
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
		s.limit = n
		if err := s.fd.Control(s.out); err != nil {
			return &os.PathError{Op: "write", Path: s.file.Name(), Err: err}
		}
		k, serr := s.n, s.err
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
		k, err := unix.Splice(from, nil, to, nil, n, unix.SPLICE_F_MOVE)
		if err != unix.EINTR {
			return max(k, 0), err
		}
	}
}

// setMark sets the least number of octets that make a socket readable.
func setMark(socket syscall.RawConn, octets int) error {
	return control(socket, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT, octets)
	})
}
