//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/client/token"
)

// signInScreen is a person at a terminal of some size, the servers to sign in at,
// where nobody has entered a code yet, and a browser that notes what it is given.
type signInScreen struct {
	*screen
	*scriptOAuth
	opened         string
	sys            *System
	stdout, stderr *bytes.Buffer
	done           chan int
}

func signInAt(t *testing.T, path string, env map[string]string, args ...string) *signInScreen {
	t.Helper()
	s := &signInScreen{screen: newScreen(t), scriptOAuth: &scriptOAuth{waits: true}, done: make(chan int, 1)}
	t.Cleanup(s.start())
	if err := pty.Setsize(s.master, &pty.Winsize{Rows: 50, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s.opened = filepath.Join(dir, "opened")
	browser := filepath.Join(dir, "browser")
	text := fmt.Sprintf("#!/bin/sh\nprintf '%%s\\n' \"$#\" \"$@\" >'%s.new'\nmv '%s.new' '%s'\n", s.opened, s.opened, s.opened)
	if err := os.WriteFile(browser, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	s.sys, s.stdout, s.stderr = testSystem(t)
	plain := s.sys.Lookup
	s.sys.Terminal = s.open
	s.sys.Lookup = func(name string) (string, bool) {
		set := map[string]string{"BROWSER": browser, "TERM": "xterm", "LANG": "C.UTF-8"}
		for _, list := range []map[string]string{env, set} {
			if v, ok := list[name]; ok {
				return v, v != ""
			}
		}
		return plain(name)
	}
	go func() { s.done <- Main(append(args, s.resource.URL+path), s.sys) }()
	return s
}

// waitFor waits for something on the screen.
func (s *signInScreen) waitFor(text string) {
	s.t.Helper()
	for limit := time.After(10 * time.Second); !strings.Contains(s.text(), text); {
		select {
		case <-s.more:
		case <-limit:
			s.t.Fatalf("no %q on the screen:\n%s\n%s", text, s.text(), s.stderr)
		}
	}
}

// browsed waits for the browser, and returns its arguments.
func (s *signInScreen) browsed() []string {
	s.t.Helper()
	for range 1000 {
		if b, err := os.ReadFile(s.opened); err == nil {
			return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")[1:]
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatal("no browser has opened")
	return nil
}

// I4: the code stands on the terminal with the server's name and its address, and
// no browser opens before a key is pressed.
func TestI4(t *testing.T) {
	s := signInAt(t, "/codes/x", nil, "login")
	s.waitFor("Enter opens the address in the browser here:")
	want := "sign in at " + s.issuer.URL + "/codes: open this address in a browser, here or elsewhere,\n\n    " +
		s.issuer.URL + "/codes/enter\n\nand enter the code\n\n    WDJB-MJHT\n\n"
	if got := s.text(); !strings.HasPrefix(got, want) {
		t.Errorf("on the terminal:\n%s\nwant:\n%s", got, want)
	}
	if _, err := os.Stat(s.opened); err == nil {
		t.Error("a browser has opened by itself")
	}
	s.answer("browser here: ", "\r")
	if got := s.browsed(); len(got) != 1 || got[0] != s.issuer.URL+"/codes/enter" {
		t.Errorf("opened %q", got)
	}
	s.waitFor(waiting)
	s.entered()
	if code := <-s.done; code != 0 || !strings.Contains(s.stdout.String(), "saved in the keyring") {
		t.Errorf("exit %d\n%s%s", code, s.stdout, s.stderr)
	}
}

// Whoever enters the code elsewhere need not press a key here, and whoever will
// not sign in has two ways to say so.
func TestSignInEnds(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		code        int
	}{{"entered elsewhere", "", exitOK}, {"^C", "\x03", exitInterrupted}, {"^D", "\x04", exitLogin}} {
		s := signInAt(t, "/codes/x", nil, "login")
		s.waitFor("browser here: ")
		if c.typed == "" {
			s.entered()
		} else {
			s.answer("browser here: ", c.typed)
		}
		if code := <-s.done; code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s", c.name, code, c.code, s.stderr)
		}
		if _, err := os.Stat(s.opened); err == nil {
			t.Errorf("%s: a browser has opened", c.name)
		}
	}
	s := signInAt(t, "/x", nil, "login", "--prompt-timeout", "0.5")
	if code := <-s.done; code != exitLogin {
		t.Errorf("--prompt-timeout: exit %d\n%s", code, s.stderr)
	}
}

// A sign-in in the browser opens it at once, with one address, which is shown too.
func TestSignInOpensBrowser(t *testing.T) {
	s := signInAt(t, "/x", nil)
	s.answer("sign in at "+s.issuer.URL+"? [y/N]: ", "y\r")
	s.entered()
	got := s.browsed()
	if len(got) != 1 || !strings.HasPrefix(got[0], s.issuer.URL+"/authorize?") || !strings.Contains(strings.ReplaceAll(s.text(), "\n", ""), got[0]) {
		t.Errorf("opened %q; on the terminal:\n%s", got, s.text())
	}
	s.answer(waiting+"\n", "")
	resp, err := http.Get(got[0]) // follows redirects, as browsers do
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code := <-s.done; code != 0 || !strings.Contains(s.stdout.String(), "the answer for client-1-read") {
		t.Errorf("exit %d\n%s%s", code, s.stdout, s.stderr)
	}
}

// For a camera there is a picture, where the terminal can show one.
func TestQRCode(t *testing.T) {
	for _, c := range []struct {
		name  string
		env   map[string]string
		drawn bool
	}{
		{"UTF-8", nil, true},
		{"another encoding", map[string]string{"LC_ALL": "C"}, false},
		{"a dumb terminal", map[string]string{"TERM": "dumb"}, false},
	} {
		s := signInAt(t, "/codes/x", c.env, "login")
		s.waitFor("browser here: ")
		s.entered()
		<-s.done
		if drawn := regexp.MustCompile(`(?m)^  █▀▀▀▀▀█ .* █▀▀▀▀▀█  $`).MatchString(s.text()); drawn != c.drawn {
			t.Errorf("%s: drawn: %v\n%s", c.name, drawn, s.text())
		}
	}
}

// R5: login begins a sign-in at once at what was typed, and asks after a redirect
// to somewhere else, whose origins it names.
func TestR5_LoginAsksAfterRedirect(t *testing.T) {
	sys, _, _ := testSystem(t)
	s := newScreen(t)
	sys.Terminal = s.open
	who := signer{person: &person{sys: sys, mask: &mask.Mask{}}, atOnce: true}
	q := auth.Query{Wants: auth.Token, Scheme: "Bearer", Challenge: auth.Challenge{Scheme: "bearer"}, Space: auth.Space{Party: auth.Server, Origin: auth.Origin{Scheme: "https", Host: "b.test", Port: 443}}}
	if yes, err := who.Consent(t.Context(), token.Consent{Query: q, Issuer: "https://as.test"}); !yes || err != nil || s.text() != "" {
		t.Errorf("as typed: %v, %v\n%s", yes, err, s.text())
	}
	q.Redirected = auth.Origin{Scheme: "https", Host: "a.test", Port: 443}
	done := make(chan bool)
	go func() {
		yes, err := who.Consent(t.Context(), token.Consent{Query: q, Issuer: "https://as.test"})
		done <- yes && err == nil
	}()
	s.answer("sign in at https://as.test? [y/N]: ", "y\r")
	if !<-done || !strings.HasPrefix(s.text(), "https://b.test asks for a token (Bearer), after a redirect from https://a.test\n") {
		t.Errorf("after a redirect:\n%s", s.text())
	}
}

// R11: of two processes at once one asks, and the other takes what is stored then.
func TestR11_SignInOnce(t *testing.T) {
	s := signInAt(t, "/x", nil)
	s.answer("sign in at "+s.issuer.URL+"? [y/N]: ", "y\r")
	address := s.browsed()[0]
	other := *s.sys
	var stdout, stderr bytes.Buffer
	other.Stdout, other.Stderr = &stdout, &stderr
	done := make(chan int, 1)
	go func() { done <- Main([]string{"--prompt-timeout", "10", s.resource.URL + "/y"}, &other) }()
	s.entered()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code := <-s.done; code != 0 {
		t.Errorf("exit %d\n%s", code, s.stderr)
	}
	if code := <-done; code != 0 || !strings.Contains(stdout.String(), "the answer for client-1-read") {
		t.Errorf("the other: exit %d\n%s%s", code, &stdout, &stderr)
	}
	if n := strings.Count(s.text(), "[y/N]"); n != 1 {
		t.Errorf("%d questions:\n%s", n, s.text())
	}
}
