//go:build linux

package labtest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// keyring is a GNOME keyring of its own on a private D-Bus.
type keyring struct {
	t   *testing.T
	dir string // LAB_DIR
	env []string
}

// keyring gives the user a keyring, which lasts as long as the test. The flags
// are those of the lab's with-keyring.
func (w *world) keyring(flags ...string) *keyring {
	w.t.Helper()
	k := &keyring{t: w.t, dir: lab(w.t, "LAB_DIR")}
	args := append(flags, "sh", "-c", `echo "$DBUS_SESSION_BUS_ADDRESS"; echo "$LAB_KEYRING"; exec cat`)
	cmd := exec.Command(filepath.Join(k.dir, "with-keyring"), args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = in.Close() // cat ends, and with it everything
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "LAB_KEYRING"} {
		if !lines.Scan() {
			w.t.Fatal("with-keyring did not start")
		}
		k.env = append(k.env, name+"="+lines.Text())
	}
	w.env = append(w.env, k.env...)
	return k
}

// do runs one of the lab's programs beside the keyring.
func (k *keyring) do(program string, args ...string) string {
	k.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), k.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		k.t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

func (k *keyring) lock() { k.t.Helper(); k.do(filepath.Join(k.dir, "keyring", "lock")) }

// daemon returns the process ID of who serves the keyring.
func (k *keyring) daemon() int {
	k.t.Helper()
	out := k.do("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/",
		"org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.secrets")
	words := strings.Fields(out)
	pid, err := strconv.Atoi(words[len(words)-1])
	if err != nil {
		k.t.Fatalf("the daemon's id: %q", out)
	}
	return pid
}

// freeze stops the daemon, as one that hangs: it is there, and never answers.
func (k *keyring) freeze() {
	k.t.Helper()
	pid := k.daemon()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

// items counts what lies in the keyring.
func (k *keyring) items() int {
	k.t.Helper()
	out := k.do("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets",
		"org.freedesktop.Secret.Service.SearchItems", "dict:string:string:")
	return strings.Count(out, "object path")
}
