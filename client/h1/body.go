package h1

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

// body is the body of a response. Read is for one goroutine; Close may be called
// beside it.
type body struct {
	framing
	c      *conn
	ctx    context.Context // of the request, which covers its body
	pool   *pool
	sender *sender // nil, or of the request's body
	resp   *http.Response
	left   int64     // octets to come of a lengthBody, or of the chunk
	chunks int64     // octets of overhead so far; see chunkHeader
	inBody bool      // of a chunked one: a chunk has begun
	raw    *rawLines // not nil: a chunked one is read with its framing
	mark   *mark     // not nil while it is read in bulk
	tap    Tap       // not nil: told of what is read
	end    error     // what Read returns from now on

	over atomic.Bool // the connection is no more ours
}

// Read implements io.Reader. It returns io.EOF with the last octets.
func (b *body) Read(p []byte) (int, error) {
	if b.end != nil {
		return 0, b.end
	}
	if len(p) == 0 {
		return 0, nil
	}
	if b.over.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if b.mark != nil {
		b.mark.left = b.left
	}
	n, err := b.next(p)
	if b.tap != nil && n > 0 {
		b.tap.Received(Content, p[:n])
	}
	if err != nil {
		b.end = b.finish(err)
	}
	return n, b.end
}

// Here reports whether all of the body has come, so that reading it to its end
// takes no time. It is for bodies of known length.
func (b *body) Here() bool {
	return b.kind == lengthBody && b.end == nil && int64(b.c.buffered()) >= b.left
}

// next reads what comes, and io.EOF with the end of the body.
func (b *body) next(p []byte) (int, error) {
	switch b.kind {
	case lengthBody:
		return b.fixed(p)
	case chunkedBody:
		if b.raw != nil {
			return b.rawChunked(p)
		}
		return b.chunked(p)
	case closeBody:
		n, err := b.c.read(p)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			// TLS without its closure alert: section 9.8.
			err = fault(Partial, "the connection was cut, and the response may be: %w", err)
		}
		return n, err
	}
	return 0, io.EOF
}

func (b *body) fixed(p []byte) (int, error) {
	n, err := b.c.read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if b.left == 0 {
		return n, io.EOF
	}
	return n, b.tooShort(err)
}

