package transfer

import (
	"io"
	"net/http"
	"sync"
)

// heldMost is the largest body that is held, in octets: what a connection reads
// at once, so that no more can have come with the head.
const heldMost = 16 << 10

var heldBuffers = sync.Pool{New: func() any { return new([heldMost]byte) }}

// Held is the whole body of a response, which is yet to be delivered.
type Held struct {
	buf  *[heldMost]byte
	size int
}

// Hold takes the body of resp off its connection, which another request can then
// have, if all of it has come already; else it returns nil. The body is one that
// tells (Here), and is not wrapped.
func Hold(resp *http.Response) (*Held, error) {
	body, ok := resp.Body.(interface{ Here() bool })
	if !ok || resp.ContentLength > heldMost || !body.Here() {
		return nil, nil
	}
	h := &Held{buf: heldBuffers.Get().(*[heldMost]byte)}
	n, err := io.ReadFull(resp.Body, h.buf[:resp.ContentLength])
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if h.size = n; err != nil {
		h.release()
		return nil, err
	}
	return h, nil
}

// Deliver writes the body to dst, closes that, and returns the octets that it took.
// Errors are *WriteError, or wrap ErrTooLarge. Held is of no use afterwards.
func (h *Held) Deliver(dst *Sink) (int64, error) {
	start := dst.written
	dst.brief = true
	_, err := dst.Write(h.buf[:h.size])
	h.release()
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	return dst.written - start, err
}

func (h *Held) release() {
	heldBuffers.Put(h.buf)
	h.buf = nil
}
