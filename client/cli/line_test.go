package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// appears waits until the file is there with the content.
func appears(name, content string) bool {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if b, err := os.ReadFile(name); err == nil && string(b) == content {
			return true
		}
	}
	return false
}

// What came is in its file before the next answer comes, however long that takes.
func TestWrittenBeforeTheNextAnswer(t *testing.T) {
	dir := t.TempDir()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(r.URL.Path[1] - '0')
		if n > 1 && !appears(filepath.Join(dir, fmt.Sprint(n-1)), fmt.Sprint("body ", n-1)) {
			w.WriteHeader(http.StatusConflict)
		}
		fmt.Fprint(w, "body ", n)
	}))
	defer s.Close()
	sys, _, stderr := testSystem(t)
	if code := Main([]string{"-q", "-f", "-o", dir + "/#1", s.URL + "/[1-4]"}, sys); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
	wantFile(t, dir+"/4", []byte("body 4"))
}

// A list may bring its next URL much later: nothing waits for it.
func TestWrittenBeforeTheListGoesOn(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "body ", r.URL.Path[1:])
	}))
	defer s.Close()
	for _, more := range []string{"--no-parallel", "-Z"} {
		dir := t.TempDir()
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		sys, _, stderr := testSystem(t)
		sys.Stdin = in
		code := make(chan int)
		go func() {
			code <- Main([]string{"-q", more, "-o", "#1", s.URL + "/[1-3]", "--remote-name-all", "--output-dir", dir, "--input-file", "-"}, sys)
		}()
		if !appears(filepath.Join(dir, "3"), "body 3") {
			t.Errorf("%s: the last of the glob is not there", more)
		}
		for _, n := range []string{"4", "5"} {
			if _, err := io.WriteString(out, s.URL+"/"+n+"\n"); err != nil {
				t.Fatal(err)
			}
			if !appears(filepath.Join(dir, n), "body "+n) {
				t.Errorf("%s: %s is not there while the list goes on", more, n)
			}
		}
		_ = out.Close()
		if c := <-code; c != exitOK {
			t.Errorf("%s: exit %d, %s", more, c, stderr)
		}
	}
}

// Files that cannot be written are told of in order, each once, and count for the
// exit code as ever.
func TestPutOffAndFailed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, "body")
	}))
	defer s.Close()
	for _, c := range []struct {
		urls, broken string // broken: a folder stands there
		more         string
		code         int
		told         string
	}{
		{"[1-3]", "1 2", "-S", exitOK, "1 2"},
		{"[1-3]", "3", "-S", exitWrite, "3"},
		{"[1-3]", "1", "-Z", exitWrite, "1"},
		{"{1,missing,3}", "1", "-f", exitOK, "1 404"},
		{"[1-3]", "1", "--fail-early", exitWrite, "1"},
	} {
		dir := t.TempDir()
		for _, n := range strings.Fields(c.broken) {
			if err := os.Mkdir(filepath.Join(dir, n), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		sys, _, stderr := testSystem(t)
		code := Main([]string{"-q", c.more, "-o", dir + "/#1", s.URL + "/" + c.urls}, sys)
		var told []string
		for _, line := range strings.Split(strings.TrimSpace(stderr.String()), "\n") {
			switch {
			case strings.Contains(line, ": 404 Not Found"):
				told = append(told, "404")
			case strings.Contains(line, "writing "+dir):
				told = append(told, strings.TrimPrefix(line[strings.Index(line, dir):], dir+"/")[:1])
			}
		}
		if code != c.code || strings.Join(told, " ") != c.told {
			t.Errorf("%s %s: exit %d, want %d; told of %q, want %q: %s", c.more, c.urls, code, c.code, told, c.told, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "3")); (err == nil) != (c.more != "--fail-early") {
			t.Errorf("%s: the third file: %v", c.more, err)
		}
	}
}
