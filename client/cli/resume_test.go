package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const sourceSize = 1 << 20

// A file that breaks off at any point is whole after --retry, and what is there
// is not fetched again.
func TestRetryGoesOn(t *testing.T) {
	s := newSource(t, sourceSize)
	for tenth := 0; tenth <= 9; tenth++ {
		at := sourceSize / 10 * tenth
		s.cutsFirst(at)
		file := filepath.Join(t.TempDir(), "out")
		code, _, stderr := getin(t, "--retry", "1", "-o", file, s.URL)
		if code != exitOK || !strings.Contains(stderr, "0 retries left") {
			t.Errorf("at %d: exit %d, %s", at, code, stderr)
		}
		wantFile(t, file, s.body)
		want := fmt.Sprintf("GET\nGET bytes=%d- \"one\"", at)
		if at == 0 {
			want = "GET\nGET" // nothing is there
		}
		if got := s.requests(); got != want {
			t.Errorf("at %d: requests %q", at, got)
		}
	}
}

func TestRetryGoesOnAgainAndAgain(t *testing.T) {
	s := newSource(t, sourceSize)
	s.cuts(func(int) int { return sourceSize / 10 })
	file := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := getin(t, "--retry", "10", "-w", "%{num_retries} %{exitcode}", "-o", file, s.URL)
	if code != exitOK || stdout != "10 0" {
		t.Errorf("exit %d, %q, %s", code, stdout, stderr)
	}
	wantFile(t, file, s.body)
}

// What went to a pipe cannot be taken back, but it can be gone on with.
func TestRetryGoesOnWithStandardOutput(t *testing.T) {
	s := newSource(t, sourceSize)
	s.cuts(func(int) int { return sourceSize / 3 })
	code, stdout, stderr := getin(t, "--retry", "5", s.URL)
	if code != exitOK || stdout != string(s.body) {
		t.Errorf("exit %d, %d octets, %s", code, len(stdout), stderr)
	}
	s.behave(func(s *source) { s.etag = "" }) // now nothing tells the versions apart
	code, stdout, _ = getin(t, "--retry", "5", s.URL)
	if code != exitPartial && code != exitReceive || stdout != string(s.body[:sourceSize/3]) {
		t.Errorf("without a validator: exit %d, %d octets", code, len(stdout))
	}
	s.behave(func(s *source) { s.etag = `"one"` })
	s.requests()
	s.answers(func(n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n == 2 {
			s.change(2, `"two"`)
		}
		return false
	})
	first := s.body
	code, stdout, _ = getin(t, "--retry", "5", s.URL)
	if code != exitRange || stdout != string(first[:sourceSize/3]) {
		t.Errorf("of another version: exit %d, %d octets", code, len(stdout))
	}
}

// Without a validator the file is fetched anew.
func TestRetryStartsOver(t *testing.T) {
	s := newSource(t, sourceSize)
	for _, etag := range []string{"", `W/"weak"`} {
		s.behave(func(s *source) { s.etag = etag })
		s.cutsFirst(sourceSize / 2)
		file := filepath.Join(t.TempDir(), "out")
		if code, _, stderr := getin(t, "--retry", "1", "-o", file, s.URL); code != exitOK {
			t.Errorf("%q: exit %d, %s", etag, code, stderr)
		}
		wantFile(t, file, s.body)
		if got := s.requests(); got != "GET\nGET" {
			t.Errorf("%q: requests %q", etag, got)
		}
	}
}

// Two versions are never put together, whether the server heeds If-Range or not.
func TestRetryAfterAChange(t *testing.T) {
	for _, heeds := range []bool{true, false} {
		s := newSource(t, sourceSize)
		s.cutsFirst(sourceSize / 2)
		s.answers(func(n int, _ http.ResponseWriter, r *http.Request) bool {
			if n == 2 {
				s.change(2, `"two"`)
			}
			if !heeds {
				r.Header.Del("If-Range")
			}
			return false
		})
		file := filepath.Join(t.TempDir(), "out")
		if code, _, stderr := getin(t, "--retry", "3", "-o", file, s.URL); code != exitOK {
			t.Errorf("heeds %v: exit %d, %s", heeds, code, stderr)
		}
		wantFile(t, file, randomBytes(2, sourceSize))
	}
}

