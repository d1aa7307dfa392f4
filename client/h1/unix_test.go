//go:build unix

package h1

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"
)

func noDelay(t *testing.T, nc net.Conn) (on bool) {
	t.Helper()
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) {
		v, _ := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
		on = v != 0
	}); err != nil {
		t.Fatal(err)
	}
	return on
}

// A unix socket goes before every proxy, is kept like any connection, and is
// told as one.
func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) })}
	go func() { _ = srv.Serve(l) }() // ends with an error when it is closed
	defer srv.Close()
	e := newEngine(t, Config{Dial: Dial{Unix: path}, Proxy: via(t, "http://127.0.0.1:1")})
	for i := range 2 {
		body, _, w := get2(t, e, "http://a.test/")
		if body != "a.test" || !w.Unix || w.Proxied || w.Peer.IsValid() || w.Reused != (i == 1) {
			t.Errorf("request %d: %q, %+v", i, body, w)
		}
	}
	if err := failsWith(t, newEngine(t, Config{Dial: Dial{Unix: path + "x"}}), "http://a.test/"); Classify(err) != Connect {
		t.Errorf("no such socket: %v", err)
	}
}
