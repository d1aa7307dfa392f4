//go:build unix

// Pseudo-terminals exist on Unix only.
package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"getin/client/authtest"
	"getin/prompt"
)

// screen is a person's side of a terminal: what is shown there, and a way to
// type.
type screen struct {
	t      *testing.T
	master *os.File
	tty    *os.File

	mu    sync.Mutex
	shown bytes.Buffer
	more  chan struct{}
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, master: master, tty: tty, more: make(chan struct{}, 1)}
	t.Cleanup(func() { tty.Close(); master.Close() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			s.mu.Lock()
			s.shown.Write(b[:n])
			s.mu.Unlock()
			select {
			case s.more <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

// open is System.Terminal.
func (s *screen) open(context.Context) (*prompt.Terminal, error) {
	f, err := os.OpenFile(s.tty.Name(), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return prompt.New(f, f), nil
}

// text is what is shown, without what moves the cursor.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return escapes.ReplaceAllString(s.shown.String(), "")
}

// answer waits until the text on the screen ends with the label, and types.
func (s *screen) answer(label, typed string) {
	s.t.Helper()
	limit := time.After(5 * time.Second)
	failed := false
	for !failed && !strings.HasSuffix(s.text(), label) {
		select {
		case <-s.more:
		case <-limit:
			failed = true
			s.t.Errorf("no %q on the screen:\n%q", label, s.text())
			typed = "\x03" // ends the dialogue
		}
	}
	if _, err := io.WriteString(s.master, typed); err != nil {
		s.t.Error(err)
	}
}

// escapes are carriage returns and the control sequences of terminals, ECMA-48
// section 5.4.
var escapes = regexp.MustCompile("\r|\x1b\\[[0-9;?]*[ -/]*[@-~]")

// The dialogue of the command line's contract, to the letter: origin first, the
// realm marked as the server's words, a wrong password, a right one, and what
// was saved.
func TestDialogueAsPromised(t *testing.T) {
	server := stagingServer(t)
	sys, stdout, stderr := testSystem(t)
	s := newScreen(t)
	sys.Terminal = s.open
	done := make(chan int)
	go func() { done <- Main([]string{server.URL + "/basic/"}, sys) }()
	s.answer("  user: ", "alice\r")
	s.answer("  password: ", "wrong\r")
	s.answer("2 tries left\n  user [alice]: ", "\r")
	s.answer("  password: ", "wonderland\r")
	if code := <-done; code != 0 {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	want := server.URL + ` asks for a password (Basic)
  realm, in the server's words: "Access to the staging site"
  user: alice
  password: 
  wrong user or password; 2 tries left
  user [alice]: 
  password: 
`
	if got := s.text(); got != want {
		t.Errorf("on the terminal:\n%s\nwant:\n%s", got, want)
	}
	if got := stdout.String(); got != "welcome, alice\n" {
		t.Errorf("stdout %q", got)
	}
	if !regexp.MustCompile(`^saved in the keyring for this realm \(getin realms remove [0-9a-f]{4} to undo\)\n$`).MatchString(stderr.String()) {
		t.Errorf("stderr %q", stderr)
	}

	server.Forget()
	sys.Terminal = func(context.Context) (*prompt.Terminal, error) { return nil, prompt.ErrNoTerminal }
	stderr.Reset()
	if code := Main([]string{server.URL + "/basic/again"}, sys); code != 0 || stderr.Len() > 0 || len(server.Log()) != 1 {
		t.Errorf("second run: exit %d, %d requests, stderr %q", code, len(server.Log()), stderr)
	}
}

func TestDialogueEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		args  []string
		steps [][2]string
		code  int
		want  string // in stderr
	}{
		{"^C cancels", nil, [][2]string{{"  user: ", "\x03"}}, exitInterrupted, "interrupted"},
		{"^D declines", nil, [][2]string{{"  user: ", "\x04"}}, exitLogin, "declined"},
		{
			"three refusals", nil,
			[][2]string{
				{"  user: ", "a\r"},
				{"  password: ", "1\r"},
				{"  user [a]: ", "\r"},
				{"  password: ", "2\r"},
				{"1 try left\n  user [a]: ", "\r"},
				{"  password: ", "3\r"},
			},
			exitLogin, "the user or password was refused",
		},
		{"--tries", []string{"--tries", "1"}, [][2]string{{"  user: ", "a\r"}, {"  password: ", "1\r"}}, exitLogin, "refused"},
		{"nobody answers", []string{"--prompt-timeout", "0.2"}, [][2]string{{"  user: ", ""}}, exitLogin, "nobody to ask"},
		{"-u NAME fixes the name", []string{"-u", "alice"}, [][2]string{{"  user: alice\n  password: ", "wonderland\r"}}, exitOK, "saved"},
		{"--account presets it", []string{"--account", "bob"}, [][2]string{{"  user [bob]: ", "\r"}, {"  password: ", "p:w d\r"}}, exitOK, "saved"},
		{"--no-save", []string{"--no-save", "-u", "alice"}, [][2]string{{"  password: ", "wonderland\r"}}, exitOK, ""},
		{"-m stands still", []string{"-m", "0.3", "-u", "alice"}, [][2]string{{"  password: ", ""}, {"", "wait"}, {"  password: ", "wonderland\r"}}, exitOK, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := stagingServer(t)
			sys, _, stderr := testSystem(t)
			s := newScreen(t)
			sys.Terminal = s.open
			done := make(chan int)
			go func() { done <- Main(append(test.args, server.URL+"/basic/"), sys) }()
			for _, step := range test.steps {
				if step[1] == "wait" {
					time.Sleep(500 * time.Millisecond) // longer than -m, which must not notice
					continue
				}
				s.answer(step[0], step[1])
			}
			if code := <-done; code != test.code || !strings.Contains(stderr.String(), test.want) {
				t.Errorf("exit %d, want %d; stderr %q, want %q in it", code, test.code, stderr, test.want)
			}
		})
	}
}

// A token is asked for without a name, and neither echoed nor shown when it is
// refused.
func TestTokenIsTypedUnseen(t *testing.T) {
	server := stagingServer(t)
	sys, stdout, stderr := testSystem(t)
	s := newScreen(t)
	sys.Terminal = s.open
	done := make(chan int)
	go func() { done <- Main([]string{server.URL + "/bearer/"}, sys) }()
	s.answer("  token: ", "n0t-it\r")
	s.answer("2 tries left\n  token: ", scriptToken+"\r")
	if code := <-done; code != exitOK || !strings.Contains(stdout.String(), "welcome") {
		t.Fatalf("exit %d, %q\n%s", code, stdout, stderr)
	}
	want := server.URL + ` asks for a token (Bearer)
  realm, in the server's words: "API"
  token: 
  wrong token; 2 tries left
  token: 
`
	if got := s.text(); got != want {
		t.Errorf("on the terminal:\n%s\nwant:\n%s", got, want)
	}
	if strings.Contains(stderr.String(), "n0t-it") || strings.Contains(stderr.String(), scriptToken) {
		t.Errorf("stderr %q", stderr)
	}
}

// A realm cannot draw on the terminal, nor wrap into a second line (SECURITY
// F1, F5).
func TestF1_F5_HostileRealm(t *testing.T) {
	server := stagingServer(t)
	server.Add(authtest.Row{Path: "/hostile/", Demands: []authtest.Demand{authtest.Basic{
		Realm: "x\u202e\u2028\tyour bank " + strings.Repeat("long ", 100),
	}}})
	sys, _, _ := testSystem(t)
	s := newScreen(t)
	sys.Terminal = s.open
	done := make(chan int)
	go func() { done <- Main([]string{server.URL + "/hostile/"}, sys) }()
	s.answer("  user: ", "\x04")
	<-done
	lines := strings.Split(s.text(), "\n")
	if len(lines) < 2 || !strings.HasPrefix(lines[1], realmLabel+`"x\u202e\u2028\tyour bank`) || len([]rune(lines[1])) > 120 {
		t.Errorf("realm line %q", lines)
	}
}

// Binary data does not go to a terminal by itself, as with curl; with "-o -" it
// does.
func TestBinaryToTerminal(t *testing.T) {
	server := stagingServer(t)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{server.URL + "/binary"}, exitWrite, ""},
		{[]string{server.URL + "/"}, exitOK, "hello\n"},
		{[]string{"-o", "-", server.URL + "/binary"}, exitOK, "a\x00b"},
	} {
		s := newScreen(t)
		sys, _, stderr := testSystem(t)
		sys.Stdout = s.tty
		code := Main(test.args, sys)
		for range 100 { // what was written is on its way through the terminal
			if s.text() == test.want && test.want != "" {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if code != test.code || s.text() != test.want {
			t.Errorf("%q: exit %d, %q; stderr %q", test.args, code, s.text(), stderr)
		}
		if test.code == exitWrite && !strings.Contains(stderr.String(), "binary output") {
			t.Errorf("stderr %q", stderr)
		}
	}
}