// -C - in another run: what broke off is known by its version.
func TestContinueInAnotherRun(t *testing.T) {
	modified := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, c := range []struct {
		name, etag string
		modified   time.Time
		ifRange    string
	}{
		{"etag", `"one"`, time.Time{}, `"one"`},
		{"date", "", modified, modified.UTC().Format(http.TimeFormat)},
		{"both", `"one"`, modified, `"one"`},
	} {
		s := newSource(t, sourceSize)
		s.behave(func(s *source) { s.etag, s.modified = c.etag, c.modified })
		s.cutsFirst(sourceSize / 4)
		file := filepath.Join(t.TempDir(), "out")
		if code, _, _ := getin(t, "-o", file, s.URL); code != exitPartial {
			t.Errorf("%s: exit %d", c.name, code)
		}
		wantFile(t, file, s.body[:sourceSize/4])
		code, _, stderr := getin(t, "-C", "-", "-o", file, s.URL)
		if code != exitOK || stderr != "" {
			t.Errorf("%s: exit %d, %s", c.name, code, stderr)
		}
		wantFile(t, file, s.body)
		if got := s.requests(); !strings.HasSuffix(got, fmt.Sprintf("GET bytes=%d- %s", sourceSize/4, c.ifRange)) {
			if strings.HasSuffix(got, "-") {
				t.Skip("no extended attributes here")
			}
			t.Errorf("%s: requests %q", c.name, got)
		}
		// Again: it is complete.
		if code, _, stderr := getin(t, "-f", "-C", "-", "-o", file, s.URL); code != exitOK || strings.Contains(stderr, "416") {
			t.Errorf("%s: complete: exit %d, %s", c.name, code, stderr)
		}
		wantFile(t, file, s.body)
	}
}

func TestContinueAfterAChange(t *testing.T) {
	for _, heeds := range []bool{true, false} {
		s := newSource(t, sourceSize)
		s.cutsFirst(sourceSize / 4)
		s.answers(func(_ int, _ http.ResponseWriter, r *http.Request) bool {
			if !heeds {
				r.Header.Del("If-Range")
			}
			return false
		})
		file := filepath.Join(t.TempDir(), "out")
		_, _, _ = getin(t, "-o", file, s.URL)
		s.change(2, `"two"`)
		code, _, stderr := getin(t, "-C", "-", "-o", file, s.URL)
		if code != exitOK || !strings.Contains(stderr, "starting over") {
			t.Errorf("heeds %v: exit %d, %s", heeds, code, stderr)
		}
		wantFile(t, file, s.body)
	}
}

// A part that some other program left is gone on with as by curl, if the dates
// allow it; what they cannot tell is said.
func TestContinueOrdinaryPart(t *testing.T) {
	written := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name     string
		modified time.Time // of the resource
		stderr   string
		requests int
	}{
		{"older", written.Add(-time.Hour), "", 1},
		{"newer", written.Add(time.Minute), "starting over", 2},
		{"undated", time.Time{}, "nothing tells whether", 1},
	} {
		s := newSource(t, sourceSize)
		s.behave(func(s *source) { s.etag, s.modified = "", c.modified })
		file := filepath.Join(t.TempDir(), "out")
		part := s.body[:1000]
		if c.name == "newer" {
			part = randomBytes(9, 1000)
		}
		if err := os.WriteFile(file, part, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, written, written); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := getin(t, "-C", "-", "-o", file, s.URL)
		if code != exitOK || (c.stderr == "") != (stderr == "") || !strings.Contains(stderr, c.stderr) {
			t.Errorf("%s: exit %d, %q", c.name, code, stderr)
		}
		wantFile(t, file, s.body)
		if got := s.requests(); len(strings.Split(got, "\n")) != c.requests {
			t.Errorf("%s: requests %q", c.name, got)
		}
	}
}

