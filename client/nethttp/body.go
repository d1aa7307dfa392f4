package nethttp

import (
	"errors"
	"io"
	"net/http"
	"os"
)

// SpliceTarget is what a writer may offer to the WriteTo of a response's body.
// Without it, and to anything but an *os.File, WriteTo copies.
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
	// that Linux gives to everybody (fs.pipe-max-size), and the size from which
	// writes into the page cache get no cheaper.
	sliceSize = 1 << 20

	// spliceMin is the length from which a body is worth a pipe, in octets.
	spliceMin = 256 << 10
)

var errCount = errors.New("octets spliced and octets read differ")

// body is a large body of known length.
type body struct {
	io.ReadCloser
	mark mark
	left int64 // octets not yet read
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	b.mark.before(b.left)
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	b.mark.after(n, err)
	return n, err
}

// spliceBody is one that comes without TLS.
type spliceBody struct {
	*body
	conn *conn
}

// bodyOf returns the body to hand out. It implements io.WriterTo exactly when
// it can be spliced.
func bodyOf(resp *http.Response, c *conn) io.ReadCloser {
	if c == nil || c.raw == nil || resp.ContentLength < spliceMin || resp.Body == http.NoBody ||
		len(resp.TransferEncoding) > 0 {
		return resp.Body
	}
	b := &body{ReadCloser: resp.Body, mark: mark{raw: c.raw}, left: resp.ContentLength}
	if c.secure {
		return b
	}
	return &spliceBody{body: b, conn: c}
}

// WriteTo implements io.WriterTo. An error of the destination is an
// *fs.PathError, as os.File's own, or what Write returned; a body that is too
// short is io.ErrUnexpectedEOF.
//
// The Transport's body reader is asked for a large slice. It hands the request
// down to conn.Read, if its own buffer is empty, and conn.Read lets the splicer
// move the octets to the file instead of filling the slice, and returns their
// number. So net/http counts the body as ever, and knows when the connection is
// free again. An offer is made only while more than the Transport's buffer can
// hold is left: so the body cannot end, and the connection not be reused, with
// an offer standing.
func (b *spliceBody) WriteTo(w io.Writer) (int64, error) {
	file, note := spliceFile(w)
	s := newSplicer(file)
	if s != nil {
		defer s.close()
	}
	buf := make([]byte, min(sliceSize, max(b.left, 512)))
	var written int64
	for {
		n, moved, err := b.next(s, buf)
		switch {
		case moved == n:
			note(int64(n))
		case moved == 0:
			var werr error
			if n, werr = w.Write(buf[:n]); werr != nil {
				return written + int64(n), werr
			}
		default:
			return written + int64(moved), errCount
		}
		written += int64(n)
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
	}
}

// next reads once, and returns how many of the n octets were spliced.
func (b *spliceBody) next(s *splicer, buf []byte) (n, moved int, err error) {
	if s == nil || s.odd || b.left <= readBuffer {
		n, err = b.Read(buf)
		return n, 0, err
	}
	s.moved = 0
	b.conn.offer(s)
	n, err = b.Read(buf)
	b.conn.withdraw(s)
	return n, s.moved, err
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
