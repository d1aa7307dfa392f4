package h1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// memory is a connection that has said everything and hung up.
type memory struct {
	net.Conn
	r *bytes.Reader
}

func (m memory) Read(p []byte) (int, error)       { return m.r.Read(p) }
func (m memory) Close() error                     { return nil }
func (m memory) SetDeadline(time.Time) error      { return nil }
func (m memory) SetReadDeadline(time.Time) error  { return nil }
func (m memory) SetWriteDeadline(time.Time) error { return nil }

// readOurs reads a response as RoundTrip would, without the sending.
func readOurs(raw []byte, method string) (*http.Response, []byte, error) {
	nc := memory{r: bytes.NewReader(raw)}
	c := &conn{nc: nc, sock: &socket{Conn: nc}}
	in := intake{conn: c}
	head, err := in.final()
	if err != nil {
		return nil, nil, err
	}
	resp := &http.Response{}
	f, err := parseHead(head, method, resp)
	if err != nil {
		return nil, nil, err
	}
	b := &body{framing: f, c: c, resp: resp, left: f.length}
	content, err := io.ReadAll(readerFunc(b.next))
	return resp, content, err
}

// readTheirs reads it as net/http does.
func readTheirs(raw []byte, method string) (*http.Response, []byte, error) {
	br := bufio.NewReader(bytes.NewReader(raw))
	req := &http.Request{Method: method}
	for {
		resp, err := http.ReadResponse(br, req)
		if err != nil {
			return nil, nil, err
		}
		if resp.StatusCode/100 == 1 && resp.StatusCode != 101 {
			continue
		}
		content, err := io.ReadAll(resp.Body)
		return resp, content, err
	}
}

const chunkedHead = head200 + "Transfer-Encoding: chunked\r\n\r\n"

// FuzzResponse: no response makes the engine panic or hang; what it takes,
// net/http takes alike, and the other way round, but for the differences that
// the package's documentation lists.
func FuzzResponse(f *testing.F) {
	for _, s := range []string{
		head200 + "Content-Length: 2\r\n\r\nok", head200 + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nX: y\r\n\r\n",
		"HTTP/1.0 404 No\nA: b\n c\n\nbody", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", head200 + "A : b\r\nA: c\r\n\r\n",
		head200 + "Content-Length: 2, 2\r\nTransfer-Encoding: identity\r\n\r\nok", "HTTP/1.1 101 Go\r\n\r\nx",
		chunkedHead + "00000000000000000002\r\nok\r\n0\r\n\r\n", chunkedHead + "ffffffffffffffff\r\nok", chunkedHead + "7fffffffffffffff\r\nok",
		chunkedHead + "2 \t;x\r\nok\r\n0\r\n\r\n", chunkedHead + " 2\r\nok\r\n0\r\n\r\n", chunkedHead + "2\r\nok\r\n0\r\nTrailer: x\r\nHost: y\r\n\r\n",
		chunkedHead + "2;" + strings.Repeat("a", 4000) + "\r\nok\r\n0\r\n\r\n",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, head bool) {
		method := "GET"
		if head {
			method = "HEAD"
		}
		ours, content, err := readOurs(raw, method)
		theirs, theirContent, theirErr := readTheirs(raw, method)
		if why := listed(raw, err, ours, theirs, theirErr); why != "" {
			return
		}
		if (err == nil) != (theirErr == nil) {
			t.Fatalf("%q:\nours %v\ntheirs %v", raw, err, theirErr)
		}
		if err != nil {
			return
		}
		if ours.StatusCode != theirs.StatusCode || ours.Status != theirs.Status || ours.ProtoMinor != theirs.ProtoMinor ||
			ours.ContentLength != theirs.ContentLength || !bytes.Equal(content, theirContent) ||
			!slices.Equal(ours.TransferEncoding, theirs.TransferEncoding) || !doubtful(raw) && ours.Close != theirs.Close {
			t.Errorf("%q:\nours   %+v %q\ntheirs %+v %q", raw, ours, content, theirs, theirContent)
		}
		sameFields(t, raw, ours.Header, theirs.Header)
		maps.DeleteFunc(theirs.Trailer, func(name string, _ []string) bool { return engineOwn(name) || name == "Trailer" })
		sameFields(t, raw, ours.Trailer, theirs.Trailer)
	})
}

// sameSpaces: a fold may become any number of spaces, and net/http leaves one
// for a fold at the end.
func sameSpaces(a, b string) bool {
	return slices.Equal(strings.Fields(a), strings.Fields(b))
}

// doubtful tells of a response with both a length and chunks, perhaps.
func doubtful(raw []byte) bool {
	text := bytes.ToLower(raw)
	return bytes.Contains(text, []byte("content-length")) && bytes.Contains(text, []byte("chunked"))
}

func sameFields(t *testing.T, raw []byte, ours, theirs http.Header) {
	t.Helper()
	for name, values := range ours {
		if name == "Content-Length" {
			values = slices.Compact(slices.Clone(values)) // net/http keeps one of several equal ones
		}
		if !slices.EqualFunc(values, theirs[name], sameSpaces) {
			t.Errorf("%q: field %s: ours %q, theirs %q", raw, name, values, theirs[name])
		}
	}
	if len(ours) != len(theirs) {
		t.Errorf("%q: ours %q, theirs %q", raw, ours, theirs)
	}
}

// spaced tells of a name with a space in it, which net/http leaves there.
func spaced(h http.Header) bool {
	return strings.Contains(strings.Join(slices.Collect(maps.Keys(h)), ""), " ")
}

// listed tells which of the differences of the package's documentation the
// response falls under, or "".
func listed(raw []byte, err error, ours, theirs *http.Response, theirErr error) string {
	text := strings.ToLower(string(raw))
	kind := Classify(err)
	says := func(s string) bool { return err != nil && strings.Contains(err.Error(), s) }
	theySay := func(s string) bool { return theirErr != nil && strings.Contains(theirErr.Error(), s) }
	switch {
	case ours != nil && ours.StatusCode == 101:
		return "101"
	case theirs != nil && (spaced(theirs.Header) || spaced(theirs.Trailer)):
		return "space before a colon"
	case err != nil && theirErr != nil:
		return "both refuse"
	case says("NUL") || says("bare CR"):
		return "octets"
	case kind == NotHTTP || says("status"):
		return "status line"
	case theySay("Content-Length") && strings.Contains(text, ","):
		return "lists of lengths"
	case theySay("chunk length"), says("does not end with CRLF"):
		return "chunk lines"
	case theySay("trailer"):
		return "lines of the trailer that end with LF"
	case kind == TooLarge:
		return "limits"
	case kind == Encoding || theySay("transfer encoding"):
		return "codings"
	case says("no field") || theySay("malformed MIME header"):
		return "names"
	case ours != nil && ours.ProtoMinor == 0 && strings.Contains(text, "transfer-encoding"):
		return "chunked in HTTP/1.0"
	case errors.Is(theirErr, bufio.ErrBufferFull):
		return "limits"
	}
	return ""
}
