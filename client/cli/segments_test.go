package cli

import (
	"crypto/md5"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"getin/client/transfer"
)

const manySize = 8*transfer.LeastSegment + 12345

// onlyFile checks that nothing but the file is in its folder.
func onlyFile(t *testing.T, file string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(list) != 1 || list[0].Name() != filepath.Base(file) {
		t.Errorf("in the folder: %v, %v", list, err)
	}
}

func TestSegments(t *testing.T) {
	s := newSource(t, manySize)
	for _, n := range []int{2, 3, 8, 100} {
		file := filepath.Join(t.TempDir(), "out")
		code, _, stderr := getin(t, "--segments", fmt.Sprint(n), "--checksum", fmt.Sprintf("md5:%x", md5.Sum(s.body)), "-o", file, s.URL)
		if code != exitOK || stderr != "" {
			t.Errorf("%d: exit %d, %s", n, code, stderr)
		}
		wantFile(t, file, s.body)
		onlyFile(t, file)
		got := strings.Split(s.requests(), "\n")
		if want := min(n, 8); len(got) != want || got[0] != "GET" {
			t.Errorf("%d: requests %q", n, got)
		}
		for _, r := range got[1:] {
			if !strings.HasPrefix(r, "GET bytes=") || !strings.HasSuffix(r, ` "one"`) {
				t.Errorf("%d: request %q", n, r)
			}
		}
	}
}

// One connection does where more cannot be had, or are not worth it.
func TestSegmentsOfOne(t *testing.T) {
	for name, change := range map[string]func(*source){
		"small":        func(s *source) { s.body = s.body[:transfer.LeastSegment] },
		"no validator": func(s *source) { s.etag = "" },
		"no ranges": func(s *source) {
			s.answers(func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("ETag", `"one"`)
				_, _ = w.Write(s.body)
				return true
			})
		},
		"no file": func(*source) {},
	} {
		s := newSource(t, manySize)
		change(s)
		file := filepath.Join(t.TempDir(), "out")
		args := []string{"--segments", "4", "-o", file, s.URL}
		if name == "no file" {
			args = []string{"--segments", "4", "-o", "/dev/null", s.URL}
		}
		if code, _, stderr := getin(t, args...); code != exitOK {
			t.Errorf("%s: exit %d, %s", name, code, stderr)
		}
		if got := s.requests(); got != "GET" {
			t.Errorf("%s: requests %q", name, got)
		}
		if name != "no file" {
			wantFile(t, file, s.body)
			onlyFile(t, file)
		}
	}
}

// What broke off is gone on with in another run, and only what is missing is
// fetched.
func TestSegmentsInAnotherRun(t *testing.T) {
	s := newSource(t, manySize)
	s.cuts(func(int) int { return 500_000 })
	file := filepath.Join(t.TempDir(), "out")
	for run := range 3 {
		code, _, stderr := getin(t, "--segments", "4", "-o", file, s.URL)
		if code != exitPartial && code != exitReceive || !strings.Contains(stderr, "is kept in") {
			t.Errorf("run %d: exit %d, %s", run, code, stderr)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("a part has the name of the whole")
		}
	}
	s.cuts(nil)
	code, stdout, stderr := getin(t, "--segments", "4", "-w", "%{size_download}", "-o", file, s.URL)
	var moved int
	if _, err := fmt.Sscan(stdout, &moved); err != nil || code != exitOK || moved >= manySize-500_000 {
		t.Errorf("exit %d, %d octets, %s", code, moved, stderr)
	}
	wantFile(t, file, s.body)
	onlyFile(t, file)
}

func TestSegmentsRetry(t *testing.T) {
	s := newSource(t, manySize)
	s.cuts(func(n int) int {
		if n <= 10 {
			return 300_000
		}
		return -1
	})
	file := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := getin(t, "--segments", "4", "--retry", "20", "-w", "%{num_retries}", "-o", file, s.URL)
	if code != exitOK || stdout == "0" {
		t.Errorf("exit %d, %s retries, %s", code, stdout, stderr)
	}
	wantFile(t, file, s.body)
	onlyFile(t, file)
}

// A file that changes in the middle, or a server that does with ranges what it
// likes, leads to one connection; never are two versions put together.
func TestSegmentsOfTwoVersions(t *testing.T) {
	for name, answer := range map[string]func(*source, int, *http.Request){
		"If-Range heeded":  func(*source, int, *http.Request) {},
		"If-Range ignored": func(_ *source, _ int, r *http.Request) { r.Header.Del("If-Range") },
		"Range ignored":    func(_ *source, _ int, r *http.Request) { r.Header.Del("Range") },
		"another range":    func(_ *source, _ int, r *http.Request) { r.Header.Set("Range", "bytes=5-") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSource(t, manySize)
			s.answers(func(n int, _ http.ResponseWriter, r *http.Request) bool {
				if n == 2 && strings.HasPrefix(name, "If-Range") {
					s.change(2, `"two"`)
				}
				if r.Header.Get("Range") != "" {
					answer(s, n, r)
				}
				return false
			})
			file := filepath.Join(t.TempDir(), "out")
			code, _, stderr := getin(t, "--segments", "3", "-o", file, s.URL)
			if code != exitOK || !strings.Contains(stderr, "starting over") {
				t.Errorf("exit %d, %s", code, stderr)
			}
			wantFile(t, file, s.body)
			onlyFile(t, file)
		})
	}
}

