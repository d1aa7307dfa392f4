//go:build unix

package prompt

import (
	"errors"
	"strings"
	"testing"
)

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		keys   string
		preset bool
		want   bool
		err    error
	}{
		{"y\r", false, true, nil},
		{"YES \r", false, true, nil},
		{"n\r", true, false, nil},
		{"No\r", true, false, nil},
		{"\r", false, false, nil},
		{"\r", true, true, nil},
		{"what\ryes\r", false, true, nil},
		{"a\rb\rc\ry\r", true, false, ErrDeclined},
		{"\x04", true, false, ErrDeclined},
		{"\x03", true, false, ErrCanceled},
	} {
		s := newScreen(t)
		term := s.terminal()
		type outcome struct {
			yes bool
			err error
		}
		got := make(chan outcome, 1)
		go func() {
			yes, err := term.Confirm(t.Context(), "go on?", c.preset)
			got <- outcome{yes, err}
		}()
		s.expect(map[bool]string{false: "go on? [y/N]: ", true: "go on? [Y/n]: "}[c.preset])
		s.types(c.keys)
		if o := wait(t, got); o.yes != c.want || !errors.Is(o.err, c.err) {
			t.Errorf("%q, preset %v: %v, %v", c.keys, c.preset, o.yes, o.err)
		}
	}
}

// "always" is remembered, so one key must not be enough for it.
func TestConsent(t *testing.T) {
	for _, c := range []struct {
		keys string
		want Answer
		err  error
	}{
		{"\r", No, nil},
		{"n\r", No, nil},
		{"y\r", Yes, nil},
		{"Always\r", Always, nil},
		{"a\ral\ry\r", Yes, nil},
		{"always\x15\r", No, nil},
		{"a\ra\ra\r", No, ErrDeclined},
		{"always\x03", No, ErrCanceled},
	} {
		s := newScreen(t)
		term := s.terminal()
		type outcome struct {
			answer Answer
			err    error
		}
		got := make(chan outcome, 1)
		go func() {
			a, err := term.Consent(t.Context(), "send it in clear?")
			got <- outcome{a, err}
		}()
		s.expect("send it in clear? [y/N/always]: ")
		s.types(c.keys)
		if o := wait(t, got); o.answer != c.want || !errors.Is(o.err, c.err) {
			t.Errorf("%q: %v, %v", c.keys, o.answer, o.err)
		}
	}
}

func TestChoose(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, c := range []struct {
		keys string
		want int
		err  error
	}{
		{"1\r", 0, nil},
		{"3\r", 2, nil},
		{"0\r4\r2\r", 1, nil},
		{"-1\r\rbob\r1\r", 0, ErrDeclined},
		{"\x04", 0, ErrDeclined},
	} {
		s := newScreen(t)
		term := s.terminal()
		type outcome struct {
			index int
			err   error
		}
		got := make(chan outcome, 1)
		go func() {
			i, err := term.Choose(t.Context(), "which account?", []string{"alice", "b\x1b[31mob", long})
			got <- outcome{i, err}
		}()
		s.expect("which account?\r\n  1) alice\r\n  2) b\\x1b[31mob\r\n  3) xxx")
		s.expect("x…\r\n\rnumber [1-3]: ")
		s.types(c.keys)
		if o := wait(t, got); o.index != c.want || !errors.Is(o.err, c.err) {
			t.Errorf("%q: %v, %v", c.keys, o.index, o.err)
		}
	}
}

func TestChooseFromNothing(t *testing.T) {
	s := newScreen(t)
	if _, err := s.terminal().Choose(t.Context(), "which?", nil); !errors.Is(err, ErrDeclined) {
		t.Error(err)
	}
}
