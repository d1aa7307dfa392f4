package transfer

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"sync"
	"time"
)

const (
	// firstRead, in octets, is enough for a small body and for what came with
	// the head of a large one.
	firstRead = 32 << 10

	// smallBody is the length, in octets, below which a buffer is made to measure: a
	// fetch of such is over before a larger one is touched.
	smallBody = 4 << 10

	// chunk is what is gathered before a write to a regular file, in octets:
	// writes of 1 MiB cost the kernel about half of what writes of 32 KiB do.
	chunk = 1 << 20

	// linger is the longest that octets wait for a chunk to fill, while others
	// come: short enough for whoever watches the file grow.
	linger = 250 * time.Millisecond
)

var firstBuffers = sync.Pool{New: func() any { return new([firstRead]byte) }}

// Deliver copies the body of resp to dst, closes both, and returns the octets
// that dst took. An error is a *WriteError when dst is at fault; else it is the
// body's own: io.ErrUnexpectedEOF when that was too short.
//
// If the body implements io.WriterTo, and does not end at once, it is given dst,
// unless that wants to see every octet (Sum) or each at once (Prompt).
// A body that fails before its first octet leaves a file untouched.
func Deliver(resp *http.Response, dst *Sink) (int64, error) {
	start := dst.written
	err := deliver(resp, dst)
	if cerr := resp.Body.Close(); err == nil && cerr != nil {
		err = cerr
	}
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	return dst.written - start, err
}

func deliver(resp *http.Response, dst *Sink) error {
	body := resp.Body
	if n := resp.ContentLength; n >= 0 && n < smallBody {
		return copyFirst(body, dst, make([]byte, max(n, 1)))
	}
	buf := firstBuffers.Get().(*[firstRead]byte)
	defer firstBuffers.Put(buf)
	return copyFirst(body, dst, buf[:])
}

// copyFirst copies what one reading into buf brings, and then the rest.
func copyFirst(body io.Reader, dst *Sink, buf []byte) error {
	n, err := readSome(body, buf)
	if err != nil && err != io.EOF && n == 0 {
		return err
	}
	if _, werr := dst.Write(buf[:n]); werr != nil {
		return werr
	}
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	if w, ok := body.(io.WriterTo); ok && dst.Sum == nil && !dst.Prompt {
		return asWrite(dst, w)
	}
	return gather(body, dst)
}

// readSome reads until there is something or an error.
func readSome(r io.Reader, p []byte) (n int, err error) {
	for n == 0 && err == nil {
		n, err = r.Read(p)
	}
	return n, err
}

// asWrite runs WriteTo and tells the destination's errors from the body's: of
// the two, only a file's is an *fs.PathError.
func asWrite(dst *Sink, body io.WriterTo) error {
	_, err := body.WriteTo(dst)
	var known *WriteError
	var path *fs.PathError
	if errors.As(err, &path) && !errors.As(err, &known) {
		return &WriteError{dst.name, err}
	}
	return err
}

// gather copies in large writes to a regular file, and as it comes to anything
// else.
func gather(body io.Reader, dst *Sink) error {
	wait := dst.regular()
	buf := make([]byte, chunk)
	fill, since := 0, time.Now()
	for {
		n, err := body.Read(buf[fill:])
		fill += n
		if fill == len(buf) || err != nil || !wait || time.Since(since) > linger {
			if _, werr := dst.Write(buf[:fill]); werr != nil {
				return werr
			}
			fill, since = 0, time.Now()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
