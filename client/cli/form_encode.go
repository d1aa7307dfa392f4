package cli

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
)

// checkEncoder reads encoder=, RFC 2045 section 6. HTTP needs none of them (RFC
// 7578 section 4.7).
func checkEncoder(name string) error {
	switch name {
	case "binary", "8bit", "7bit", "base64", "quoted-printable":
		return nil
	}
	return errors.New("encoder= is none of binary, 8bit, 7bit, base64 and quoted-printable")
}

// encoded returns the content as its encoder makes it.
func encoded(c *content, encoder string) *content {
	switch encoder {
	case "base64":
		return c.through(base64Size(c.size), func(r io.Reader) io.Reader { return &base64Reader{from: r} })
	case "quoted-printable":
		return c.through(-1, func(r io.Reader) io.Reader { return &quotedReader{from: bufio.NewReader(r)} })
	case "7bit":
		return c.through(c.size, func(r io.Reader) io.Reader { return &asciiReader{r} })
	}
	return c
}

// through returns the content as f reads it; size is what it is then.
func (c *content) through(size int64, f func(io.Reader) io.Reader) *content {
	if c.open == nil {
		return &content{size: size, stream: f(c.stream)}
	}
	return &content{size: size, open: func() (io.ReadCloser, error) {
		rc, err := c.open()
		if err != nil {
			return nil, err
		}
		return struct {
			io.Reader
			io.Closer
		}{f(rc), rc}, nil
	}}
}

const (
	base64Line  = 57 // octets that make a line of 76, the longest of RFC 2045 section 6.8
	base64Lines = 256
)

// base64Size is the length of so many octets in lines of base64.
func base64Size(n int64) int64 {
	if n <= 0 {
		return n
	}
	return (n+2)/3*4 + (n-1)/base64Line*2
}

// base64Reader encodes what it reads, CRLF between lines.
type base64Reader struct {
	from  io.Reader
	ready []byte
	begun bool
	end   error
}

// Read implements io.Reader.
func (b *base64Reader) Read(p []byte) (int, error) {
	for len(b.ready) == 0 {
		if b.end != nil {
			return 0, b.end
		}
		b.fill()
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	return n, nil
}

func (b *base64Reader) fill() {
	buf := make([]byte, base64Line*base64Lines)
	n, err := io.ReadFull(b.from, buf)
	if b.end = err; errors.Is(err, io.ErrUnexpectedEOF) {
		b.end = io.EOF
	}
	for at := 0; at < n; at += base64Line {
		if b.begun {
			b.ready = append(b.ready, '\r', '\n')
		}
		b.begun = true
		b.ready = base64.StdEncoding.AppendEncode(b.ready, buf[at:min(at+base64Line, n)])
	}
}

// asciiReader refuses octets that 7bit has no place for.
type asciiReader struct{ from io.Reader }

var errNotASCII = errors.New("encoder=7bit: the content is not ASCII")

// Read implements io.Reader.
func (a *asciiReader) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	for i, c := range p[:n] {
		if c >= 0x80 {
			return i, &readError{errNotASCII}
		}
	}
	return n, err
}
