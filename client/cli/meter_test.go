package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
	"getin/prompt"
)

// quickMeter lets the meter draw a hundred times as often.
func quickMeter(t *testing.T) {
	t.Helper()
	testOnlyMeter = 100
	t.Cleanup(func() { testOnlyMeter = 0 })
}

// halves starts a server that sends half of a body of 4 MiB, and the rest once it
// may go on.
func halves(t *testing.T) (url string, goOn func()) {
	t.Helper()
	more := make(chan struct{})
	goOn = sync.OnceFunc(func() { close(more) })
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "4194304")
		_, _ = w.Write(make([]byte, 2<<20))
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = w.Write(make([]byte, 2<<20))
	}))
	t.Cleanup(func() { goOn(); s.Close() })
	return s.URL, goOn
}

// waitFor waits until the text matches; then it calls next.
func waitFor(t *testing.T, text func() string, pattern string, next func()) {
	t.Helper()
	want := regexp.MustCompile(pattern)
	for limit := time.Now().Add(5 * time.Second); !want.MatchString(text()); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Errorf("no %s in %.2000q", pattern, text())
			break
		}
	}
	next()
}

// log is stderr that is no terminal, to be read while it is written.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Where stderr is no terminal there are whole lines, and none in a short run.
func TestMeterInALog(t *testing.T) {
	for _, test := range []struct {
		name  string
		quick bool
		args  []string
		wait  string
		want  string // all of stderr
	}{
		{"a long one", true, nil, "50%", `^(getin: 127\.0\.0\.1: 0, 0/s.*\n)*(getin: big: \d+%, \S+ of 4\.0M, \d\S*/s(, (\d+:\d\d|-:--) left)?\n)+(getin: big: 100%.*\n)?$`},
		{"a short one", false, nil, "", `^$`},
		{"-s", true, []string{"-s"}, "", `^$`},
		{"--no-progress-meter", true, []string{"--no-progress-meter"}, "", `^$`},
		{"-#", true, []string{"-#"}, ` 50\.0%`, `^(\r#* +\d+\.\d%)*(\r#{36} {36}  50\.0%)(\r#* +\d+\.\d%)*(\r#{72} 100\.0%)+\n$`},
		{"-# in a short run", false, []string{"-#"}, "", `^\r#{72} 100\.0%\n$`},
		{"-Z", true, []string{"-Z"}, "1 running", `^(getin: 0 done, 1 running: \S+, \S+/s, after 0:\d\d\n)+(getin: 1 done.*\n)?$`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.quick {
				quickMeter(t)
			}
			url, goOn := halves(t)
			sys, _, _ := testSystem(t)
			stderr := &log{}
			sys.Stderr = stderr
			file := filepath.Join(t.TempDir(), "out")
			go waitFor(t, stderr.String, test.wait, goOn)
			if code := Main(append(test.args, "-o", filepath.Join(filepath.Dir(file), "big"), url), sys); code != 0 {
				t.Errorf("exit %d", code)
			}
			if !regexp.MustCompile(test.want).MatchString(stderr.String()) {
				t.Errorf("stderr %.2000q, want %s", stderr, test.want)
			}
		})
	}
}

// What is sent is shown until something comes back.
func TestMeterUpload(t *testing.T) {
	quickMeter(t)
	more := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 10))
		<-more
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer s.Close()
	name := filepath.Join(t.TempDir(), "up")
	if err := os.WriteFile(name, make([]byte, 64<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	sys, _, _ := testSystem(t)
	stderr := &log{}
	sys.Stderr = stderr
	go waitFor(t, stderr.String, `getin: there: \d+%, \S+ of 64\.0M sent`, func() { close(more) })
	if code := Main([]string{"--data-binary", "@" + name, s.URL + "/there"}, sys); code != 0 {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestMeterRows(t *testing.T) {
	for _, r := range []row{
		{name: "debian.iso", state: state{moved: 129394278, whole: 283228979}, rate: 12897484, time: 12 * time.Second},
		{name: "no length", state: state{moved: 5}, rate: 0, time: -1},
		{name: "\u65e5\u672c\u8a9e" + strings.Repeat("\u6f22", 100), state: state{moved: 1 << 62, whole: 1 << 62}, rate: 1 << 62, time: 1 << 62},
		{name: prompt.Clean("\x1b[2J\u202e", 100), state: state{moved: 7, whole: 3, up: true}, time: 400 * 24 * time.Hour},
		{name: "", time: -1},
	} {
		for cells := leastCells - 1; cells < 130; cells++ {
			if got := r.text(cells); prompt.Cells(got) != cells || strings.Contains(got, "\x1b") {
				t.Errorf("%d cells for %q, want %d", prompt.Cells(got), got, cells)
			}
			if got := r.bar(cells); prompt.Cells(got) != cells {
				t.Errorf("%d cells for the bar %q, want %d", prompt.Cells(got), got, cells)
			}
		}
	}
	r := row{name: "debian.iso", state: state{moved: 129394278, whole: 283228979}, rate: 12897484, time: 12 * time.Second}
	for cells, want := range map[int]string{
		60: "debian.iso                   45%  123M/270M  12.3M/s    0:12",
		39: "debian.iso      45%  123M/270M  12.3M/s",
		19: "debian.iso      45%",
	} {
		if got := r.text(cells); got != want {
			t.Errorf("%d cells:\n%q, want\n%q", cells, got, want)
		}
	}
}

func TestMeterNumbers(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1.0k", 1024: "1.0k", 99 << 10: "99.0k", 102400 - 1: "100k", 1 << 20: "1.0M", 1<<20 - 1: "1.0M", 1 << 62: "4.0E",
	} {
		if got := size(n); got != want || len(got) > 5 {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-1: "-:--", 0: "0:00", time.Millisecond: "0:01", time.Minute: "1:00", time.Hour: "1:00:00", 99*time.Hour + 59*time.Minute: "99:59:00",
		100 * time.Hour: "4d",
	} {
		if got := clockText(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// The rate is that of late, and forgets the time of a question.
func TestMeterRate(t *testing.T) {
	var r rate
	now := time.Now()
	for s := range 20 {
		moved := int64(1000 * min(s, 10)) // then it stands still
		if got, want := r.add(now.Add(time.Duration(s)*time.Second), moved), int64(1000); s > 0 && s <= 10 && got != want {
			t.Errorf("after %d s: %d/s, want %d", s, got, want)
		} else if s >= 15 && got != 0 {
			t.Errorf("after %d s: %d/s of what stands still", s, got)
		}
	}
	r.forget()
	if got := r.add(now.Add(time.Hour), 20000); got != 0 {
		t.Errorf("%d/s from one look", got)
	}
	if got := r.add(now.Add(time.Hour+time.Second), 21000); got != 1000 {
		t.Errorf("%d/s, want 1000", got)
	}
}

// RULES R16: no live secret in a name.
func TestR16_Meter(t *testing.T) {
	m := &meter{mask: &mask{}}
	m.mask.add(auth.Credential{User: "a", Secret: auth.NewSecret("wonderland")})
	target, err := readURL("http://h/wonderland.iso?token=x")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.nameOf(&progress{target: target}); got != "[masked].iso" {
		t.Errorf("shown as %q", got)
	}
}
