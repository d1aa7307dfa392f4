//go:build linux

package labtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// world is a user of getin: a home of their own and, when there is one, a
// keyring.
type world struct {
	t    *testing.T
	home string
	env  []string
	via  []string // a command that getin is run by, such as "ip netns exec NAME"
}

// newWorld is a user without a session bus.
func newWorld(t *testing.T) *world {
	t.Helper()
	lab(t, "GETIN_BINARY")
	w := &world{t: t, home: t.TempDir()}
	w.env = []string{"HOME=" + w.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TERM=xterm"}
	for _, kind := range []string{"CONFIG", "STATE", "DATA", "CACHE"} {
		w.env = append(w.env, "XDG_"+kind+"_HOME="+filepath.Join(w.home, strings.ToLower(kind)))
	}
	return w
}

// result is what is left of a run. screen is what stood on the terminal.
type result struct {
	code             int
	out, err, screen string
}

func (w *world) command(args []string) *exec.Cmd {
	argv := append(append([]string{}, w.via...), os.Getenv("GETIN_BINARY"))
	argv = append(argv, args...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = w.env
	return cmd
}

// run runs getin without a terminal: in a session of its own.
func (w *world) run(input string, args ...string) result {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	cmd := w.command(args)
	cmd = &exec.Cmd{Path: cmd.Path, Args: cmd.Args, Env: cmd.Env, SysProcAttr: &syscall.SysProcAttr{Setsid: true}}
	var out, err bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &err
	if e := cmd.Start(); e != nil {
		w.t.Fatal(e)
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	return result{code: exitCode(w.t, cmd.Wait()), out: out.String(), err: err.String()}
}

// must is run for what has to succeed.
func (w *world) must(input string, args ...string) result {
	w.t.Helper()
	r := w.run(input, args...)
	if r.code != 0 {
		w.t.Fatalf("getin %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

// talk is getin on a terminal, with a person at it.
type talk struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File // the person's side
	out  bytes.Buffer
	err  bytes.Buffer
	done chan struct{} // the terminal is closed

	mu     sync.Mutex
	screen []byte
	seen   int // how much of it was waited for already
}

func (w *world) talk(args ...string) *talk {
	w.t.Helper()
	person, program, err := pty.Open()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := pty.Setsize(person, &pty.Winsize{Rows: 40, Cols: 100}); err != nil {
		w.t.Fatal(err)
	}
	d := &talk{t: w.t, cmd: w.command(args), tty: person, done: make(chan struct{})}
	d.cmd.Stdin, d.cmd.Stdout, d.cmd.Stderr = program, &d.out, &d.err
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := d.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	_ = program.Close()
	go d.watch()
	w.t.Cleanup(func() { _ = d.cmd.Process.Kill(); _ = person.Close() })
	return d
}

func (d *talk) watch() {
	defer close(d.done)
	b := make([]byte, 4096)
	for {
		n, err := d.tty.Read(b)
		d.mu.Lock()
		d.screen = append(d.screen, b[:n]...)
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// expect waits until the text comes to stand on the terminal, after what was
// waited for before.
func (d *talk) expect(text string) {
	d.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		d.mu.Lock()
		at := strings.Index(string(d.screen[d.seen:]), text)
		if at >= 0 {
			d.seen += at + len(text)
		}
		d.mu.Unlock()
		if at >= 0 {
			return
		}
		ended := false
		select {
		case <-d.done:
			ended = true
		default:
		}
		if ended || time.Now().After(deadline) {
			_ = d.cmd.Process.Kill()
			r := d.end()
			d.t.Fatalf("%q did not come; exit %d, screen:\n%s\nstderr:\n%s", text, r.code, r.screen, r.err)
		}
	}
}

// say types a line.
func (d *talk) say(text string) {
	d.t.Helper()
	if _, err := io.WriteString(d.tty, text+"\r"); err != nil {
		d.t.Fatal(err)
	}
}

// login answers one question.
func (d *talk) login(user, password string) {
	d.t.Helper()
	d.expect("  user")
	d.say(user)
	d.expect("  password")
	d.say(password)
}

// end waits for the program to end.
func (d *talk) end() result {
	d.t.Helper()
	stop := time.AfterFunc(2*patience, func() { _ = d.cmd.Process.Kill() })
	defer stop.Stop()
	code := exitCode(d.t, d.cmd.Wait())
	<-d.done
	d.mu.Lock()
	defer d.mu.Unlock()
	return result{code: code, out: d.out.String(), err: d.err.String(), screen: string(d.screen)}
}

// realm is what "getin realms --json" says of one entry.
type realm struct{ ID, Origin, Realm, Scheme, Account, Store string }

func (w *world) realms() (list []realm) {
	w.t.Helper()
	r := w.must("", "realms", "list", "--json")
	if err := json.Unmarshal([]byte(r.out), &list); err != nil {
		w.t.Fatalf("realms --json: %v\n%s", err, r.out)
	}
	return list
}

// nowhere demands that the secret lies in no file of the user's, whose store is
// the keyring.
func (w *world) nowhere(secret string) {
	w.t.Helper()
	err := filepath.WalkDir(w.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte(secret)) {
			w.t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