// A part of another version, or whose state says what cannot be, is not used.
func TestSegmentsStateOfAnother(t *testing.T) {
	s := newSource(t, manySize)
	file := filepath.Join(t.TempDir(), "out")
	part, state := file+".getin-part", file+".getin-part.json"
	for _, text := range []string{
		`{"etag":"\"old\"","length":%[1]d,"segments":[{"from":0,"to":%[1]d,"done":%[1]d}]}`,
		`{"etag":"\"one\"","length":%[1]d,"segments":[{"from":0,"to":%[1]d,"done":%[2]d}]}`,
		`{"etag":"\"one\"","length":%[1]d,"segments":[{"from":5,"to":%[1]d,"done":1}]}`,
		`{"etag":"\"one\"","length":%[1]d,"segments":[null]}`,
		`not JSON %[1]d %[2]d`,
	} {
		if err := os.WriteFile(part, make([]byte, manySize), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(state, fmt.Appendf(nil, text, manySize, manySize+1), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := getin(t, "--segments", "3", "-o", file, s.URL); code != exitOK {
			t.Errorf("exit %d, %s", code, stderr)
		}
		wantFile(t, file, s.body)
		onlyFile(t, file)
	}
}

// Only the first request is challenged.
func TestSegmentsAreAnsweredInSilence(t *testing.T) {
	s := newSource(t, manySize)
	var challenged atomic.Int32
	s.answers(func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if u, p, _ := r.BasicAuth(); u == "alice" && p == "wonderland" {
			return false
		}
		challenged.Add(1)
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	file := filepath.Join(t.TempDir(), "out")
	code, _, stderr := getin(t, "--anyauth", "-u", "alice:wonderland", "--segments", "8", "-o", file, s.URL)
	if code != exitOK || challenged.Load() != 1 {
		t.Errorf("exit %d, %d challenges, %s", code, challenged.Load(), stderr)
	}
	wantFile(t, file, s.body)
}

// A file that is there stays until the new one is whole, and is not overwritten
// where that is not wanted; a mismatch leaves neither.
func TestSegmentsAndWhatIsThere(t *testing.T) {
	s := newSource(t, manySize)
	dir := t.TempDir()
	file := filepath.Join(dir, "out")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := getin(t, "--segments", "2", "--no-clobber", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
	wantFile(t, file, []byte("old"))
	wantFile(t, file+".1", s.body)
	s.cuts(func(int) int { return 1000 })
	_, _, _ = getin(t, "--segments", "2", "-o", file, s.URL)
	wantFile(t, file, []byte("old"))
	_, _, _ = getin(t, "--segments", "2", "--remove-on-error", "-o", file, s.URL)
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("left: %v", list)
	}
	s.cuts(nil)
	code, _, _ := getin(t, "--segments", "2", "--checksum", fmt.Sprintf("md5:%x", md5.Sum(nil)), "-o", file, s.URL)
	if _, err := os.Stat(file); code != exitChecksum || err == nil {
		t.Errorf("a mismatch: exit %d, %v", code, err)
	}
	wantFile(t, file+".mismatch", s.body)
}

func TestSegmentsInterrupted(t *testing.T) {
	s := newSource(t, manySize)
	begun := make(chan struct{}, 10)
	answer := func(_ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("Content-Length", fmt.Sprint(manySize))
		if r.Header.Get("Range") != "" {
			var from, to int
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to)
			w.Header().Set("Content-Length", fmt.Sprint(to-from+1))
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, manySize))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(s.body[from : from+1000])
		} else {
			_, _ = w.Write(s.body[:1000])
		}
		_ = http.NewResponseController(w).Flush()
		begun <- struct{}{}
		<-r.Context().Done()
		return true
	}
	s.answers(answer)
	dir := t.TempDir()
	file := filepath.Join(dir, "out")
	cmd := getinCommand(t, "--segments", "4", "-o", file, s.URL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		<-begun
	}
	grown := func() bool { // the state tells of octets
		b, _ := os.ReadFile(file + ".getin-part.json")
		return strings.Contains(string(b), `"done":1000`)
	}
	for end := time.Now().Add(10 * time.Second); !grown() && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
	b, err := os.ReadFile(file + ".getin-part.json")
	if err != nil || !strings.Contains(string(b), `"done":1000`) {
		t.Errorf("the state: %v, %s", err, b)
	}
	s.answers(nil)
	if code, _, stderr := getin(t, "--segments", "4", "-o", file, s.URL); code != exitOK {
		t.Errorf("exit %d, %s", code, stderr)
	}
	wantFile(t, file, s.body)
	onlyFile(t, file)
}
