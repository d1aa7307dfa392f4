package h1

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// BenchmarkSmall is one file of 4 KiB over a connection that is kept.
func BenchmarkSmall(b *testing.B) {
	answer := []byte(head200 + "Server: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 17:00:00 GMT\r\nContent-Type: application/octet-stream\r\n" +
		"Content-Length: 4096\r\nLast-Modified: Mon, 23 Nov 2026 16:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"x\"\r\nAccept-Ranges: bytes\r\n\r\n" +
		strings.Repeat("x", 4096))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		buf := make([]byte, 4096)
		for {
			if _, err := nc.Read(buf); err != nil {
				return
			}
			_, _ = nc.Write(answer)
		}
	}()
	e := New(Config{})
	w := &Wire{Fields: []Field{{"User-Agent", "getin/1"}, {"Accept", "*/*"}}}
	req, err := http.NewRequestWithContext(WithWire(b.Context(), w), "GET", "http://"+l.Addr().String()+"/s/1", nil)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 32<<10)
	b.ReportAllocs()
	for b.Loop() {
		resp, err := e.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := resp.Body.Read(buf); n != 4096 || err != io.EOF {
			b.Fatal(n, err)
		}
		_ = resp.Body.Close()
	}
}
