package transfer

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"testing"
)

// come is a body of which so much has come.
type come struct {
	io.Reader
	here   bool
	closed bool
}

func (c *come) Here() bool   { return c.here }
func (c *come) Close() error { c.closed = true; return nil }

func TestHold(t *testing.T) {
	content := bytes.Repeat([]byte("x"), heldMost)
	response := func(body io.ReadCloser, size int) *http.Response {
		return &http.Response{Body: body, ContentLength: int64(size)}
	}
	body := &come{Reader: bytes.NewReader(content), here: true}
	h, err := Hold(response(body, heldMost))
	if h == nil || err != nil || !body.closed {
		t.Fatalf("%v, %v, closed %v", h, err, body.closed)
	}
	name := filepath.Join(t.TempDir(), "f")
	if n, err := h.Deliver(&Sink{Path: name}); n != heldMost || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for what, r := range map[string]*http.Response{
		"not here":  response(&come{Reader: bytes.NewReader(content)}, heldMost),
		"too large": response(&come{Reader: bytes.NewReader(content), here: true}, heldMost+1),
		"wrapped":   response(io.NopCloser(&come{Reader: bytes.NewReader(content), here: true}), heldMost),
	} {
		if h, err := Hold(r); h != nil || err != nil {
			t.Errorf("%s: %v, %v", what, h, err)
		}
	}
	if h, err := Hold(response(&come{Reader: bytes.NewReader(content[:9]), here: true}, 10)); h != nil || err != io.ErrUnexpectedEOF {
		t.Errorf("too short: %v, %v", h, err)
	}
}
