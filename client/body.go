package client

import (
	"bytes"
	"io"
	"net/http"

	"getin/client/auth"
)

// expectFrom is the length, in octets, from which on a server is asked whether it
// wants a body: curl's limit. To send less twice costs less than to ask.
const expectFrom = 1 << 20

// body is a request body that may have to be sent more than once.
type body struct {
	get    func() (io.ReadCloser, error) // nil: there is no body
	length int64                         // -1 when not known
	once   *stream                       // set when the body is a stream that cannot be rewound
	source io.Closer                     // what the caller handed over
}

func newBody(req *http.Request) *body {
	b := &body{length: req.ContentLength, source: req.Body}
	if b.length == 0 {
		b.length = -1 // as http.Request says
	}
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		b.source = nil
	case req.GetBody != nil:
		b.get = req.GetBody
	default:
		if s, ok := req.Body.(io.Seeker); ok {
			if start, err := s.Seek(0, io.SeekCurrent); err == nil {
				b.get = rewinder(req.Body, s, start)
				return b
			}
		}
		b.once = &stream{from: req.Body}
		b.get = b.once.again
	}
	return b
}

// rewinder reads a seekable body from where it stood.
func rewinder(r io.Reader, s io.Seeker, start int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		_, err := s.Seek(start, io.SeekStart)
		return io.NopCloser(r), err
	}
}

// attach gives the request the body from its start, and returns the fields that
// it added. A long body, and a stream, is offered with "Expect: 100-continue", so
// that a server that wants authentication says so before it is sent, unless
// noExpect.
func (b *body) attach(r *http.Request, noExpect bool) ([]auth.Field, error) {
	if b.get == nil {
		return nil, nil
	}
	rc, err := b.get()
	if err != nil {
		return nil, err
	}
	r.Body, r.ContentLength = rc, b.length
	if b.once == nil {
		r.GetBody = b.get
	}
	short := b.once == nil && b.length <= expectFrom
	if short || noExpect || r.Header.Get("Expect") != "" {
		return nil, nil
	}
	expect := auth.Field{Name: "Expect", Value: "100-continue"}
	r.Header.Set(expect.Name, expect.Value)
	return []auth.Field{expect}, nil
}

// drop forgets the body, when a redirect turns the method into GET.
func (b *body) drop() *body {
	b.close()
	return &body{}
}

func (b *body) close() {
	if b.source != nil {
		_ = b.source.Close() // read to the end or given up, nothing is lost
		b.source = nil
	}
}

// spent reports whether the body cannot be sent again.
func (b *body) spent() bool { return b.once != nil && b.once.spent() }

// maxMeasured is the longest body, in octets, that is read into memory to learn
// its length: what a phone can spare, and more than a form ever is.
const maxMeasured = 64 << 20

// measure reads a body of unknown length into memory, so that it can be sent with
// its length. It reports whether that worked; if not, a stream may be spent.
func (b *body) measure() bool {
	if b.get == nil || b.length >= 0 {
		return false
	}
	rc, err := b.get()
	if err != nil {
		return false
	}
	all, err := io.ReadAll(io.LimitReader(rc, maxMeasured+1))
	_ = rc.Close() // all that counts was read
	if err != nil || len(all) > maxMeasured {
		return false
	}
	b.once, b.length = nil, int64(len(all))
	b.get = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(all)), nil }
	return true
}
