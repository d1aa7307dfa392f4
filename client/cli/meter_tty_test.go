//go:build unix

// Pseudo-terminals exist on Unix only.
package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// page is what a terminal of a width makes of what was written to it.
type page struct {
	width    int
	lines    []string
	row, col int
	tallest  int  // the most lines that something stood in
	wrapped  bool // something was written beyond the last column
}

// sequence is one of ECMA-48's that the meter uses, or a character.
var sequence = regexp.MustCompile(`(?s)^(?:\x1b\[(\d*)([A-Za-z])|.)`)

func pageOf(t *testing.T, width int, written string) *page {
	t.Helper()
	p := &page{width: width, lines: []string{""}}
	for written != "" {
		m := sequence.FindStringSubmatch(written)
		written = written[len(m[0]):]
		switch {
		case m[2] == "A":
			up := 1
			_, _ = fmt.Sscan(m[1], &up)
			p.row = max(p.row-up, 0)
		case m[2] == "K":
			p.cut()
		case m[2] == "J":
			p.cut()
			p.lines = p.lines[:p.row+1]
		case m[2] != "":
			t.Fatalf("sequence %q", m[0])
		case m[0] == "\r":
			p.col = 0
		case m[0] == "\n":
			if p.row++; p.row == len(p.lines) {
				p.lines = append(p.lines, "")
			}
		default:
			p.put(m[0])
		}
	}
	return p
}

func (p *page) cut() { p.lines[p.row] = p.lines[p.row][:min(p.col, len(p.lines[p.row]))] }

