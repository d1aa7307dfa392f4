package h1

import (
	"net"
	"sync/atomic"
	"syscall"
)

// socket is the TCP connection, or the unix socket, at the bottom. While a large
// body is on its way, it reads under a low-water mark, and for TLS upon it in
// large steps, of which the records are then taken from memory.
type socket struct {
	net.Conn
	raw syscall.RawConn // nil when it is no TCP: then neither marks nor splices
	fd  syscall.RawConn // nil when it has none

	mark *mark // not nil while a body is being read in bulk

	wide []byte // wide[r:w] was read and not yet taken
	r, w int

	active *atomic.Int32 // how many requests the engine is at

	// Of a loneRead.
	onReady func(fd uintptr) bool // receive, made once
	into    []byte
	got     int
	failed  error
}

// wideBuffer, in octets, is what is read at once for TLS: sixteen records. Half
// or twice as much measured alike.
const wideBuffer = 256 << 10

func newSocket(nc net.Conn, active *atomic.Int32) *socket {
	s := &socket{Conn: nc, active: active}
	if c, ok := nc.(syscall.Conn); ok {
		if fd, err := c.SyscallConn(); err == nil {
			s.fd = fd
		}
		if _, ok := nc.(*net.TCPConn); ok {
			s.raw = s.fd
		}
	}
	return s
}

// Read implements io.Reader. It is called by one goroutine at a time.
func (s *socket) Read(p []byte) (int, error) {
	if s.r < s.w {
		n := copy(p, s.wide[s.r:s.w])
		s.r += n
		return n, nil
	}
	if s.mark == nil {
		return s.take(p)
	}
	if s.wide == nil || len(p) >= len(s.wide) {
		return s.marked(p)
	}
	n, err := s.marked(s.wide)
	s.r, s.w = copy(p, s.wide[:n]), n
	return s.r, err
}

// take reads from the connection itself.
func (s *socket) take(p []byte) (int, error) {
	if s.raw != nil && s.active.Load() <= 1 {
		return s.loneRead(p)
	}
	return s.Conn.Read(p)
}

func (s *socket) marked(p []byte) (int, error) {
	s.mark.before()
	n, err := s.take(p)
	s.mark.after(n, err)
	return n, err
}

// begin starts reading in bulk; wide is for TLS. The caller keeps mark.left.
func (s *socket) begin(left int64, wide bool) *mark {
	s.mark = &mark{raw: s.raw, left: left}
	if wide && s.wide == nil {
		s.wide = make([]byte, wideBuffer)
	}
	return s.mark
}

// end stops it. What is left in the wide buffer is read as ever.
func (s *socket) end() {
	s.mark.close()
	s.mark = nil
	if s.r == s.w {
		s.wide = nil
	}
}

// pending tells that more has come than was taken.
func (s *socket) pending() bool { return s.r < s.w }
