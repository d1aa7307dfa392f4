package coding

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Offered is the value of Accept-Encoding, as curl spells it.
const Offered = "deflate, gzip, br, zstd"

// maxCodings is how many codings one body may have, as in curl: nobody uses two,
// and each multiplies what a small body may become.
const maxCodings = 5

var (
	// ErrUnknown: a coding that was not offered.
	ErrUnknown = errors.New("the content coding was not asked for")

	// ErrTooMany: more than five.
	ErrTooMany = errors.New("more content codings than anybody needs")

	// ErrTrailing: there is something behind the end of the coded data.
	ErrTrailing = errors.New("something follows the end of the data")
)

// Error is why a body cannot be decoded.
type Error struct {
	Coding string // as the server wrote it
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("content coding %q: %v", e.Coding, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Of returns the codings that a Content-Encoding names, in the order in which
// they were applied.
//
//	Content-Encoding = #content-coding
func Of(values []string) []string {
	var list []string
	for _, v := range values {
		for name := range strings.SplitSeq(v, ",") {
			switch name = strings.Trim(name, " \t"); strings.ToLower(name) {
			case "", "identity", "none": // the last is curl's word for the second
			default:
				list = append(list, name)
			}
		}
	}
	return list
}

// Reader is a body without its codings. It belongs to one goroutine.
type Reader struct {
	body   io.ReadCloser
	wire   *tap
	stages []*stage // the last has the content
}

// NewReader returns the body without the codings, which Of has returned. The
// error is an *Error; so are those of Read, but for the body's own.
func NewReader(body io.ReadCloser, codings []string) (*Reader, error) {
	if len(codings) > maxCodings {
		return nil, &Error{codings[0], ErrTooMany}
	}
	r := &Reader{body: body, wire: &tap{from: body}}
	below := r.wire
	for i := len(codings) - 1; i >= 0; i-- {
		s := newStage(codings[i], below)
		r.stages = append(r.stages, s)
		below = &tap{from: s}
	}
	return r, nil
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(r.stages) == 0 {
		return r.wire.Read(p)
	}
	return r.stages[len(r.stages)-1].Read(p)
}

// Close closes the body.
func (r *Reader) Close() error {
	for _, s := range r.stages {
		s.close()
	}
	return r.body.Close()
}

// Encoded returns how many octets of the body were read.
func (r *Reader) Encoded() int64 { return r.wire.count }

// tap counts what is read through it, and keeps the error that the reading ended
// with: decoders hide it.
type tap struct {
	from  io.Reader
	count int64
	err   error // but io.EOF
}

// Read implements io.Reader.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	t.count += int64(n)
	if err != nil && err != io.EOF {
		t.err = err
	}
	return n, err
}
