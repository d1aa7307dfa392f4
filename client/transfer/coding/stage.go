package coding

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

const (
	// inputSize is how much is read at once, in octets: enough that the calls
	// are few.
	inputSize = 32 << 10

	// maxWindow bounds the window of zstd, in octets (RFC 9659 section 3).
	maxWindow = 8 << 20
)

// stage takes off one coding. Its decoder is made with the first octet.
type stage struct {
	name    string
	below   *tap
	in      *bufio.Reader // over below
	decoder io.Reader     // nil: not yet
	another func() error  // begins the next member of a coding that has several; nil: it reads them itself, or has none
	release func()
	err     error // what Read returns from now on
}

func newStage(name string, below *tap) *stage {
	return &stage{name: name, below: below}
}

// Read implements io.Reader.
func (s *stage) Read(p []byte) (n int, err error) {
	if s.err != nil || len(p) == 0 {
		return 0, s.err
	}
	if s.decoder == nil {
		s.err = s.open()
	}
	for s.err == nil && n == 0 {
		n, err = s.decoder.Read(p)
		if err == io.EOF {
			err = s.end()
		}
		s.err = s.explain(err)
	}
	if n > 0 {
		return n, nil // the error with the next
	}
	return 0, s.err
}

// explain returns the error of what is below, where there was one: it is the
// cause of this one.
func (s *stage) explain(err error) error {
	switch {
	case err == nil, err == io.EOF:
		return err
	case s.below.err != nil:
		return s.below.err
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errCut
	}
	return &Error{s.name, err}
}

// errCut is no io.ErrUnexpectedEOF, which is a connection that was cut.
var errCut = errors.New("the data ends too early")

// open begins decoding, or returns io.EOF for an empty body.
func (s *stage) open() error {
	s.in = bufio.NewReaderSize(s.below, inputSize)
	if _, err := s.in.Peek(1); err != nil {
		return s.explain(err)
	}
	var err error
	switch strings.ToLower(s.name) {
	case "gzip", "x-gzip": // the second is the same, RFC 9110 section 8.4.1.3
		err = s.gzip()
	case "deflate":
		err = s.deflate()
	case "br":
		s.decoder = brotli.NewReader(s.in)
	case "zstd":
		err = s.zstd()
	default:
		err = ErrUnknown
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // there was an octet
	}
	return s.explain(err)
}

func (s *stage) gzip() error {
	z, err := gzip.NewReader(s.in)
	if err != nil {
		return err
	}
	z.Multistream(false)
	s.decoder = z
	s.another = func() error {
		if head, _ := s.in.Peek(2); string(head) != "\x1f\x8b" {
			return ErrTrailing
		}
		err := z.Reset(s.in)
		z.Multistream(false)
		return err
	}
	return nil
}

// deflate tells the two formats apart by the head of RFC 1950 section 2.2: as
// the beginning of RFC 1951 it would be a stored block with bits where none are
// set.
func (s *stage) deflate() (err error) {
	head, _ := s.in.Peek(2)
	if len(head) == 2 && head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		s.decoder, err = zlib.NewReader(s.in)
	} else {
		s.decoder = flate.NewReader(s.in)
	}
	s.another = func() error { return ErrTrailing }
	return err
}

func (s *stage) zstd() error {
	z, err := zstd.NewReader(s.in,
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return err
	}
	s.decoder, s.release = z, z.Close
	return nil
}

// end is called at the end of the decoder: nil tells that another member
// follows.
func (s *stage) end() error {
	if s.another == nil {
		return io.EOF
	}
	if _, err := s.in.Peek(1); err != nil {
		return err
	}
	err := s.another()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (s *stage) close() {
	if s.release != nil {
		s.release()
	}
}