// tooShort says what an early end means.
func (b *body) tooShort(err error) error {
	if ended(err) {
		return fault(Partial, "the connection ended with %d octets of the body missing: %w", b.left, io.ErrUnexpectedEOF)
	}
	return err
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// finish gives the connection back or up, and returns what Read is to return.
func (b *body) finish(err error) error {
	if b.over.Swap(true) {
		if err != io.EOF {
			return http.ErrBodyReadAfterClose
		}
		return err
	}
	tell(b.tap, Event{Kind: Ended})
	if b.mark != nil {
		b.c.sock.end() // before another may have the connection
		b.mark = nil
	}
	if err == io.EOF && b.keepable() {
		// Once unwatched, a canceled context does nothing to it.
		if b.c.unwatch() {
			b.c.whole = b.kind == lengthBody
			b.c.giveBack(b.pool)
			return err
		}
	}
	b.c.drop()
	if cause := over(b.ctx); err != io.EOF && cause != nil {
		return cause
	}
	var known *Error
	if err == io.EOF || errors.As(err, &known) {
		return err
	}
	return &Error{Classify(err), bare(err)}
}

// keepable tells whether the connection is where a next request can begin.
func (b *body) keepable() bool {
	if !b.keep || b.c.buffered() > 0 {
		return false
	}
	return b.sender == nil || b.sender.finished() && b.sender.err == nil
}

// Close implements io.Closer. What was not read is dropped, with the connection.
func (b *body) Close() error {
	if !b.over.Swap(true) {
		tell(b.tap, Event{Kind: Ended})
		b.c.drop()
	}
	return nil
}

// chunked reads RFC 9112 section 7.1.
//
//	chunked-body = *chunk last-chunk trailer-section CRLF
//	chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
func (b *body) chunked(p []byte) (n int, err error) {
	for n < len(p) {
		if b.left == 0 {
			if n > 0 && !b.headerIsHere() {
				return n, nil
			}
			if err := b.chunkHeader(); err != nil {
				return n, err
			}
		}
		if n > 0 && b.c.buffered() == 0 {
			return n, nil
		}
		k, err := b.c.read(p[n:min(int64(len(p)), int64(n)+b.left)])
		n += k
		b.left -= int64(k)
		if err != nil {
			return n, cutShort(err)
		}
	}
	return n, nil
}

// headerIsHere tells whether the end of a chunk and the line after it have come:
// what was read need not wait then, and the end of the body is told with it.
func (b *body) headerIsHere() bool {
	return bytes.Count(b.c.buf[b.c.r:b.c.w], []byte("\n")) > 1
}

func cutShort(err error) error {
	if ended(err) {
		return fault(Partial, "the connection ended before the last chunk of the body: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// chunkHeader reads the end of one chunk and the beginning of the next. After
// the last it reads the trailer section, and returns io.EOF.
func (b *body) chunkHeader() error {
	if b.inBody {
		if err := b.chunkEnd(); err != nil {
			return err
		}
	}
	line, err := b.chunkLine()
	if err != nil {
		return err
	}
	size, ok := chunkSize(line)
	if !ok {
		return fault(Receive, "the chunk size %q is none", cut(string(line)))
	}
	// Sizes of 16 digits, and as much again as the chunk, are nobody's fault.
	b.chunks = max(b.chunks+int64(len(line))-16-2*min(size, maxOverhead), 0)
	if b.chunks > maxOverhead {
		return fault(Receive, "the chunks of the body hold more extensions than content")
	}
	b.left, b.inBody = size, true
	if size == 0 {
		return b.trailer()
	}
	return nil
}

func (b *body) chunkEnd() error {
	if err := b.c.need(2); err != nil {
		return cutShort(err)
	}
	if b.c.buf[b.c.r] != '\r' || b.c.buf[b.c.r+1] != '\n' {
		return fault(Receive, "a chunk of the body is longer than its size says")
	}
	b.c.r += 2
	b.raw.note("\r\n")
	return nil
}

// chunkLine reads a line that ends with CRLF, and nothing less: section 2.2
// lets only the head be read otherwise.
func (b *body) chunkLine() ([]byte, error) {
	line, err := b.c.line(maxChunkLine)
	switch {
	case err == errLongLine:
		return nil, fault(Receive, "a chunk size of the body is longer than %d octets", maxChunkLine)
	case err != nil:
		return nil, cutShort(err)
	}
	line, ok := bytes.CutSuffix(line, []byte("\r"))
	if !ok || bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0 {
		return nil, fault(Receive, "a chunk size of the body does not end with CRLF")
	}
	if b.raw != nil {
		b.raw.note(string(line) + "\r\n")
	}
	return line, nil
}

// chunkSize reads the size; extensions are not looked at.
//
//	chunk-size = 1*HEXDIG
//	chunk-ext  = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
func chunkSize(line []byte) (int64, bool) {
	size, _, _ := bytes.Cut(line, []byte(";"))
	size = bytes.TrimRight(size, " \t")
	if len(size) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range size {
		d := hexDigit(c)
		if d < 0 || n >= 1<<58 { // sixteen times that is the limit of the type
			return 0, false
		}
		n = n<<4 | int64(d)
	}
	return n, true
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// trailer reads the trailer section (section 7.1.2) into the response, but for
// fields that would change its framing, and returns io.EOF.
func (b *body) trailer() error {
	section, err := b.c.trailerSection()
	switch {
	case err == errLongLine:
		return fault(TooLarge, "the trailer of the response is larger than %d KiB", maxHead>>10)
	case err != nil:
		return cutShort(err)
	}
	if err := checkOctets(section); err != nil {
		return err
	}
	b.raw.note(section)
	fields, err := parseFields(section)
	if err != nil {
		return err
	}
	for name, values := range fields {
		if engineOwn(name) || name == "Trailer" {
			continue
		}
		if b.resp.Trailer == nil {
			b.resp.Trailer = http.Header{}
		}
		b.resp.Trailer[name] = values
	}
	return io.EOF
}

// trailerSection reads up to the empty line, which may be the first.
func (c *conn) trailerSection() (string, error) {
	for n, empty := range []string{"\n", "\r\n"} {
		if err := c.need(n + 1); err != nil {
			return "", err
		}
		if bytes.HasPrefix(c.buf[c.r:c.w], []byte(empty)) {
			c.r += len(empty)
			return empty, nil
		}
	}
	return c.head(maxHead)
}
