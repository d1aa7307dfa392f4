package cli

import (
	"errors"
	"fmt"
	"io"
)

// errUploaded: -C names the end of what is to be sent, or lies behind it.
var errUploaded = errors.New("nothing is left to be sent from this offset on")

// rest returns the content from an octet on, for -C, and the range that this is,
// for Content-Range. An offset of -1, which is -C with "-", is the beginning: what
// the server has is not known.
func (c *content) rest(from int64) (rest *content, ranges string, err error) {
	from = max(from, 0)
	switch {
	case c.open == nil || c.size < 0:
		return nil, "", &usageError{why: "--continue-at cannot be used with what comes through a pipe", code: exitUsage}
	case c.size == 0 && from == 0:
		return c, "", nil
	case from >= c.size:
		return nil, "", errUploaded
	}
	open := func() (io.ReadCloser, error) {
		rc, err := c.open()
		if err != nil {
			return nil, err
		}
		if s, ok := rc.(io.Seeker); ok {
			_, err = s.Seek(from, io.SeekStart)
		} else {
			_, err = io.CopyN(io.Discard, rc, from)
		}
		if err != nil {
			_ = rc.Close() // the error is what counts
			return nil, &readError{err}
		}
		return rc, nil
	}
	return &content{mime: c.mime, size: c.size - from, open: open}, fmt.Sprintf("%d-%d", from, c.size-1), nil
}
