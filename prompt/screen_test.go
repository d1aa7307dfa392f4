//go:build unix

// The tests of the terminal need pseudo-terminals, which creack/pty makes on
// Unix only.

package prompt

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long a test waits for what must come; it fails then.
const patience = 8 * time.Second

// screen is the person's side of a pseudo-terminal.
type screen struct {
	t             *testing.T
	master, slave *os.File
	moved         chan struct{} // something was written since it was last empty

	mu   sync.Mutex
	text bytes.Buffer
	seen int // what expect has gone past
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, master: master, slave: slave, moved: make(chan struct{}, 1)}
	t.Cleanup(func() { _ = master.Close(); _ = slave.Close() })
	go s.watch()
	return s
}

func (s *screen) watch() {
	b := make([]byte, 4096)
	for {
		n, err := s.master.Read(b)
		s.mu.Lock()
		s.text.Write(b[:n])
		s.mu.Unlock()
		select {
		case s.moved <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// terminal returns a Terminal on the program's side, closed with the test.
func (s *screen) terminal() *Terminal {
	s.t.Helper()
	fd, err := unix.FcntlInt(s.slave.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "terminal")
	term := New(f, f)
	s.t.Cleanup(func() { _ = term.Close() })
	return term
}

// expect waits until the text has appeared after what earlier calls waited for.
func (s *screen) expect(text string) {
	s.t.Helper()
	limit := time.After(patience)
	for {
		s.mu.Lock()
		i := strings.Index(s.text.String()[s.seen:], text)
		if i >= 0 {
			s.seen += i + len(text)
		}
		s.mu.Unlock()
		if i >= 0 {
			return
		}
		select {
		case <-s.moved:
		case <-limit:
			s.t.Fatalf("%q did not appear; the screen has %q", text, s.all())
		}
	}
}

func (s *screen) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// types presses keys.
func (s *screen) types(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// mode returns the terminal's local and output modes.
func (s *screen) mode() (local, output uint64) {
	s.t.Helper()
	m, err := unix.IoctlGetTermios(int(s.slave.Fd()), getTermios)
	if err != nil {
		s.t.Fatal(err)
	}
	return uint64(m.Lflag), uint64(m.Oflag)
}

const cookedBits = unix.ECHO | unix.ICANON | unix.ISIG

// isCooked fails unless the terminal echoes, edits lines and makes signals.
func (s *screen) isCooked() {
	s.t.Helper()
	if local, _ := s.mode(); local&cookedBits != cookedBits {
		s.t.Errorf("the terminal was not put back: local mode %#x", local)
	}
}

// isRaw fails unless it does none of these, and still ends lines properly.
func (s *screen) isRaw() {
	s.t.Helper()
	local, output := s.mode()
	if local&cookedBits != 0 {
		s.t.Errorf("local mode %#x while a secret is typed", local)
	}
	if output&unix.OPOST == 0 {
		s.t.Errorf("output processing is off")
	}
}

type reply struct {
	text string
	err  error
}

// secret asks for a secret, waits for the label, and returns where the reply
// will be.
func (s *screen) secret(ctx context.Context, term *Terminal) <-chan reply {
	s.t.Helper()
	c := make(chan reply, 1)
	go func() {
		text, err := term.Secret(ctx, "password")
		c <- reply{text, err}
	}()
	s.expect("password: ")
	return c
}

func (s *screen) line(term *Terminal, label, preset string) <-chan reply {
	c := make(chan reply, 1)
	go func() {
		text, err := term.Line(s.t.Context(), label, preset)
		c <- reply{text, err}
	}()
	return c
}

func wait[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("no reply")
		panic("not reached")
	}
}
