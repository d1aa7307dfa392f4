package token

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// callbackOf is a listener and what it waits for.
func callbackOf(t *testing.T) (*loopback, <-chan *caller) {
	t.Helper()
	l, err := listen(t.Context(), "the-state")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan *caller, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		if c, err := l.wait(ctx); err == nil {
			came <- c
		}
	}()
	return l, came
}

func visit(t *testing.T, method, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := (&http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Referrer-Policy") + resp.Header.Get("Cache-Control"); got != "no-referrerno-store" {
		t.Errorf("the page's fields: %v", resp.Header)
	}
	return resp.StatusCode, string(body)
}

// arrive is a browser that comes back, and gets a page in the end.
func arrive(t *testing.T, url string) <-chan string {
	shown := make(chan string)
	go func() {
		_, body := visit(t, "GET", url, "")
		shown <- body
	}()
	return shown
}

// I6: the port is this machine's own; whatever does not bring the state is turned
// away, and what does is the last.
func TestI6(t *testing.T) {
	l, came := callbackOf(t)
	if addr := netip.MustParseAddrPort(l.host()); !addr.Addr().IsLoopback() {
		t.Errorf("listens on %s", addr)
	}
	base := l.redirectURI()
	for _, c := range []struct {
		method, url, host string
		code              int
	}{
		{"GET", base + "?code=c&state=other", "", 400},
		{"GET", base + "?code=c", "", 400},
		{"GET", base + "?code=c&state=the-state&state=the-state", "", 400},
		{"GET", base + "?code=c&code=d&state=the-state", "", 400},
		{"GET", base + "?code=%zz&state=the-state", "", 400},
		{"POST", base + "?code=c&state=the-state", "", 405},
		{"GET", strings.Replace(base, callback, "/favicon.ico", 1) + "?state=the-state", "", 404},
		{"GET", base + "?code=c&state=the-state", "rebound.example.com", 404},
	} {
		if code, body := visit(t, c.method, c.url, c.host); code != c.code || strings.Contains(body, "the-state") {
			t.Errorf("%s %s, host %q: %d, want %d\n%s", c.method, c.url, c.host, code, c.code, body)
		}
	}
	shown := arrive(t, base+"?code=the-code&state=the-state")
	c := <-came
	if got := c.answer.Get("code"); got != "the-code" {
		t.Errorf("code %q", got)
	}
	if conn, err := net.Dial("tcp", l.host()); err == nil {
		conn.Close()
		t.Error("the port is open still")
	}
	c.finish(page{200, "Signed in", "to <https://a.example> & b"})
	if body := <-shown; !strings.Contains(body, "<h1>Signed in</h1>") || !strings.Contains(body, "to &lt;https://a.example&gt; &amp; b") {
		t.Errorf("page:\n%s", body)
	}
}

// A browser opens connections in advance and says nothing over them, and not
// everything that calls speaks HTTP.
func TestSilentCallers(t *testing.T) {
	l, came := callbackOf(t)
	for i := range maxCallers - 1 {
		conn, err := net.Dial("tcp", l.host())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if i == 0 {
			fmt.Fprint(conn, "\x16\x03\x01\r\n\r\n") // TLS, more or less
		}
	}
	shown := arrive(t, l.redirectURI()+"?error=access_denied&state=the-state")
	c := <-came
	defer func() { c.finish(page{status: 200}); <-shown }()
	if got := c.answer.Get("error"); got != "access_denied" {
		t.Errorf("error %q", got)
	}
}

// Who gives up leaves neither a port nor anybody waiting for an answer.
func TestLoopbackEnds(t *testing.T) {
	l, err := listen(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	conn, err := net.Dial("tcp", l.host())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel(io.ErrUnexpectedEOF)
	if _, err := l.wait(ctx); err != io.ErrUnexpectedEOF {
		t.Errorf("%v", err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := bufio.NewReader(conn).ReadByte(); err == nil {
		t.Error("somebody answers")
	}
	if again, err := net.Dial("tcp", l.host()); err == nil {
		again.Close()
		t.Error("the port is open still")
	}
}

// RFC 7636 appendix B, and that no two sign-ins have anything in common (I5).
func TestRFC7636AppendixB(t *testing.T) {
	p := proof{verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}
	if got := p.challenge(); got != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" {
		t.Error(got)
	}
	a, b := newProof(), newProof()
	if len(a.verifier) != 43 || len(a.state) != 43 || a.state == b.state || a.verifier == b.verifier || a.state == a.verifier {
		t.Errorf("%v %v", a, b)
	}
}
