package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// On a terminal a long check says how far it is; in a log it does not.
func TestTally(t *testing.T) {
	terminal, other, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal here:", err)
	}
	defer terminal.Close()
	defer other.Close()
	log, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for _, to := range []*os.File{other, log} {
		sys := &System{Stderr: to, Lookup: func(string) (string, bool) { return "", false }}
		j := &job{sys: sys, rep: &report{hints: true}}
		count, _ := j.newTally("checked", 3)
		count.one()
		count.since = time.Now().Add(-progressAfter)
		count.one()
		count.end()
	}
	if fi, err := log.Stat(); err != nil || fi.Size() != 0 {
		t.Errorf("the log holds %d octets, %v", fi.Size(), err)
	}
	b := make([]byte, 100)
	n, err := terminal.Read(b)
	if err != nil || !strings.Contains(string(b[:n]), "checked 2 of 3") {
		t.Errorf("on the terminal: %q, %v", b[:n], err)
	}
}
