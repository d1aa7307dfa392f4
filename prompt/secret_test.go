//go:build unix

package prompt

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Security case F6: hidden input. The label is the promise that echo is off, so
// the mode is looked at after the label and before the first key.
func TestF6_SecretIsNotShown(t *testing.T) {
	s := newScreen(t)
	got := s.secret(t.Context(), s.terminal())
	s.isRaw()
	s.types("hunter2\r")
	if r := wait(t, got); r.text != "hunter2" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	s.isCooked()
	s.expect("\r\n")
	if strings.Contains(s.all(), "hunter") || s.all() != "\rpassword: \r\n" {
		t.Errorf("the screen shows %q", s.all())
	}
}

// A token of 100 KB, where the kernel's line editor would keep 4,095 bytes.
func TestSecretOfAnyLength(t *testing.T) {
	s := newScreen(t)
	got := s.secret(t.Context(), s.terminal())
	token := strings.Repeat("0123456789abcdef", 6400)
	go func() { _, _ = s.master.WriteString(token + "\r") }()
	r := wait(t, got)
	if r.text != token || r.err != nil {
		t.Errorf("got %d of %d bytes, %v", len(r.text), len(token), r.err)
	}
}

func TestSecretKeys(t *testing.T) {
	for name, c := range map[string]struct {
		keys, text string
		err        error
	}{
		"line feed ends":                  {"one\n", "one", nil},
		"empty":                           {"\r", "", nil},
		"backspace":                       {"ab\x7fc\x08d\r", "ad", nil},
		"backspace takes a character":     {"pä€\U0001f600\x7f\x7f\x7f\r", "p", nil},
		"^U":                              {"wrong\x15right\r", "right", nil},
		"^W":                              {"one two  \x17three\r", "one three", nil},
		"^C":                              {"abc\x03", "", ErrCanceled},
		"^D on an empty line":             {"\x04", "", ErrDeclined},
		"^D after text is no end":         {"ab\x04c\r", "abc", nil},
		"^D after what was deleted":       {"a\x7f\x04", "", ErrDeclined},
		"arrow keys":                      {"a\x1b[Db\x1bOCc\x1b[1;5Dd\r", "abcd", nil},
		"paste brackets":                  {"\x1b[200~pasted\x1b[201~\r", "pasted", nil},
		"a pasted line end":               {"\x1b[200~pasted\r\n\x1b[201~!\r", "pasted!", nil},
		"a token pasted over two lines":   {"\x1b[200~one\ntwo\x1b[201~\r", "onetwo", nil},
		"pasted keys have no function":    {"\x1b[200~a\x15\x7f\x04\x1ab\x1b[201~\r", "ab", nil},
		"but ^C has":                      {"\x1b[200~a\x03", "", ErrCanceled},
		"bytes that are not UTF-8":        {"p\xe4ss\xff\r", "p\xe4ss\xff", nil},
		"NUL and tab are refused":         {"a\x00\tb\r", "ab", nil},
		"an escape key inside the secret": {"a\x1bb\r", "ab", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			got := s.secret(t.Context(), s.terminal())
			s.types(c.keys)
			if r := wait(t, got); r.text != c.text || !errors.Is(r.err, c.err) {
				t.Errorf("%q gave %q, %v", c.keys, r.text, r.err)
			}
			s.isCooked()
		})
	}
}

// An ESC pressed by mistake must not eat the "[" that is typed a while later: it
// would be another password.
func TestEscapeKeyAlone(t *testing.T) {
	s := newScreen(t)
	got := s.secret(t.Context(), s.terminal())
	s.types("\x1b")
	s.expect("\a") // told that it was refused
	s.types("[a]\r")
	if r := wait(t, got); r.text != "[a]" || r.err != nil {
		t.Errorf("got %q, %v", r.text, r.err)
	}
}

func TestRefusedKeyRings(t *testing.T) {
	s := newScreen(t)
	got := s.secret(t.Context(), s.terminal())
	s.types("a\x00")
	s.expect("\a")
	s.types("\r")
	wait(t, got)
}

