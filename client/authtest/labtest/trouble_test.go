//go:build linux

package labtest

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func (k *keyring) served() bool {
	k.t.Helper()
	return strings.Contains(k.do("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
		"org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"), "true")
}

// await waits until the keyring is served, or is not.
func (k *keyring) await(served bool) {
	k.t.Helper()
	for deadline := time.Now().Add(patience); k.served() != served; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatalf("served is not %v", served)
		}
	}
}

// kill ends the daemon as a crash does.
func (k *keyring) kill() {
	k.t.Helper()
	if err := syscall.Kill(k.daemon(), syscall.SIGKILL); err != nil {
		k.t.Fatal(err)
	}
	k.await(false)
}

// revive starts the daemon again, over what it had on the disk.
func (k *keyring) revive() {
	k.t.Helper()
	dir := strings.TrimPrefix(k.env[1], "LAB_KEYRING=")
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", "--control-directory="+dir+"/run/keyring")
	cmd.Stdin = strings.NewReader("keyring-password")
	cmd.Env = append([]string{
		"HOME=" + filepath.Join(dir, "home"), "XDG_DATA_HOME=" + filepath.Join(dir, "data"), "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"),
		"XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "XDG_RUNTIME_DIR=" + filepath.Join(dir, "run"), "LANG=C.UTF-8",
	}, k.env[0])
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	k.await(true)
}

// The keyring's daemon dies and comes back: in between it is said that it is not
// there, and afterwards all is as it was.
func TestKeyringRestarted(t *testing.T) {
	w, k, url := remembered(t)
	k.kill()
	if r := w.run("", "--no-prompt", url); r.code != 94 || !strings.Contains(r.err, "no keyring service on the D-Bus") {
		t.Errorf("without the daemon: exit %d\n%s", r.code, r.err)
	}
	if r := w.run("wonderland", "login", "--account", "alice", "--secret-stdin", url); r.code != 94 {
		t.Errorf("login without the daemon: exit %d\n%s", r.code, r.err)
	}
	if r := w.run("", "realms", "remove", "alice", "--yes"); r.code != 94 || !strings.Contains(r.err, "not removed") {
		t.Errorf("remove without the daemon: exit %d\n%s", r.code, r.err)
	}
	k.revive()
	log := tap(t)
	w.must("", "--no-prompt", url)
	log.expect("200", "/basic/")
	if list := w.realms(); len(list) != 1 || k.items() != 1 {
		t.Errorf("%d entries, %d items", len(list), k.items())
	}
}

// The same in the middle of a run: what comes after it is answered from the new
// daemon, and what is saved then is saved there.
func TestKeyringRestartedInTheMiddle(t *testing.T) {
	w := newWorld(t)
	k := w.keyring()
	s := many(t, 3)
	for _, path := range []string{"/1/", "/2/"} {
		w.must("wonderland\n", "--account", "alice", "--secret-stdin", "--save", s.URL+path)
	}
	came, goOn := make(chan struct{}), make(chan struct{})
	between := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(came); <-goOn }))
	defer between.Close()
	s.Forget()
	done := make(chan result)
	go func() {
		done <- w.run("wonderland\n", "-sS", s.URL+"/1/", between.URL, s.URL+"/2/", "--next", "--account", "alice", "--secret-stdin", "--save", s.URL+"/3/")
	}()
	<-came
	k.kill()
	k.revive()
	close(goOn)
	r := <-done
	if n := strings.Count(r.out, "welcome, alice\n"); r.code != 0 || n != 3 {
		t.Errorf("exit %d, %d pages of 3: %s\n%s", r.code, n, r.out, r.err)
	}
	s.Forget()
	w.must("", "--no-prompt", s.URL+"/[1-3]/")
	if n := s.Count(401); n != 0 {
		t.Errorf("%d of 3 realms were asked for again", n)
	}
}

// A daemon that takes its time is waited for, once somebody has asked.
func TestSlowKeyring(t *testing.T) {
	w, k, url := remembered(t)
	pid := k.daemon()
	k.freeze()
	// Longer than the look before a request, shorter than the one after a challenge.
	time.AfterFunc(time.Second, func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
	log := tap(t)
	w.must("", "--no-prompt", url)
	log.expect("401 200", "/basic/")
}

// A bus that is gone, with a password in the keyring: that is said, and what
// needs none is fetched.
func TestBusGone(t *testing.T) {
	w, _, url := remembered(t)
	w.env = append(w.env, "DBUS_SESSION_BUS_ADDRESS=")
	if r := w.run("", "--no-prompt", url); r.code != 94 || !strings.Contains(r.err, "no D-Bus session here") {
		t.Errorf("exit %d, want 94\n%s", r.code, r.err)
	}
	w.must("", "--no-prompt", origin(t, "LAB_APACHE_HTTP")+"/open/")
}
