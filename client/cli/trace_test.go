package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"getin/client/cli/mask"
)

// A trace has every octet of a body that would be spliced without it, is its
// owner's alone, and hides a secret that pieces are cut through (RULES R16).
func TestR16_TraceOfBodies(t *testing.T) {
	const secret = "wonderland"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "4194304")
		for range (4 << 20) / (1 << 10) {
			piece := append(make([]byte, 0, 1024), secret...)
			_, _ = w.Write(append(piece, bytes.Repeat([]byte("."), 1024-len(secret))...))
		}
	}))
	defer s.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "trace")
	if err := os.WriteFile(file, []byte("of before"), 0o644); err != nil {
		t.Fatal(err)
	}
	upload := filepath.Join(dir, "up")
	if err := os.WriteFile(upload, bytes.Repeat([]byte(secret+"-"), 100000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, show := range []bool{false, true} {
		sys, _, _ := testSystem(t)
		args := []string{"-s", "--trace-ascii", file, "-u", "alice:" + secret, "--data-binary", "@" + upload, "-o", filepath.Join(dir, "out"), s.URL}
		if show {
			args = append(args, "--show-secrets")
		}
		if code := Main(args, sys); code != 0 {
			t.Fatalf("exit %d", code)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// Lines of a dump are 64 octets wide; without their offsets the octets are one text.
		var all strings.Builder
		for line := range strings.Lines(string(b)) {
			if _, text, ok := strings.Cut(line, ": "); ok && strings.IndexByte("=<", line[0]) < 0 {
				all.WriteString(strings.TrimSuffix(text, "\n"))
			}
		}
		text := all.String()
		if got := strings.Contains(text, secret); got != show {
			t.Errorf("--show-secrets %v: the trace holds the secret: %v", show, got)
		}
		if n := strings.Count(text, mask.Placeholder); !show && n != 4096+100000+1 {
			t.Errorf("%d secrets masked", n)
		}
		if strings.Contains(text, "of before") {
			t.Error("the file was not emptied")
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if info, err := os.Stat(filepath.Join(dir, "out")); err != nil || info.Size() != 4<<20 {
			t.Errorf("the body: %v, %v", info, err)
		}
	}
}
