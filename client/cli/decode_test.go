package cli

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func zipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// encodedServer sends the body as gzip.
func encodedServer(t *testing.T, body []byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// A small body that becomes a large one is ended by --max-filesize, which counts
// what is written.
func TestBomb(t *testing.T) {
	bomb := zipped(t, make([]byte, 8<<20))
	url, file := encodedServer(t, bomb), filepath.Join(t.TempDir(), "f")
	code, _, stderr := getin(t, "--compressed", "--max-filesize", "20000", "-o", file, url)
	info, err := os.Stat(file)
	if code != exitTooLarge || err == nil && info.Size() > 20000 {
		t.Errorf("exit %d, %v, %v, %s", code, info, err, stderr)
	}
	if code, _, _ := getin(t, "--max-filesize", "20000", "-o", file, url); code != exitOK || len(bomb) > 20000 {
		t.Errorf("undecoded: exit %d of %d octets", code, len(bomb))
	}
}

func TestBrokenCoding(t *testing.T) {
	content := strings.Repeat("hello, world\n", 100)
	gz := zipped(t, []byte(content))
	for name, test := range map[string]struct {
		body []byte
		code int
	}{
		"cut":             {gz[:len(gz)-4], exitEncoding},
		"followed":        {append(bytes.Clone(gz), "garbage"...), exitWrite},
		"of two members":  {append(bytes.Clone(gz), gz...), exitOK},
		"empty":           {nil, exitOK},
		"no gzip":         {[]byte(content), exitEncoding},
		"one octet of it": {gz[:1], exitEncoding},
	} {
		code, stdout, stderr := getin(t, "--compressed", encodedServer(t, test.body))
		if code != test.code || code != exitOK && !strings.Contains(stderr, `getin: content coding "gzip": `) {
			t.Errorf("%s: exit %d, want %d: %d octets, %s", name, code, test.code, len(stdout), stderr)
		}
	}
	if code, stdout, _ := getin(t, encodedServer(t, gz)); code != exitOK || stdout != string(gz) {
		t.Errorf("without --compressed: exit %d, %q", code, stdout)
	}
}

// What was decoded is no part of what the server has: it is never gone on with.
func TestEncodedPartsAreNotJoined(t *testing.T) {
	content := strings.Repeat("hello, world\n", 1000)
	gz := zipped(t, []byte(content))
	var ranges []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Encoding", "gzip")
		switch {
		case r.Header.Get("Range") != "":
			w.Header().Set("Content-Range", "bytes 5-99/100")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(gz[5:])
		case len(ranges) == 1:
			w.Header().Set("Content-Length", "10000")
			_, _ = w.Write(gz[:len(gz)/2])
		default:
			_, _ = w.Write(gz)
		}
	}))
	defer s.Close()
	first := testOnlyFirstPause
	testOnlyFirstPause = 1
	defer func() { testOnlyFirstPause = first }()
	file := filepath.Join(t.TempDir(), "f")
	code, _, stderr := getin(t, "--compressed", "--retry", "2", "-o", file, s.URL)
	got, err := os.ReadFile(file)
	if code != exitOK || err != nil || string(got) != content || strings.Join(ranges, "") != "" {
		t.Errorf("--retry: exit %d, %d octets, %v, asked for %q, %s", code, len(got), err, ranges, stderr)
	}
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr = getin(t, "--compressed", "-C", "5", "-o", file, s.URL)
	if got, err := os.ReadFile(file); code != exitRange || err != nil || string(got) != "hello" {
		t.Errorf("-C: exit %d, %q, %v, %s", code, got, err, stderr)
	}
}

// Content that is decoded comes as it is sent.
func TestDecodedStream(t *testing.T) {
	seen := make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, "first\n")
		_ = z.Flush()
		_ = http.NewResponseController(w).Flush()
		select {
		case <-seen:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(z, "second\n")
		_ = z.Close()
	}))
	defer s.Close()
	cmd := getinCommand(t, "-sN", "--compressed", s.URL)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, len("first\n"))
	if _, err := io.ReadFull(stdout, p); err != nil || string(p) != "first\n" {
		t.Errorf("%q, %v", p, err)
	}
	close(seen)
	if rest, err := io.ReadAll(stdout); err != nil || string(rest) != "second\n" {
		t.Errorf("%q, %v", rest, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
