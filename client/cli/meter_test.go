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
	"getin/client/cli/mask"
	"getin/client/cli/meter"
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

// RULES R16: no live secret in a name.
func TestR16_Meter(t *testing.T) {
	m := &mask.Mask{}
	m.Add(auth.Credential{User: "a", Secret: auth.NewSecret("wonderland")})
	target, err := readURL("http://h/wonderland.iso?token=x")
	if err != nil {
		t.Fatal(err)
	}
	stderr := &log{}
	shown := meter.New(meter.Config{Stderr: stderr, Rows: func() bool { return false }, Shown: m.Text, Hurry: 1000})
	var p meter.Progress
	shown.Begin(&p, target.url, target.origin.Host, true)
	waitFor(t, stderr.String, `getin: \[masked\]\.iso: `, func() {})
	shown.End(&p, nil)
	shown.Stop()
	if strings.Contains(stderr.String(), "wonderland") {
		t.Errorf("shown: %q", stderr)
	}
}
