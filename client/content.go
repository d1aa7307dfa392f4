package client

import (
	"io"
	"net/http"

	"getin/client/auth"
)

// checkContent lets the exchange see the response's content as the caller reads
// it. What it has against it replaces io.EOF.
func (d *dialogue) checkContent(resp *http.Response, checker auth.ContentChecker, final auth.Final) {
	w, done := checker.CheckContent(final)
	if w == nil {
		return
	}
	info := d.party.Info
	resp.Body = &checkedBody{resp.Body, w, func() error { return done(resp.Trailer.Values(info)) }}
}

type checkedBody struct {
	io.ReadCloser
	seen io.Writer
	done func() error
}

func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	_, _ = b.seen.Write(p[:n]) // a hash, which takes everything
	if err == io.EOF {
		if bad := b.done(); bad != nil {
			err = bad
		}
	}
	return n, err
}
