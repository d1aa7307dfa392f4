package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLimitRate(t *testing.T) {
	s := newSource(t, 200<<10)
	file := filepath.Join(t.TempDir(), "out")
	for _, args := range [][]string{{"-o", file, s.URL}, {s.URL}, {"-o", file, "--data-binary", "@" + file, s.URL}} {
		began := time.Now()
		code, stdout, stderr := getin(t, append([]string{"--limit-rate", "400k"}, args...)...)
		took := time.Since(began)
		if code != exitOK || took < 400*time.Millisecond || took > 5*time.Second {
			t.Errorf("%q: exit %d after %v, %s", args, code, took, stderr)
		}
		if args[0] != "-o" && stdout != string(s.body) {
			t.Errorf("%q: %d octets", args, len(stdout))
		}
	}
	wantFile(t, file, s.body)
}

// An upload is slowed by itself.
func TestLimitRateUpload(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "up")
	if err := os.WriteFile(file, make([]byte, 100<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code, _, stderr := getin(t, "--limit-rate", "200k", "--data-binary", "@"+file, s.URL); code != exitOK || time.Since(began) < 400*time.Millisecond {
		t.Errorf("exit %d after %v, %s", code, time.Since(began), stderr)
	}
}

func TestOctets(t *testing.T) {
	for v, want := range map[string]int64{
		"0": 0, "5": 5, "5B": 5, "2k": 2048, "2K": 2048, "3m": 3 << 20, "3M": 3 << 20, "1G": 1 << 30, "1g": 1 << 30,
		"": -1, "k": -1, "-1": -1, "1.5M": -1, "10y": -1, "10kb": -1, "9999999999G": -1, "1 k": -1,
	} {
		if n, err := octets(v); n != want && (want >= 0 || err == nil) {
			t.Errorf("%q: %d, %v", v, n, err)
		}
	}
}

// What grows beyond --max-filesize is ended there; a part counts.
func TestMaxFileSize(t *testing.T) {
	s := newSource(t, 100_000)
	s.answers(func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		for range 100 { // without a length
			_, _ = w.Write(make([]byte, 1000))
			_ = http.NewResponseController(w).Flush()
		}
		return true
	})
	file := filepath.Join(t.TempDir(), "out")
	code, _, stderr := getin(t, "--max-filesize", "50000", "-o", file, s.URL)
	if info, err := os.Stat(file); code != exitTooLarge || err != nil || info.Size() > 50_000 {
		t.Errorf("exit %d, %v, %s", code, err, stderr)
	}
	if code, _, stderr = getin(t, "--max-filesize", "100000", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
	s.answers(nil)
	if err := os.WriteFile(file, s.body[:90_000], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr = getin(t, "--max-filesize", "50000", "-C", "-", "-o", file, s.URL); code != exitTooLarge {
		t.Errorf("the rest of what is too large: exit %d, %s", code, stderr)
	}
	wantFile(t, file, s.body[:90_000])
}

// --remove-on-error removes what the run has made, after its last try, and
// nothing else.
func TestRemoveOnError(t *testing.T) {
	s := newSource(t, 1000)
	s.cuts(func(int) int { return 10 })
	dir := t.TempDir()
	file, old := filepath.Join(dir, "new"), filepath.Join(dir, "old")
	if code, _, stderr := getin(t, "--remove-on-error", "--retry", "3", "-o", file, s.URL); code != exitPartial {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("still there")
	}
	if got := s.requests(); !strings.Contains(got, "bytes=30-") {
		t.Errorf("not gone on with: %q", got)
	}
	if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, _ = getin(t, "--remove-on-error", "-o", old, s.URL)
	if _, err := os.Stat(old); err != nil {
		t.Error("a file that was there before is gone")
	}
	_, _, _ = getin(t, "--remove-on-error", "--no-clobber", "-o", old, s.URL)
	if _, err := os.Stat(old + ".1"); err == nil {
		t.Error("the numbered one is still there")
	}
	s.cuts(nil)
	if code, _, _ := getin(t, "--remove-on-error", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d", code)
	}
	wantFile(t, file, s.body)
}

// -N: nothing waits for more, in a file either.
func TestNoBuffer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for n := 1; n <= 5; n++ {
			_, _ = w.Write(make([]byte, 100))
			_ = http.NewResponseController(w).Flush()
			grown := func() bool { info, err := os.Stat(file); return err == nil && info.Size() >= int64(n*100) }
			for end := time.Now().Add(5 * time.Second); !grown(); time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Errorf("piece %d is held back", n)
					return
				}
			}
		}
	}))
	defer s.Close()
	if code, _, stderr := getin(t, "-N", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
