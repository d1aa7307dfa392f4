package h1

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// SpliceTarget is what a writer may offer to the WriteTo of a response's body.
// Without it, and to anything but an *os.File, WriteTo copies as it comes.
type SpliceTarget interface {
	io.Writer

	// SpliceFile returns the file that Write writes to, when octets may reach
	// it past Write; else nil.
	SpliceFile() *os.File

	// Spliced tells of n octets that have reached the file past Write.
	Spliced(n int64)
}

const (
	// sliceSize, in octets, is what one splice moves at most: the largest pipe
	// that Linux gives to everybody (fs.pipe-max-size).
	sliceSize = 1 << 20

	// copySize, in octets, is what one write takes of a body that passes through
	// this process. A larger one makes writes into the page cache little cheaper,
	// and the process larger.
	copySize = 512 << 10

	// bulkMin is the length from which a body is worth a pipe and a large
	// buffer, in octets.
	bulkMin = 256 << 10

	// linger is the longest that octets wait for a write of copySize to fill,
	// while others come: short enough for whoever watches the file grow.
	linger = 250 * time.Millisecond
)

// bulk is a large body of known length. Reading it by WriteTo is what makes it
// quick; Read is that of any body.
type bulk struct{ *body }

// WriteTo implements io.WriterTo. An error of the destination is an
// *fs.PathError, as os.File's own, or what Write returned; any other is the
// body's.
//
// Towards a file on Linux, the octets of a body without TLS do not pass through
// this process, and the socket of one with TLS wakes it seldom. Towards a pipe or a terminal
// everything is written as it comes.
func (b bulk) WriteTo(w io.Writer) (int64, error) {
	if b.end != nil {
		if b.end == io.EOF {
			return 0, nil
		}
		return 0, b.end
	}
	file, note := spliceFile(w)
	if !unwatched(file) {
		return b.copyTo(w, false)
	}
	if b.c.nc != net.Conn(b.c.sock) { // TLS, be it a proxy's
		b.mark = b.c.sock.begin(b.left, true)
		return b.copyTo(w, true)
	}
	n, err := b.bufferedTo(w)
	if err != nil || b.end != nil {
		return n, err
	}
	k, err := b.spliceTo(file, note)
	if n += k; err != errNoSplice {
		return n, err
	}
	b.mark = b.c.sock.begin(b.left, false)
	k, err = b.copyTo(w, true)
	return n + k, err
}

// bufferedTo writes what has come with the head.
func (b bulk) bufferedTo(w io.Writer) (int64, error) {
	if b.c.buffered() == 0 {
		return 0, nil
	}
	p := make([]byte, b.c.buffered())
	n, err := b.Read(p)
	if n > 0 {
		if k, werr := w.Write(p[:n]); werr != nil {
			return int64(k), werr
		}
	}
	return int64(n), eofIsNone(err)
}

// spliceTo moves the rest to the file. errNoSplice tells that the rest is to be
// copied.
func (b bulk) spliceTo(to *os.File, note func(int64)) (int64, error) {
	s := newSplicer(to)
	if s == nil {
		return 0, errNoSplice
	}
	defer s.close()
	raw := b.c.sock.raw
	if raw == nil || s.block(raw) != nil {
		return 0, errNoSplice
	}
	moved, err := b.spliceWith(s, note)
	if uerr := s.unblock(raw); uerr != nil && (err == nil || err == errNoSplice) {
		err = uerr
	}
	var file *os.PathError
	switch {
	case err == errNoSplice, errors.As(err, &file):
		return moved, err // the caller copies the rest, or gives up the body
	case err != nil:
		b.end = b.finish(b.tooShort(err))
		return moved, b.end
	}
	b.end = b.finish(io.EOF)
	return moved, nil
}

func (b bulk) spliceWith(s *splicer, note func(int64)) (moved int64, err error) {
	for b.left > 0 {
		if b.ctx.Err() != nil || b.over.Load() {
			return moved, errors.Join(over(b.ctx), os.ErrDeadlineExceeded)
		}
		n, err := s.move(b.c.sock.raw, int(min(b.left, sliceSize)))
		b.left -= int64(n)
		moved += int64(n)
		note(int64(n))
		if err != nil {
			return moved, err
		}
		if s.odd {
			return moved, errNoSplice
		}
	}
	return moved, nil
}

// copyTo copies the rest: as it comes, or gathered for large writes.
func (b bulk) copyTo(w io.Writer, gather bool) (int64, error) {
	buf := make([]byte, min(copySize, max(b.left, readBuffer)))
	var written int64
	fill, since := 0, time.Now()
	for {
		n, err := b.Read(buf[fill:])
		fill += n
		if fill == len(buf) || err != nil || !gather || time.Since(since) > linger {
			k, werr := w.Write(buf[:fill])
			if written += int64(k); werr != nil {
				return written, werr
			}
			fill, since = 0, time.Now()
		}
		if err != nil {
			return written, eofIsNone(err)
		}
	}
}

// unwatched tells that nobody waits at the other end of the file for what is
// written: it is a regular one, or the null device.
func unwatched(file *os.File) bool {
	if file == nil {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode().IsRegular() {
		return err == nil
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(info, null)
}

func eofIsNone(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// spliceFile returns the file behind w, nil if there is none to splice to, and
// a function to be told of what was spliced.
func spliceFile(w io.Writer) (*os.File, func(int64)) {
	switch w := w.(type) {
	case SpliceTarget:
		return w.SpliceFile(), w.Spliced
	case *os.File:
		return w, func(int64) {}
	}
	return nil, func(int64) {}
}
