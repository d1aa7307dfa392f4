package h1

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRequestGoesAsGiven(t *testing.T) {
	var head string
	addr := rawServer(t, func(nc net.Conn, h string) {
		head = h
		_, _ = io.WriteString(nc, "HTTP/1.1 204 No Content\r\n\r\n")
	})
	s := newEngine(t, Config{})
	req, _ := request(t, t.Context(), "http://"+addr+"/p?q")
	req.Host = "other.example"
	req.Header.Set("Accept", "*/*")
	resp, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if want := "GET /p?q HTTP/1.1\r\nHost: other.example\r\nAccept: */*\r\n\r\n"; head != want {
		t.Errorf("sent %q, want %q", head, want)
	}
	if _, has := req.Header["User-Agent"]; has || resp.Request != req {
		t.Error("the caller's request was changed, or is not the response's")
	}
}

func TestWireTellsHeadAsItCame(t *testing.T) {
	const head = "HTTP/1.1 200 All  fine, dear\r\nx-ODD: b\r\nB-first: 1\r\nx-ODD:   c\r\nContent-Length: 2\r\n\r\n"
	for name, before := range map[string]string{
		"alone": "", "after 100": "HTTP/1.1 100 Continue\r\n\r\n",
		"after a far 100": "HTTP/1.1" + strings.Repeat(" ", 100) + "100\r\n\r\n",
		"after 103":       "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			addr := rawServer(t, func(nc net.Conn, _ string) {
				for _, c := range []byte(before + head + "ok") { // however it is cut
					_, _ = nc.Write([]byte{c})
				}
			})
			s := newEngine(t, Config{})
			for range 2 { // on a new connection, and on the same again
				body, _, w := get(t, s, "http://"+addr)
				if w.Head != head || body != "ok" {
					t.Errorf("head %q body %q", w.Head, body)
				}
			}
		})
	}
}

func TestWireHeadWithBareLF(t *testing.T) {
	addr := rawServer(t, say("HTTP/1.0 404 No\nA: b\n\nbody"))
	body, _, w := get(t, newEngine(t, Config{}), "http://"+addr)
	if w.Head != "HTTP/1.0 404 No\nA: b\n\n" || body != "body" {
		t.Errorf("head %q body %q", w.Head, body)
	}
}

func TestWireTellsEndsAndTimes(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	s := newEngine(t, Config{TLS: TLS{Insecure: true}})
	_, resp, w := get(t, s, srv.URL)
	if w.Peer.String() != srv.Listener.Addr().String() || !w.Local.Addr().IsLoopback() || w.Proxied || w.Reused {
		t.Errorf("ends %v %v, proxied %v, reused %v", w.Local, w.Peer, w.Proxied, w.Reused)
	}
	order := []time.Time{w.Start, w.Connected, w.Secured, w.Sent, w.FirstByte}
	for i, at := range order {
		if at.IsZero() || i > 0 && at.Before(order[i-1]) {
			t.Errorf("times out of order: %v", order)
		}
	}
	if resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0 {
		t.Error("the response does not tell its TLS state")
	}
	_, _, w = get(t, s, srv.URL)
	if !w.Reused || !w.Connected.IsZero() || !w.Secured.IsZero() || w.PeerKey == "" || !w.Peer.IsValid() {
		t.Errorf("second request: %+v", w)
	}
}

func TestKinds(t *testing.T) {
	unused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = unused.Close()
	plainPort := httptest.NewServer(http.NotFoundHandler()) // answers 400 to a ClientHello
	defer plainPort.Close()
	plain := func(text string) string { return "http://" + rawServer(t, say(text)) }
	silent := rawServer(t, func(nc net.Conn, _ string) { _, _ = io.Copy(io.Discard, nc) })
	for name, c := range map[string]struct {
		url  string
		want Kind
	}{
		"empty reply":         {plain(""), EmptyReply},
		"not HTTP":            {plain("SSH-2.0-OpenSSH_9.2\r\n"), NotHTTP},
		"HTTP/0.9":            {plain("<html>hello</html>"), NotHTTP},
		"no status":           {plain("HTTP/1.1 abc\r\n\r\n"), WeirdReply},
		"bad field":           {plain("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), WeirdReply},
		"ends in the head":    {plain("HTTP/1.1 200 OK\r\nContent-Le"), Receive},
		"head too large":      {plain("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", maxHead+1) + "\r\n\r\n"), TooLarge},
		"many fields":         {plain("HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", maxHead/6) + "\r\n"), TooLarge},
		"nobody listens":      {"http://" + unused.Addr().String(), Connect},
		"TLS to a plain port": {"https://" + plainPort.Listener.Addr().String(), TLSHandshake},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fails(t, newEngine(t, Config{TLS: TLS{Insecure: true}}), c.url)
			if got := Classify(err); got != c.want {
				t.Errorf("%v: kind %d, want %d", err, got, c.want)
			}
		})
	}
	t.Run("TLS handshake takes too long", func(t *testing.T) {
		s := newEngine(t, Config{TLS: TLS{Insecure: true}, ConnectTimeout: 50 * time.Millisecond})
		if _, err := fails(t, s, "https://"+silent); Classify(err) != Timeout {
			t.Errorf("%v: kind %d", err, Classify(err))
		}
	})
	t.Run("deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		req, _ := request(t, ctx, "http://"+silent)
		if _, err := newEngine(t, Config{}).RoundTrip(req); Classify(err) != Timeout {
			t.Errorf("%v: kind %d", err, Classify(err))
		}
	})
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		req, _ := request(t, ctx, "http://"+silent)
		if _, err := newEngine(t, Config{}).RoundTrip(req); !errors.Is(err, context.Canceled) || Classify(err) != 0 {
			t.Errorf("%v: kind %d", err, Classify(err))
		}
	})
}

// A large head is refused on its size alone, also when it is legal.
func TestLargestHead(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", maxHead-200) + "\r\nContent-Length: 0\r\n\r\n"
	_, _, w := get(t, newEngine(t, Config{}), "http://"+rawServer(t, say(head)))
	if len(w.Head) != len(head) {
		t.Errorf("head of %d octets, want %d", len(w.Head), len(head))
	}
}
