package client

import (
	"context"
	"io"
	"net/http"

	"getin/client/auth"
)

// checkContent lets the exchange see the response's content as the caller reads
// it, and reports whether it wants to. The answer is then judged at the end of
// the content: what the exchange has against it replaces io.EOF, and a body that
// is not read to its end leaves it undecided.
func (d *dialogue) checkContent(ctx context.Context, resp *http.Response, checker auth.ContentChecker, final auth.Final, outcome auth.Outcome) bool {
	seen, done := checker.CheckContent(final)
	if seen == nil {
		return false
	}
	late := *d
	d.exchange = nil // late settles it
	resp.Body = &checkedBody{
		ReadCloser: resp.Body, seen: seen,
		atEnd: func() error {
			err := done(resp.Trailer.Values(late.party.Info))
			if err != nil {
				outcome = auth.Undecided
			}
			late.conclude(ctx, outcome)
			return err
		},
		atClose: func() { late.settle(ctx, auth.Undecided) },
	}
	return true
}

// checkedBody is a response's content on its way past a check.
type checkedBody struct {
	io.ReadCloser
	seen    io.Writer
	atEnd   func() error
	atClose func()
	end     error // what Read returned at the end; nil before
}

func (b *checkedBody) Read(p []byte) (int, error) {
	if b.end != nil {
		return 0, b.end
	}
	n, err := b.ReadCloser.Read(p)
	_, _ = b.seen.Write(p[:n]) // a hash, which takes everything
	if err == io.EOF {
		b.end = io.EOF
		if bad := b.atEnd(); bad != nil {
			b.end = bad
		}
		return n, b.end
	}
	return n, err
}

func (b *checkedBody) Close() error {
	b.atClose() // nothing is left to settle after the end
	return b.ReadCloser.Close()
}