func TestHangUpDeclines(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	term := New(slave, slave)
	got := make(chan reply, 1)
	go func() {
		text, err := term.Secret(t.Context(), "password")
		got <- reply{text, err}
	}()
	label := make([]byte, len("\rpassword: "))
	if _, err := io.ReadFull(master, label); err != nil {
		t.Fatal(err)
	}
	_ = master.Close()
	if r := wait(t, got); !errors.Is(r.err, ErrDeclined) {
		t.Errorf("got %q, %v", r.text, r.err)
	}
}

func TestContextEndsAQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		want error
	}{
		"cancelled": {context.WithCancel, context.Canceled},
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 300*time.Millisecond)
		}, ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScreen(t)
			term := s.terminal()
			ctx, cancel := c.ctx(t.Context())
			defer cancel()
			got := s.secret(ctx, term)
			s.types("half")
			if c.want == context.Canceled {
				cancel()
			}
			if r := wait(t, got); r.text != "" || !errors.Is(r.err, c.want) {
				t.Errorf("got %q, %v", r.text, r.err)
			}
			s.isCooked()
			// Nobody is left behind who reads the keys of the next question.
			got = s.secret(t.Context(), term)
			s.types("whole\r")
			if r := wait(t, got); !strings.HasSuffix(r.text, "whole") || r.err != nil {
				t.Errorf("afterwards: %q, %v", r.text, r.err)
			}
		})
	}
}

func TestDoneContextAsksNothing(t *testing.T) {
	s := newScreen(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.terminal().Secret(ctx, "password"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if s.all() != "" {
		t.Errorf("the screen shows %q", s.all())
	}
}

func TestTimeoutIsADeadline(t *testing.T) {
	if !errors.Is(ErrTimeout, context.DeadlineExceeded) {
		t.Error("ErrTimeout is no context.DeadlineExceeded")
	}
}

// panicky is a context that panics when it is looked at again.
type panicky struct {
	context.Context
	looks int
}

func (p *panicky) Done() <-chan struct{} {
	if p.looks++; p.looks > 2 {
		panic("test")
	}
	return p.Context.Done()
}

func TestF7_PanicRestores(t *testing.T) {
	s := newScreen(t)
	term := s.terminal()
	caught := make(chan any, 1)
	go func() {
		defer func() { caught <- recover() }()
		_, _ = term.Secret(&panicky{Context: t.Context()}, "password")
	}()
	s.expect("password: ")
	s.isRaw()
	s.types("x") // makes it look again
	if wait(t, caught) == nil {
		t.Fatal("no panic")
	}
	s.isCooked()
}

func TestCloseEndsAQuestion(t *testing.T) {
	s := newScreen(t)
	term := s.terminal()
	got := s.secret(t.Context(), term)
	if err := term.Close(); err != nil {
		t.Error(err)
	}
	s.isCooked()
	if r := wait(t, got); !errors.Is(r.err, ErrNoTerminal) {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	if err := term.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := term.Secret(t.Context(), "password"); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("asked after Close: %v", err)
	}
	if err := term.Print("x"); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("printed after Close: %v", err)
	}
}

// Security cases F1 and F2, as they reach the screen.
func TestF1_F2_HostileLabel(t *testing.T) {
	s := newScreen(t)
	term := s.terminal()
	hostile := "pass\x1b[2J\r\n\u202eword\u009b31m\x00"
	if err := term.Print(hostile); err != nil {
		t.Fatal(err)
	}
	got := s.line(term, hostile, "\x1b]0;title\a")
	s.expect(`pass\x1b[2J\r\n\u202eword\u009b31m\x00`)
	s.expect(`[\x1b]0;title\x07]: `)
	s.types("\r")
	wait(t, got)
	s.expect("\r\n")
	for _, r := range s.all() {
		if r != '\r' && r != '\n' && (r < ' ' || r > '~') {
			t.Errorf("%q reached the screen: %q", r, s.all())
		}
	}
	if n := strings.Count(s.all(), "\n"); n != 2 {
		t.Errorf("%d lines: %q", n, s.all())
	}
}
