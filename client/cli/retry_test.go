package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// busy serves the status so often, then "done".
func busy(t *testing.T, status, times int, after func() string) (url string, requests func() []time.Time) {
	t.Helper()
	first := testOnlyFirstPause
	testOnlyFirstPause = time.Millisecond
	t.Cleanup(func() { testOnlyFirstPause = first })
	var mu sync.Mutex
	var seen []time.Time
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, time.Now())
		if len(seen) > times {
			_, _ = io.WriteString(w, "done")
			return
		}
		if after != nil {
			w.Header().Set("Retry-After", after())
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "busy")
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []time.Time {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

func TestRetryStatuses(t *testing.T) {
	for _, status := range []int{408, 429, 500, 502, 503, 504} {
		for _, args := range [][]string{{}, {"-f"}, {"--fail-with-body"}, {"-d", "x"}} {
			url, seen := busy(t, status, 2, nil)
			code, stdout, stderr := getin(t, append(args, "--retry", "2", url)...)
			if code != exitOK || stdout != "done" || len(seen()) != 3 || strings.Count(stderr, "retries left") != 2 {
				t.Errorf("%d %q: exit %d, %q, %d requests, %s", status, args, code, stdout, len(seen()), stderr)
			}
		}
	}
	for _, status := range []int{400, 403, 404, 501, 505} {
		url, seen := busy(t, status, 2, nil)
		if code, stdout, _ := getin(t, "--retry", "2", url); code != exitOK || stdout != "busy" || len(seen()) != 1 {
			t.Errorf("%d: exit %d, %q, %d requests", status, code, stdout, len(seen()))
		}
		url, seen = busy(t, status, 2, nil)
		if code, stdout, _ := getin(t, "-f", "--retry-all-errors", "--retry", "2", url); code != exitOK || stdout != "done" || len(seen()) != 3 {
			t.Errorf("%d, all errors: exit %d, %q, %d requests", status, code, stdout, len(seen()))
		}
	}
}

// The last try is delivered like any response.
func TestRetryGivesUp(t *testing.T) {
	url, seen := busy(t, 503, 9, nil)
	if code, stdout, _ := getin(t, "--retry", "2", url); code != exitOK || stdout != "busy" || len(seen()) != 3 {
		t.Errorf("exit %d, %q, %d requests", code, stdout, len(seen()))
	}
	if code, stdout, _ := getin(t, "-f", "--retry", "1", url); code != exitStatus || stdout != "" {
		t.Errorf("-f: exit %d, %q", code, stdout)
	}
}

func TestRetryAfter(t *testing.T) {
	for name, after := range map[string]func() string{
		"seconds": func() string { return "1" },
		"a date":  func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		url, seen := busy(t, 503, 1, after)
		code, stdout, _ := getin(t, "--retry", "1", url)
		if code != exitOK || stdout != "done" || len(seen()) != 2 {
			t.Fatalf("%s: exit %d, %q, %d requests", name, code, stdout, len(seen()))
		}
		if pause := seen()[1].Sub(seen()[0]); pause < 900*time.Millisecond {
			t.Errorf("%s: a pause of %v", name, pause)
		}
	}
	for name, after := range map[string]string{"junk": "soon\t-1", "negative": "-5", "past": "Thu, 01 Jan 1970 00:00:00 GMT"} {
		url, _ := busy(t, 503, 1, func() string { return after })
		began := time.Now()
		if code, stdout, _ := getin(t, "--retry", "1", url); code != exitOK || stdout != "done" || time.Since(began) > 5*time.Second {
			t.Errorf("%s: exit %d, %q", name, code, stdout)
		}
	}
	if d := retryAfter("99999999999"); d != longestAfter {
		t.Errorf("thousands of years: %v", d)
	}
}

// A server that asks for more time than there is gets none.
func TestRetryMaxTime(t *testing.T) {
	url, seen := busy(t, 503, 9, func() string { return "999999999" })
	began := time.Now()
	if code, stdout, _ := getin(t, "--retry", "5", "--retry-max-time", "60", url); code != exitOK || stdout != "busy" || len(seen()) != 1 {
		t.Errorf("exit %d, %q, %d requests", code, stdout, len(seen()))
	}
	url, seen = busy(t, 503, 1000, nil)
	if code, _, _ := getin(t, "--retry", "1000", "--retry-delay", "0.3", "--retry-max-time", "1", url); code != exitOK || len(seen()) < 2 || len(seen()) > 5 {
		t.Errorf("exit %d, %d requests", code, len(seen()))
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestRetryPauses(t *testing.T) {
	r := retryOptions{times: 20}.begin()
	r.pause = time.Second
	var got []string
	for range 12 {
		wait, ok := r.next(0)
		if !ok {
			t.Fatal("no more tries")
		}
		got = append(got, wait.String())
		r.take()
	}
	if want := "1s 2s 4s 8s 16s 32s 1m4s 2m8s 4m16s 8m32s 10m0s 10m0s"; strings.Join(got, " ") != want {
		t.Errorf("pauses %s", got)
	}
	r = retryOptions{times: 3, delay: 5 * time.Second}.begin()
	r.take()
	if wait, _ := r.next(0); wait != 5*time.Second {
		t.Errorf("with --retry-delay: %v", wait)
	}
}

func TestRetryRefusedConnections(t *testing.T) {
	first := testOnlyFirstPause
	testOnlyFirstPause = time.Millisecond
	defer func() { testOnlyFirstPause = first }()
	s := httptest.NewServer(http.NotFoundHandler())
	url := s.URL
	s.Close()
	if code, _, stderr := getin(t, "--retry", "2", url); code != exitConnect || strings.Contains(stderr, "left") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := getin(t, "--retry", "2", "--retry-connrefused", url); code != exitConnect || strings.Count(stderr, "left") != 2 {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

// -m is the time of one try.
func TestRetryAfterATimeout(t *testing.T) {
	s := newSource(t, 1000)
	s.answers(func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n < 3 {
			<-r.Context().Done()
			return true
		}
		return false
	})
	if code, stdout, stderr := getin(t, "-m", "1", "--retry", "2", s.URL); code != exitOK || stdout != string(s.body) {
		t.Errorf("exit %d, %d octets, %s", code, len(stdout), stderr)
	}
	s.requests()
	s.answers(func(_ int, _ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
	if code, _, stderr := getin(t, "-m", "0.1", "--retry", "1", s.URL); code != exitTimeout || strings.Count(stderr, "left") != 1 {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

// A POST that the server may have acted on is not repeated, unless the user says
// so; nor is what came through a pipe.
func TestRetryOnlyWhatMayBeRepeated(t *testing.T) {
	s := newSource(t, 1000)
	s.cuts(func(int) int { return 10 })
	if code, _, _ := getin(t, "-d", "x", "--retry", "2", s.URL); code != exitPartial || s.requests() != "POST" {
		t.Errorf("a POST: exit %d", code)
	}
	if code, _, _ := getin(t, "-d", "x", "-o", filepath.Join(t.TempDir(), "f"), "--retry", "1", "--retry-all-errors", s.URL); code != exitPartial || s.requests() != "POST\nPOST" {
		t.Errorf("a POST, all errors: exit %d", code)
	}
}

func TestInterruptBetweenTries(t *testing.T) {
	url, _ := busy(t, 503, 9, func() string { return "3600" })
	cmd := getinCommand(t, "--retry", "3", url)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := stderr.Read(make([]byte, 1000)); err != nil { // the notice of the pause
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(stderr)
	if code := exitCode(t, cmd.Wait()); code != exitInterrupted || string(rest) != "getin: interrupted\n" || time.Since(began) > 10*time.Second {
		t.Errorf("exit %d, stderr %q", code, rest)
	}
}