// A file that somebody else has written to since is not what was noted with it.
func TestContinueForgetsWhatOthersWrote(t *testing.T) {
	s := newSource(t, sourceSize)
	s.cutsFirst(1000)
	file := filepath.Join(t.TempDir(), "out")
	_, _, _ = getin(t, "-o", file, s.URL)
	if err := os.WriteFile(file, s.body[:500], 0o600); err != nil {
		t.Fatal(err)
	}
	s.requests()
	s.cuts(nil)
	if code, _, stderr := getin(t, "-C", "-", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
	wantFile(t, file, s.body)
	if got := s.requests(); got != "GET bytes=500-" {
		t.Errorf("requests %q", got)
	}
}

// Answers to a Range that do not fit, in curl's numbers; the part stays as it is.
func TestContinueWrongAnswers(t *testing.T) {
	part := []byte("0123456789")
	answer := func(status, fields, body string) string {
		return fmt.Sprintf("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), fields, body)
	}
	for name, c := range map[string]struct {
		reply string
		code  int
		want  string
	}{
		"another range": {answer("206 X", "Content-Range: bytes 9-12/13\r\n", "9abc"), exitRange, "0123456789"},
		"no range":      {answer("206 X", "", "abc"), exitRange, "0123456789"},
		"a lie":         {answer("206 X", "Content-Range: bytes 10-19/20\r\n", "abc"), exitRange, "0123456789"},
		"other unit":    {answer("206 X", "Content-Range: lines 10-12/13\r\n", "abc"), exitRange, "0123456789"},
		"an error":      {answer("404 X", "", "nothing here"), exitRange, "0123456789"},
		"a redirect":    {answer("302 X", "Location: /x\r\n", "moved"), exitRange, "0123456789"},
		"the rest":      {answer("206 X", "Content-Range: bytes 10-12/13\r\n", "abc"), exitOK, "0123456789abc"},
		"a piece":       {answer("206 X", "Content-Range: bytes 10-12/20\r\n", "abc"), exitPartial, "0123456789abc"},
		"no length":     {answer("206 X", "Content-Range: bytes 10-12/*\r\n", "abc"), exitOK, "0123456789abc"},
		"the whole":     {answer("200 X", "", "another"), exitOK, "another"},
		"as long":       {answer("200 X", "", "ABCDEFGHIJ"), exitOK, "0123456789"},
		"complete":      {answer("416 X", "Content-Range: bytes */10\r\n", "no"), exitOK, "0123456789"},
		"who knows":     {answer("416 X", "", "no"), exitOK, "0123456789"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "out")
			if err := os.WriteFile(file, part, 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := getin(t, "-C", "-", "-o", file, rawServer(t, c.reply))
			if code != c.code {
				t.Errorf("exit %d, want %d: %s", code, c.code, stderr)
			}
			wantFile(t, file, []byte(c.want))
		})
	}
}

// A part that is longer than the whole is of another version.
func TestContinueBeyondTheEnd(t *testing.T) {
	s := newSource(t, 1000)
	file := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(file, make([]byte, 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := getin(t, "-C", "-", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
	wantFile(t, file, s.body)
}

// -C with a number, as curl: to a pipe from there on, to a file behind what it
// has.
func TestContinueAtANumber(t *testing.T) {
	s := newSource(t, 1000)
	if code, stdout, stderr := getin(t, "-C", "600", s.URL); code != exitOK || stdout != string(s.body[600:]) {
		t.Errorf("exit %d, %d octets, %s", code, len(stdout), stderr)
	}
	file := filepath.Join(t.TempDir(), "out")
	for range 2 {
		if code, _, stderr := getin(t, "-C", "600", "-o", file, s.URL); code != exitOK {
			t.Errorf("exit %d, %s", code, stderr)
		}
	}
	wantFile(t, file, bytes.Repeat(s.body[600:], 2))
	s.answers(func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("Range")
		return false
	})
	if code, stdout, _ := getin(t, "-C", "600", s.URL); code != exitRange || stdout != "" {
		t.Errorf("no ranges: exit %d, %d octets", code, len(stdout))
	}
	if code, _, stderr := getin(t, "-C", "-", "-J", "-O", s.URL); code != exitUsage {
		t.Errorf("with -J: exit %d, %s", code, stderr)
	}
}
