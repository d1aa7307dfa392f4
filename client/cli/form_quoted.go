package cli

import (
	"bufio"
	"io"
)

// quotedReader encodes what it reads as quoted-printable, RFC 2045 section 6.7.
// CRLF ends a line; CR and LF by themselves are octets like others, as in curl.
type quotedReader struct {
	from  *bufio.Reader
	ready []byte
	line  int // octets of the line so far
	end   error
}

// quotedLine is the longest line, in octets without its end.
const quotedLine = 76

// Read implements io.Reader.
func (q *quotedReader) Read(p []byte) (int, error) {
	for len(q.ready) < len(p) && q.end == nil {
		q.end = q.next()
	}
	if len(q.ready) == 0 {
		return 0, q.end
	}
	n := copy(p, q.ready)
	q.ready = q.ready[:copy(q.ready, q.ready[n:])]
	return n, nil
}

// next encodes an octet, or a line's end.
func (q *quotedReader) next() error {
	b, err := q.from.ReadByte()
	if err != nil {
		return err
	}
	if b == '\r' && q.begins("\n") {
		_, _ = q.from.ReadByte() // is there
		q.ready, q.line = append(q.ready, "\r\n"...), 0
		return nil
	}
	const digits = "0123456789ABCDEF"
	octets := []byte{'=', digits[b>>4], digits[b&15]}
	if b > ' ' && b < 0x7f && b != '=' || (b == ' ' || b == '\t') && !q.atEnd() {
		octets = octets[:1]
		octets[0] = b
	}
	if full := q.line + len(octets); full > quotedLine || full == quotedLine && !q.atEnd() {
		q.ready, q.line = append(q.ready, "=\r\n"...), 0
	}
	q.ready = append(q.ready, octets...)
	q.line += len(octets)
	return nil
}

// atEnd reports whether a line ends here.
func (q *quotedReader) atEnd() bool {
	_, err := q.from.Peek(1)
	return err == io.EOF || q.begins("\r\n")
}

func (q *quotedReader) begins(s string) bool {
	p, _ := q.from.Peek(len(s)) // what cannot be read is told when it is its turn
	return string(p) == s
}