func (p *page) put(c string) {
	line := p.lines[p.row] + strings.Repeat(" ", max(p.col-len(p.lines[p.row]), 0))
	p.lines[p.row] = line[:p.col] + c + line[min(p.col+1, len(line)):]
	if p.col++; p.col > p.width {
		p.wrapped = true
	}
	n := 0
	for _, line := range p.lines {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	p.tallest = max(p.tallest, n)
}

// text is what stands there at last.
func (p *page) text() string {
	var list []string
	for _, line := range p.lines {
		list = append(list, strings.TrimRight(line, " "))
	}
	return strings.Join(list, "\n")
}

// raw is all that was written to the screen.
func (s *screen) raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// onScreen is a system whose stderr is a terminal of that width.
func onScreen(t *testing.T, width int, term string) (*System, *screen) {
	t.Helper()
	quickMeter(t)
	s := newScreen(t)
	if err := pty.Setsize(s.master, &pty.Winsize{Rows: 24, Cols: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	sys, _, _ := testSystem(t)
	before := sys.Lookup
	sys.Lookup = func(name string) (string, bool) {
		if name == "TERM" {
			return term, true
		}
		return before(name)
	}
	sys.Stderr, sys.Terminal = s.tty, s.open
	return sys, s
}

// settled waits until nothing more comes to the screen after the run's last
// words.
func (s *screen) settled(last string) string {
	s.t.Helper()
	waitFor(s.t, s.raw, last, func() {})
	return s.raw()
}

// One transfer has one row, redrawn in its place, which never reaches the end
// of the line; its last state stays.
func TestMeterOneRow(t *testing.T) {
	for _, width := range []int{20, 40, 80} {
		sys, s := onScreen(t, width, "xterm")
		url, goOn := halves(t)
		go waitFor(t, s.raw, `(?s)( 50%.*){3}`, goOn)
		file := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
		if code := Main([]string{"-o", file, url}, sys); code != 0 {
			t.Fatalf("exit %d: %q", code, s.text())
		}
		p := pageOf(t, width, s.settled(`100%[^%]*\n$`))
		if p.wrapped || p.tallest != 1 || !regexp.MustCompile(`^long(long)*l?o?n?~ 100%[^\n]*\n$`).MatchString(p.text()) {
			t.Errorf("width %d: wrapped: %v, tallest %d, at last\n%s", width, p.wrapped, p.tallest, p.text())
		}
	}
}

// The rows are gone while a question is asked, and come back after it.
func TestMeterMakesRoom(t *testing.T) {
	sys, s := onScreen(t, 80, "xterm")
	url, goOn := halves(t)
	server := stagingServer(t)
	dir := t.TempDir()
	done := make(chan int)
	go func() {
		done <- Main([]string{
			"-Z", "-o", filepath.Join(dir, "big"), "-o", filepath.Join(dir, "asks"), url, server.URL + "/basic/",
		}, sys)
	}()
	s.answer("  user: ", "alice\r")
	s.answer("  password: ", "")
	before := len(s.raw())
	time.Sleep(50 * time.Millisecond) // a meter that draws does so now
	if p := pageOf(t, 80, s.raw()); len(s.raw()) != before || strings.Contains(p.text(), "%") || p.wrapped {
		t.Errorf("beside the question:\n%s", p.text())
	}
	s.answer("  password: ", "wonderland\r")
	waitFor(t, func() string { return s.raw()[before:] }, ` 50%`, goOn)
	if code := <-done; code != 0 {
		t.Errorf("exit %d", code)
	}
	s.settled(`2 done`)
	p := pageOf(t, 80, s.settled(`saved [^\n]*\n(.*\n)*$`))
	want := `^http://127\S+ asks for a password \(Basic\)
  realm, .*
  user: alice
  password:
(saved in the keyring .*
2 done {40,}4\.0M .*|2 done {40,}4\.0M .*
saved in the keyring .*)
$`
	if !regexp.MustCompile(want).MatchString(p.text()) {
		t.Errorf("at last:\n%s", p.text())
	}
}

// Three at once have three rows and a total; what others say stands above them,
// and only the total stays.
func TestMeterParallel(t *testing.T) {
	sys, s := onScreen(t, 80, "xterm")
	url, goOn := halves(t)
	dir := t.TempDir()
	done := make(chan int)
	go func() {
		done <- Main([]string{"-Z", "-o", filepath.Join(dir, "#1"), url + "/{a,b,c}", "http://127.0.0.1:1/refused"}, sys)
	}()
	waitFor(t, s.raw, `(?s)1 done \(1 failed\), 3 running.*1 done`, goOn)
	if code := <-done; code != exitConnect {
		t.Errorf("exit %d", code)
	}
	all := s.settled(`4 done [^\n]*\n$`)
	p := pageOf(t, 80, all)
	if p.wrapped || p.tallest > 6 || !regexp.MustCompile(`^getin: connecting[^\n]*\n(getin: hint[^\n]*\n)?4 done \(1 failed\) +12\.0M [^\n]*\n$`).MatchString(p.text()) {
		t.Errorf("wrapped: %v, tallest %d, at last\n%s", p.wrapped, p.tallest, p.text())
	}
	for _, draw := range regexp.MustCompile(`[^\r]*\r\n[^\r]*\r\n[^\r]*\r\n[^\r]*running`).FindAllString(all, 1) {
		if strings.Count(draw, "50%") > 3 {
			t.Errorf("drawn at once: %q", draw)
		}
	}
	if !strings.Contains(all, "3 running") {
		t.Errorf("no three at once: %q", all)
	}
}

// A window that is made narrower, even too narrow, is not overrun, and one that is
// low has no more rows than it can hold.
func TestMeterWindow(t *testing.T) {
	sys, s := onScreen(t, 80, "xterm")
	url, goOn := halves(t)
	if err := pty.Setsize(s.master, &pty.Winsize{Rows: 3, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	done := make(chan int)
	go func() {
		done <- Main([]string{"-Z", "-o", filepath.Join(t.TempDir(), "#1"), url + "/[1-9]"}, sys)
	}()
	waitFor(t, s.raw, `9 running`, func() {})
	p := pageOf(t, 80, s.raw())
	if p.tallest > 2 {
		t.Errorf("%d rows in a window of three", p.tallest)
	}
	if err := pty.Setsize(s.master, &pty.Winsize{Rows: 3, Cols: 10}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, s.raw, `A\x1b\[J$`, func() {})
	before := len(s.raw())
	goOn()
	if code := <-done; code != 0 {
		t.Errorf("exit %d", code)
	}
	for _, line := range strings.Split(s.raw()[before:], "\n") {
		if n := len(escapes.ReplaceAllString(line, "")); n > 10 {
			t.Errorf("%d cells in a window of ten: %q", n, line)
		}
	}
}

// A terminal that obeys nothing gets lines without a control sequence, and so
// does one too narrow for rows.
func TestMeterPlainTerminal(t *testing.T) {
	for _, test := range []struct {
		term  string
		width int
	}{{"dumb", 80}, {"", 80}, {"xterm", 19}} {
		sys, s := onScreen(t, test.width, test.term)
		url, goOn := halves(t)
		go waitFor(t, s.raw, `getin: big: \d+%`, goOn)
		if code := Main([]string{"-o", filepath.Join(t.TempDir(), "big"), url}, sys); code != 0 {
			t.Errorf("exit %d", code)
		}
		if shown := strings.ReplaceAll(s.raw(), "\r\n", "\n"); strings.ContainsAny(shown, "\x1b\r") {
			t.Errorf("TERM=%s, %d cells: %q", test.term, test.width, shown)
		}
	}
}

// What goes to a terminal needs no meter: it is seen.
func TestMeterNotForTerminalOutput(t *testing.T) {
	sys, s := onScreen(t, 80, "xterm")
	sys.Stdout = s.tty
	text := strings.Repeat("text\n", 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, text[:2500])
		_ = http.NewResponseController(w).Flush()
		time.Sleep(20 * time.Millisecond)
		_, _ = io.WriteString(w, text[2500:])
	}))
	defer server.Close()
	for _, args := range [][]string{{server.URL}, {"-o", "-", server.URL}, {"-Z", "-o", filepath.Join(t.TempDir(), "f"), server.URL, server.URL}} {
		before := len(s.raw())
		if code := Main(args, sys); code != 0 {
			t.Errorf("exit %d", code)
		}
		shown := func() string { return s.raw()[before:] }
		waitFor(t, func() string { return strings.ReplaceAll(shown(), "\r", "") }, regexp.QuoteMeta(text[:4000]), func() {})
	}
}
