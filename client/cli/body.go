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
)

// readAhead is how much of standard input is read, in octets, before it is
// given up to hold it in memory: what fits can be sent a second time, after a
// challenge.
const readAhead = 1 << 20

// content is the body of the requests of a command line.
type content struct {
	size   int64                         // -1 when not known
	open   func() (io.ReadCloser, error) // may be called again and again; nil for a stream
	stream io.Reader                     // what cannot be read twice
}

// readError is a local file or input that cannot be read.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// contentOf joins what -d and its like gave, or returns nil when there was
// none. One file of --data-binary is sent from the disk; everything else is
// held in memory, as curl holds it.
func (o *options) contentOf(stdin io.Reader) (*content, error) {
	if len(o.data) == 0 {
		return nil, nil
	}
	if d := o.data[0]; len(o.data) == 1 && d.file && d.binary && strings.HasPrefix(d.value, "@") {
		if d.value == "@-" {
			return fromStream(stdin)
		}
		return fromFile(d.value[1:])
	}
	var all bytes.Buffer
	for i, d := range o.data {
		if i > 0 && !d.glued {
			all.WriteByte('&')
		}
		if err := d.appendTo(&all, stdin); err != nil {
			return nil, err
		}
	}
	return fromMemory(all.Bytes()), nil
}

// appendTo adds the datum; without binary the line ends and zero octets of a
// file are left out, as curl does.
func (d datum) appendTo(all *bytes.Buffer, stdin io.Reader) error {
	name, isFile := strings.CutPrefix(d.value, "@")
	if !d.file || !isFile {
		all.WriteString(d.value)
		return nil
	}
	b, err := readNamed(name, stdin)
	if err != nil {
		return err
	}
	if !d.binary {
		b = lessLineEnds(b)
	}
	all.Write(b)
	return nil
}

// lessLineEnds leaves out the line ends and zero octets of a file, as curl does.
func lessLineEnds(b []byte) []byte {
	return slices.DeleteFunc(b, func(c byte) bool { return c == '\r' || c == '\n' || c == 0 })
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

func fromFile(name string) (*content, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, &readError{err}
	}
	if info.IsDir() {
		return nil, &readError{fmt.Errorf("%s: is a directory", name)}
	}
	if !info.Mode().IsRegular() {
		f, err := os.Open(name)
		if err != nil {
			return nil, &readError{err}
		}
		return fromStream(f)
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
	head, err := io.ReadAll(io.LimitReader(r, readAhead))
	if err != nil {
		return nil, &readError{err}
	}
	if len(head) < readAhead {
		return fromMemory(head), nil
	}
	return &content{size: -1, stream: io.MultiReader(bytes.NewReader(head), r)}, nil
}

// text returns the content, for -G.
func (c *content) text() (string, error) {
	var r io.Reader = c.stream
	if c.open != nil {
		f, err := c.open()
		if err != nil {
			return "", err
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return "", &readError{err}
	}
	return string(b), nil
}

// errStreamTwice is for several URLs and one stream.
var errStreamTwice = errors.New("standard input was sent with the URL before and cannot be sent again")

// attach gives the content to a request.
func (c *content) attach(r *http.Request) error {
	if c.open == nil {
		if c.stream == nil {
			return &readError{errStreamTwice}
		}
		r.Body, r.ContentLength = io.NopCloser(c.stream), -1
		c.stream = nil
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
