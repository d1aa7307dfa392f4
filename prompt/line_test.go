//go:build unix

package prompt

import (
	"errors"
	"strings"
	"testing"

	"github.com/creack/pty"
)

func TestLineIsShown(t *testing.T) {
	s := newScreen(t)
	got := s.line(s.terminal(), "  user", "alice")
	s.expect("  user [alice]: ")
	s.types("bo")
	s.expect("bo")
	s.types("x")
	s.expect("x")
	s.types("\x7f")
	s.expect("\b \b")
	s.types("b\r")
	if r := wait(t, got); r.text != "bob" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	s.isCooked()
}

func TestLinePreset(t *testing.T) {
	for keys, want := range map[string]string{"\r": "alice", "x\x7f\r": "alice", "bob\r": "bob"} {
		s := newScreen(t)
		got := s.line(s.terminal(), "user", "alice")
		s.expect("user [alice]: ")
		s.types(keys)
		if r := wait(t, got); r.text != want || r.err != nil {
			t.Errorf("%q gave %q, %v", keys, r.text, r.err)
		}
	}
}

func TestLineWithoutPreset(t *testing.T) {
	s := newScreen(t)
	got := s.line(s.terminal(), "user", "")
	s.expect("user: ")
	s.types("\x04")
	if r := wait(t, got); !errors.Is(r.err, ErrDeclined) {
		t.Errorf("got %q, %v", r.text, r.err)
	}
}

// Two lines pasted at once answer two questions, and the second is not shown.
func TestTypedAhead(t *testing.T) {
	s := newScreen(t)
	term := s.terminal()
	got := s.line(term, "user", "")
	s.expect("user: ")
	s.types("alice\r\nsecret\r\n")
	if r := wait(t, got); r.text != "alice" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	if r := wait(t, s.secret(t.Context(), term)); r.text != "secret" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	s.expect("\r\n")
	if strings.Contains(s.all(), "secret") {
		t.Errorf("the screen shows %q", s.all())
	}
}

// What was typed ahead of ^C is not an answer to anything.
func TestCancelDropsWhatWasTypedAhead(t *testing.T) {
	s := newScreen(t)
	term := s.terminal()
	got := s.secret(t.Context(), term)
	s.types("\x03yes\r")
	if r := wait(t, got); !errors.Is(r.err, ErrCanceled) {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	got = s.secret(t.Context(), term)
	s.types("new\r")
	if r := wait(t, got); r.text != "new" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
}

// A long question stands above, whole: the end of a host's name is never cut.
func TestLongQuestionStandsAbove(t *testing.T) {
	s := newScreen(t)
	host := strings.Repeat("www.bank.example.", 8) + "evil.example"
	got := s.line(s.terminal(), "send it to "+host, "")
	s.expect(host + "\r\n\r> ")
	s.types("no\r")
	if r := wait(t, got); r.text != "no" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
}

func TestWidth(t *testing.T) {
	for _, c := range []struct {
		cols uint16
		want int
	}{{40, 40}, {80, 80}, {120, 120}, {300, 120}, {0, 80}} {
		s := newScreen(t)
		if err := pty.Setsize(s.master, &pty.Winsize{Rows: 24, Cols: c.cols}); err != nil {
			t.Fatal(err)
		}
		if got := s.terminal().Width(); got != c.want {
			t.Errorf("%d columns: %d", c.cols, got)
		}
	}
}

// A second question waits for the first, and neither gets the other's answer.
func TestOneQuestionAtATime(t *testing.T) {
	s := newScreen(t)
	term := s.terminal()
	first := s.line(term, "first", "")
	s.expect("first: ")
	second := s.line(term, "second", "")
	s.types("one")
	s.expect("one") // the second would have drawn over it
	s.types("\r")
	s.expect("second: ")
	s.types("two\r")
	if a, b := wait(t, first), wait(t, second); a.text != "one" || b.text != "two" {
		t.Errorf("got %q and %q", a.text, b.text)
	}
	s.expect("two\r\n")
	if got := s.all(); got != "\rfirst: one\r\n\rsecond: two\r\n" {
		t.Errorf("the screen shows %q", got)
	}
}
