package cli

import (
	"errors"
	"io"
)

// join returns one content of several, in their order. None is opened before its
// turn.
func join(parts []*content) *content {
	all := &content{}
	streams := false
	for _, p := range parts {
		if all.size += p.size; p.size < 0 {
			all.size = -1
			break
		}
	}
	for _, p := range parts {
		streams = streams || p.open == nil
	}
	if streams {
		all.stream = &joined{left: parts}
		return all
	}
	all.open = func() (io.ReadCloser, error) { return &joined{left: parts}, nil }
	return all
}

// joined reads contents one after the other.
type joined struct {
	now  io.ReadCloser // nil: none is open
	size int64         // octets that are to come from now; -1 when not known
	left []*content
}

// errShrunk: the lengths that were promised to the server hold no more.
var errShrunk = errors.New("a file became shorter while it was sent")

// Read implements io.Reader.
func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.now == nil {
			if len(j.left) == 0 {
				return 0, io.EOF
			}
			if err := j.next(); err != nil {
				return 0, err
			}
		}
		n, err := j.now.Read(p[:j.most(len(p))])
		if j.size > 0 {
			j.size -= int64(n)
		}
		switch {
		case j.size == 0, err == io.EOF && j.size < 0:
			_ = j.now.Close() // read to its end
			j.now, err = nil, nil
		case err == io.EOF:
			err = &readError{errShrunk}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// most is how much of n octets may be read: what a file has grown by is not sent.
func (j *joined) most(n int) int {
	if j.size < 0 {
		return n
	}
	return int(min(int64(n), j.size))
}

func (j *joined) next() error {
	c := j.left[0]
	j.left = j.left[1:]
	if j.size = c.size; c.open == nil {
		j.now = io.NopCloser(c.stream)
		return nil
	}
	var err error
	j.now, err = c.open()
	return err
}

// Close implements io.Closer.
func (j *joined) Close() error {
	if j.now == nil {
		return nil
	}
	return j.now.Close()
}
