package h1

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const head200 = "HTTP/1.1 200 OK\r\n"

// fetch sends one GET to a server that says text and hangs up, and reads all.
func fetch(t *testing.T, text string) (string, *Wire, error) {
	t.Helper()
	e := newEngine(t, Config{})
	req, w := request(t, t.Context(), "http://"+rawServer(t, say(text)))
	resp, err := e.RoundTrip(req)
	if err != nil {
		return "", w, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), w, err
}

// What a server may say, and what becomes of it. The kinds are curl's exit codes.
func TestFaults(t *testing.T) {
	many := strings.Repeat("x", 500)
	for name, c := range map[string]struct {
		text string
		body string // "" with a kind
		want Kind
		says string
	}{
		"close before the head":      {"", "", EmptyReply, "empty reply"},
		"close within the head":      {head200 + "Content-Le", "", Receive, "within the head"},
		"close within the body":      {head200 + "Content-Length: 1000\r\n\r\n" + many, many, Partial, "500 octets of the body missing"},
		"longer than its length":     {head200 + "Content-Length: 4\r\n\r\nfour and more", "four", 0, ""},
		"negative length":            {head200 + "Content-Length: -5\r\n\r\ndata\n", "", WeirdReply, `"-5"`},
		"signed length":              {head200 + "Content-Length: +5\r\n\r\ndata\n", "", WeirdReply, `"+5"`},
		"empty length":               {head200 + "Content-Length:\r\n\r\ndata\n", "", WeirdReply, "no length"},
		"length with a space":        {head200 + "Content-Length: 5 5\r\n\r\ndata\n", "", WeirdReply, "no length"},
		"two lengths":                {head200 + "Content-Length: 5\r\nContent-Length: 6\r\n\r\ndata\n\n", "", WeirdReply, "5 and 6"},
		"two lengths, nearly":        {head200 + "Content-Length: 5\r\nContent-Length: 05\r\n\r\ndata\n\n", "", WeirdReply, "5 and 05"},
		"two lengths, the same":      {head200 + "Content-Length: 5\r\nContent-Length: 5, 5\r\n\r\ndata\n", "data\n", 0, ""},
		"length beyond 64 bits":      {head200 + "Content-Length: 99999999999999999999999\r\n\r\ndata\n", "", WeirdReply, "no length"},
		"the largest length":         {head200 + "Content-Length: 9223372036854775808\r\n\r\ndata\n", "", WeirdReply, "no length"},
		"length and chunked":         {head200 + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata\n\r\n0\r\n\r\n", "data\n", 0, ""},
		"chunked in HTTP/1.0":        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata\n\r\n0\r\n\r\n", "data\n", 0, ""},
		"chunked twice":              {head200 + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "", Encoding, "chunked, chunked"},
		"gzip as transfer coding":    {head200 + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "", Encoding, "not asked for"},
		"identity":                   {head200 + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok", "ok", 0, ""},
		"chunk size no number":       {head200 + "Transfer-Encoding: chunked\r\n\r\nzz\r\ndata\n\r\n0\r\n\r\n", "", Receive, `"zz"`},
		"chunk size empty":           {head200 + "Transfer-Encoding: chunked\r\n\r\n\r\n", "", Receive, "chunk size"},
		"chunk size negative":        {head200 + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", "", Receive, "chunk size"},
		"chunk size 0x5":             {head200 + "Transfer-Encoding: chunked\r\n\r\n0x5\r\n12345\r\n0\r\n\r\n", "", Receive, "chunk size"},
		"chunk size beyond 64 bits":  {head200 + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\ndata\n\r\n0\r\n\r\n", "", Receive, "chunk size"},
		"chunk size padded":          {head200 + "Transfer-Encoding: chunked\r\n\r\n5  \r\ndata\n\r\n000\r\n\r\n", "data\n", 0, ""},
		"chunk longer than said":     {head200 + "Transfer-Encoding: chunked\r\n\r\n3\r\ndata\n\r\n0\r\n\r\n", "dat", Receive, "longer"},
		"chunk line with bare LF":    {head200 + "Transfer-Encoding: chunked\r\n\r\n5\ndata\n\r\n0\r\n\r\n", "", Receive, "CRLF"},
		"chunk line with bare CR":    {head200 + "Transfer-Encoding: chunked\r\n\r\n5;a\rb\r\ndata\n\r\n0\r\n\r\n", "", Receive, "CRLF"},
		"chunk line too long":        {head200 + "Transfer-Encoding: chunked\r\n\r\n5;" + strings.Repeat("a", 2*maxChunkLine) + "\r\n", "", Receive, "4096"},
		"more extensions than data":  {chunkedHead + strings.Repeat("1;"+strings.Repeat("a", 100)+"\r\nx\r\n", 300), strings.Repeat("x", 195), Receive, "more extensions"},
		"no last chunk":              {head200 + "Transfer-Encoding: chunked\r\n\r\n5\r\ndata\n\r\n", "data\n", Partial, "last chunk"},
		"close within a chunk":       {head200 + "Transfer-Encoding: chunked\r\n\r\n64\r\nda", "da", Partial, "last chunk"},
		"close before the trailer":   {head200 + "Transfer-Encoding: chunked\r\n\r\n2\r\nda\r\n0\r\n", "da", Partial, "last chunk"},
		"trailer, extension":         {head200 + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5;ext=\"1\"\r\ndata\n\r\n0\r\nX-Sum: 42\r\n\r\n", "data\n", 0, ""},
		"trailer no field":           {head200 + "Transfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n\r\n", "", WeirdReply, "no field"},
		"trailer too large":          {head200 + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + strings.Repeat("a", 2*maxHead) + "\r\n\r\n", "", TooLarge, "trailer"},
		"status 999":                 {"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", "", 0, ""},
		"status 099":                 {"HTTP/1.1 099 What\r\n\r\n", "", WeirdReply, "status code"},
		"status 20":                  {"HTTP/1.1 20 What\r\n\r\n", "", WeirdReply, "status code"},
		"status 2000":                {"HTTP/1.1 2000 What\r\n\r\n", "", WeirdReply, "status code"},
		"no reason":                  {"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nok\n", "ok\n", 0, ""},
		"no space before no reason":  {"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nok\n", "ok\n", 0, ""},
		"a status line that is none": {"BANANA 200 OK\r\n\r\nok\n", "", NotHTTP, "not HTTP/1"},
		"HTTP/0.9":                   {"<html>hello</html>\n", "", NotHTTP, "not HTTP/1"},
		"HTTP/2":                     {"HTTP/2.0 200 OK\r\n\r\n", "", NotHTTP, "HTTP/2.0"},
		"HTTP/1.10":                  {"HTTP/1.10 200 OK\r\n\r\n", "", WeirdReply, "status line"},
		"HTTP/1.9":                   {"HTTP/1.9 200 OK\r\n\r\nok", "ok", 0, ""},
		"HTTP/1.0 until the close":   {"HTTP/1.0 200 OK\r\n\r\nok\n", "ok\n", 0, ""},
		"lines end with LF":          {"HTTP/1.1 200 OK\nContent-Length: 2\n\nok and more", "ok", 0, ""},
		"early hints":                {"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + head200 + "Content-Length: 3\r\n\r\nok\n", "ok\n", 0, ""},
		"flood of 100":               {strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 10000) + head200 + "Content-Length: 3\r\n\r\nok\n", "ok\n", 0, ""},
		"endless 100":                {strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 13000), "", TooLarge, "larger"},
		"204 with a body":            {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\ndata\n", "", 0, ""},
		"304 with a length":          {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", 0, ""},
		"endless head":               {head200 + strings.Repeat("X-Junk: "+strings.Repeat("x", 1000)+"\r\n", 400), "", TooLarge, "300 KiB"},
		"5001 fields":                {head200 + strings.Repeat("A: b\r\n", maxFields+1) + "\r\n", "", TooLarge, "5000 fields"},
		"escape sequences":           {"HTTP/1.1 200 \x1b[31mOK\r\nX-Title: \x1b]0;owned\x07\r\nContent-Length: 3\r\n\r\nok\n", "ok\n", 0, ""},
		"NUL in a field":             {head200 + "X: a\x00b\r\n\r\n", "", WeirdReply, "NUL"},
		"bare CR in a field":         {head200 + "X: a\rb\r\n\r\n", "", WeirdReply, "bare CR"},
		"bare CR before CRLF":        {head200 + "X: a\r\r\n\r\n", "", WeirdReply, "bare CR"},
		"space before the colon":     {head200 + "X-Odd : 1\r\nContent-Length : 2\r\n\r\nok and more", "ok", 0, ""},
		"space within the name":      {head200 + "X Odd: 1\r\n\r\n", "", WeirdReply, "no field"},
		"no colon":                   {head200 + "nonsense\r\n\r\n", "", WeirdReply, `"nonsense"`},
		"no name":                    {head200 + ": 1\r\n\r\n", "", WeirdReply, "no field"},
		"fold":                       {head200 + "X: a\r\n b\r\nContent-Length:\r\n\t2\r\n\r\nok and more", "ok", 0, ""},
		"fold before a field":        {head200 + " X: a\r\n\r\n", "", WeirdReply, "white space"},
		"empty line before":          {"\r\n" + head200 + "\r\n", "", NotHTTP, "not HTTP/1"},
	} {
		t.Run(name, func(t *testing.T) {
			body, _, err := fetch(t, c.text)
			if body != c.body || Classify(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("body %q, %v (kind %d); want %q, kind %d, %q", body, err, Classify(err), c.body, c.want, c.says)
			}
			if (err != nil) != (c.want != 0) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestResetIsNotAnEmptyReply(t *testing.T) {
	addr := rawServer(t, func(nc net.Conn, _ string) {
		_ = nc.(*net.TCPConn).SetLinger(0)
		_ = nc.Close()
	})
	err := failsWith(t, newEngine(t, Config{}), "http://"+addr)
	if Classify(err) != Receive || !strings.Contains(err.Error(), "reset") {
		t.Errorf("%v (kind %d)", err, Classify(err))
	}
}

func failsWith(t *testing.T, e *Engine, url string) error {
	t.Helper()
	req, _ := request(t, t.Context(), url)
	resp, err := e.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
		t.Fatalf("%s: got %s, want an error", url, resp.Status)
	}
	return err
}

// A server that says nothing, or stops in the middle, ends with the context.
func TestStallsEndWithTheContext(t *testing.T) {
	for name, text := range map[string]string{
		"before the head": "", "within the head": "HTTP/1.1 2", "within the body": head200 + "Content-Length: 9\r\n\r\nhalf",
		"within a chunk": head200 + "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf", "before the close": head200 + "\r\nhalf",
	} {
		t.Run(name, func(t *testing.T) {
			addr := rawServer(t, func(nc net.Conn, _ string) {
				_, _ = io.WriteString(nc, text)
				_, _ = io.Copy(io.Discard, nc)
			})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			req, _ := request(t, ctx, "http://"+addr)
			began := time.Now()
			resp, err := newEngine(t, Config{}).RoundTrip(req)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if err != context.DeadlineExceeded || time.Since(began) > 5*time.Second {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
	}
}

// The status line and the fields as they come out, of heads that are odd and
// allowed.
func TestHeadReadLeniently(t *testing.T) {
	e := newEngine(t, Config{})
	addr := rawServer(t, say("HTTP/1.1  404  Not   There \r\nx-a:1\r\nX-A:\t2 \r\nX-Odd : 3\r\nX-F: a \r\n  b\r\n\tc\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n"))
	_, resp, _ := get(t, e, "http://"+addr)
	if resp.StatusCode != 404 || resp.Status != "404  Not   There " || resp.Proto != "HTTP/1.1" {
		t.Errorf("status %d %q %q", resp.StatusCode, resp.Status, resp.Proto)
	}
	got := fmt.Sprint(resp.Header["X-A"], resp.Header["X-Odd"], resp.Header["X-F"], resp.Header["X-Empty"], len(resp.Header["X-Empty"]))
	if want := "[1 2] [3] [a b c] [] 1"; got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
}
