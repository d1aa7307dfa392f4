//go:build linux

package labtest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// As over ssh, without D-Bus: a vault, a login, and then a script that asks
// nobody. Debian's age opens what lies there.
func TestVaultOverSSH(t *testing.T) {
	w := newWorld(t)
	url := origin(t, "LAB_APACHE_HTTP") + "/basic/"
	w.must("", "store", "init")
	w.must("", "store", "use", "vault")
	w.must("wonderland", "login", "--account", "alice", "--secret-stdin", url)
	if r := w.must("", "-s", "--no-prompt", url); !strings.Contains(r.out, "lab") {
		t.Errorf("fetched %q", r.out)
	}
	dir := filepath.Join(w.home, "data", "getin", "vault")
	out, err := exec.Command("age", "-d", "-i", filepath.Join(dir, "identity.txt"), filepath.Join(dir, "vault.age")).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(`"secret":"wonderland"`)) {
		t.Errorf("age -d: %v: %s", err, out)
	}
}

// The pass phrase opens the vault for age as well, which asks for it itself.
func TestVaultPassphraseForAge(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	w.must("correct horse", "store", "init", "--passphrase", "--secret-stdin", filepath.Join(dir, "v"))
	cmd := exec.Command("age", "-d", "-i", "identity.age", "vault.age")
	cmd.Dir = filepath.Join(dir, "v")
	var out bytes.Buffer
	cmd.Stdout = &out
	terminal, other, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	cmd.Stdin, cmd.Stderr = other, other
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	screen := ""
	for b := make([]byte, 1024); !strings.Contains(screen, "passphrase"); {
		n, err := terminal.Read(b)
		if err != nil {
			t.Fatalf("age asked nothing: %v: %s", err, screen)
		}
		screen += string(b[:n])
	}
	if _, err := io.WriteString(terminal, "correct horse\n"); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, terminal) }() // ends with the terminal
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), `"getin-vault":1`) {
		t.Errorf("age -d: %v: %s", err, out.String())
	}
}

// A lost index comes back from what lies in a real keyring.
func TestRebuildFromKeyring(t *testing.T) {
	w, _, url := remembered(t)
	index := filepath.Join(w.home, "state", "getin", "index")
	if err := os.RemoveAll(index); err != nil {
		t.Fatal(err)
	}
	if r := w.run("", "--no-prompt", url); r.code != 67 {
		t.Fatalf("without an index: exit %d\n%s", r.code, r.err)
	}
	if r := w.must("", "store", "rebuild"); !strings.Contains(r.out, "1 found in the keyring, 1 restored") {
		t.Errorf("%s%s", r.out, r.err)
	}
	w.must("", "--no-prompt", url)
	if _, err := os.Stat(index); errors.Is(err, os.ErrNotExist) {
		t.Error("there is no index again")
	}
}
