package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
)

// readAhead is how much of standard input is read, in octets, before it is
// given up to hold it in memory: what fits can be sent a second time, after a
// challenge.
const readAhead = 1 << 20

// content is the body of the requests of a command line.
type content struct {
	mime   string                        // of Content-Type; "": none is sent
	size   int64                         // -1 when not known
	open   func() (io.ReadCloser, error) // may be called again and again; nil for a stream
	stream io.Reader                     // what cannot be read twice
	taken  atomic.Bool                   // the stream has gone to a request
}

// readError is a local file or input that cannot be read.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// contentOf returns what -d and its like or -F gave, or nil when there was none.
// mime is the type that the user has set for the body, "" without.
func (o *options) contentOf(stdin io.Reader, mime string) (*content, error) {
	if len(o.form.parts) > 0 {
		if mime == "" {
			mime = formMIME
		}
		return o.form.content(mime, stdin)
	}
	if len(o.data) == 0 {
		return nil, nil
	}
	c, err := dataContent(o.data, stdin)
	if err == nil && !o.json {
		c.mime = "application/x-www-form-urlencoded"
	}
	return c, err
}

// dataContent joins the data. One file of --data-binary is sent from the disk;
// everything else is held in memory, as curl holds it.
func dataContent(data []datum, stdin io.Reader) (*content, error) {
	if d := data[0]; len(data) == 1 && d.binary {
		if name, ok := d.fileName(); ok {
			return fromNamed(name, stdin)
		}
	}
	all, err := joinData(data, stdin)
	return fromMemory(all), err
}

// joinData puts "&" between the data.
func joinData(data []datum, stdin io.Reader) ([]byte, error) {
	var all bytes.Buffer
	for i, d := range data {
		if i > 0 && !d.glued {
			all.WriteByte('&')
		}
		if err := d.appendTo(&all, stdin); err != nil {
			return nil, err
		}
	}
	return all.Bytes(), nil
}

// appendTo adds the datum; without binary the line ends and zero octets of a
// file are left out, as curl does.
func (d datum) appendTo(all *bytes.Buffer, stdin io.Reader) error {
	text := []byte(d.value)
	var name string
	if d.encode {
		var content string
		name, content, _ = d.split()
		text = []byte(content)
	}
	if file, ok := d.fileName(); ok {
		var err error
		if text, err = readNamed(file, stdin); err != nil {
			return err
		}
		if !d.binary && !d.encode {
			text = lessLineEnds(text)
		}
		if len(text) == 0 {
			name = "" // of an empty file curl sends nothing at all
		}
	}
	if name != "" {
		all.WriteString(name + "=")
	}
	if d.encode {
		appendEncoded(all, text)
		return nil
	}
	all.Write(text)
	return nil
}

// lessLineEnds leaves out the line ends and zero octets of a file, as curl does.
func lessLineEnds(b []byte) []byte {
	return slices.DeleteFunc(b, func(c byte) bool { return c == '\r' || c == '\n' || c == 0 })
}

// appendEncoded encodes for application/x-www-form-urlencoded: a space is "+",
// and what RFC 3986 section 2.3 does not call unreserved is percent-encoded.
func appendEncoded(all *bytes.Buffer, text []byte) {
	for _, c := range text {
		switch {
		case isUnreserved(c):
			all.WriteByte(c)
		case c == ' ':
			all.WriteByte('+')
		default:
			fmt.Fprintf(all, "%%%02X", c)
		}
	}
}

func isUnreserved(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// readNamed reads a file, or standard input for "-".
func readNamed(name string, stdin io.Reader) ([]byte, error) {
	var b []byte
	var err error
	if name == "-" {
		b, err = io.ReadAll(stdin)
	} else {
		b, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, &readError{err}
	}
	return b, nil
}

func fromMemory(b []byte) *content {
	return &content{size: int64(len(b)), open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), nil
	}}
}

// fromNamed returns the content of a file, or of standard input for "-".
func fromNamed(name string, stdin io.Reader) (*content, error) {
	if name == "-" {
		return fromStream(stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &readError{err}
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s: is a directory", name)
	case !info.Mode().IsRegular():
		return fromStream(f)
	}
	_ = f.Close() // that it can be opened is all
	if err != nil {
		return nil, &readError{err}
	}
	return &content{size: info.Size(), open: func() (io.ReadCloser, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, &readError{err}
		}
		return f, nil
	}}, nil
}

func fromStream(r io.Reader) (*content, error) {
	if c := fromOpenFile(r); c != nil {
		return c, nil
	}
	head, err := io.ReadAll(io.LimitReader(r, readAhead))
	if err != nil {
		return nil, &readError{err}
	}
	if len(head) < readAhead {
		return fromMemory(head), nil
	}
	return &content{size: -1, stream: io.MultiReader(bytes.NewReader(head), r)}, nil
}

// fromOpenFile returns what is left of a file that is open, as standard input may
// be; nil when r is none. It can be read again and again.
func fromOpenFile(r io.Reader) *content {
	f, ok := r.(*os.File)
	if !ok || f == nil {
		return nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil
	}
	size := max(info.Size()-at, 0)
	return &content{size: size, open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(f, at, size)), nil
	}}
}

// errStreamTwice is for several URLs and one stream.
var errStreamTwice = errors.New("standard input was sent with the URL before and cannot be sent again")

// attach gives the content to a request.
func (c *content) attach(r *http.Request) error {
	if c.open == nil {
		if c.taken.Swap(true) {
			return &readError{errStreamTwice}
		}
		r.Body, r.ContentLength = io.NopCloser(c.stream), -1
		return nil
	}
	rc, err := c.open()
	if err != nil {
		return err
	}
	r.Body, r.GetBody, r.ContentLength = rc, c.open, c.size
	if c.size == 0 {
		_ = rc.Close() // nothing was read from it
		r.Body, r.GetBody = http.NoBody, nil
	}
	return nil
}
