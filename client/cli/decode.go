package cli

import (
	"errors"
	"net/http"

	"getin/client/transfer"
	"getin/client/transfer/coding"
)

// errEncodedRest: a part of encoded content cannot be put behind what was
// decoded before.
var errEncodedRest = errors.New("cannot go on in the middle of encoded content (without --compressed it can)")

// codings are those that are to be taken off the response's body: with
// --compressed the server's, else none.
func (f *fetcher) codings(resp *http.Response) []string {
	if !f.options.compressed || f.options.raw || resp.Body == http.NoBody {
		return nil
	}
	return coding.Of(resp.Header["Content-Encoding"])
}

// decode takes the codings off the body. It returns nil when there are none, and
// leaves the body as it is.
func decode(resp *http.Response, sink *transfer.Sink, codings []string) (*coding.Reader, error) {
	switch {
	case len(codings) == 0:
		return nil, nil
	case sink.From > 0:
		return nil, errEncodedRest
	}
	r, err := coding.NewReader(resp.Body, codings)
	if err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength, resp.Uncompressed = r, -1, true
	return r, nil
}

// codingCode is the exit code of content that cannot be decoded. For what follows
// its end curl has that of a write error.
func codingCode(err error) int {
	if errors.Is(err, coding.ErrTrailing) {
		return exitWrite
	}
	return exitEncoding
}
