package h1

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/iotest"
)

// With Raw a chunked body is read as it came, to the octet, and its connection
// is used again; a broken one is an error all the same.
func TestRaw(t *testing.T) {
	for _, test := range []struct {
		body  string
		whole bool
	}{
		{"5\r\nhello\r\n0\r\n\r\n", true},
		{"5;ext=\"1\"\r\nhello\r\n00006\r\n world\r\n0;last\r\nX-A: 1\r\nX-B: 2\r\n\r\n", true},
		{"0\r\n\r\n", true},
		{"5\r\nhello\r\n", false},
		{"5\r\nhello\r\nx\r\n", false},
	} {
		address := rawServer(t, func(nc net.Conn, _ string) {
			_, _ = io.WriteString(nc, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+test.body)
			if !test.whole {
				_ = nc.Close()
			}
		})
		e := New(Config{})
		for _, slow := range []bool{false, true} {
			w := &Wire{Raw: true}
			req, err := http.NewRequestWithContext(WithWire(t.Context(), w), "GET", "http://"+address+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := e.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			body := io.Reader(resp.Body)
			if slow {
				body = iotest.OneByteReader(body)
			}
			got, err := io.ReadAll(body)
			if test.whole && (err != nil || string(got) != test.body) || !test.whole && err == nil {
				t.Errorf("%q is read as %q, %v", test.body, got, err)
			}
			_ = resp.Body.Close()
			if w.Reused != (test.whole && slow) {
				t.Errorf("%q: the connection was used again: %v", test.body, w.Reused)
			}
		}
		e.CloseIdleConnections()
	}
}
