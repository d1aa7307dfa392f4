//go:build linux

package labtest

import (
	"strings"
	"testing"
	"time"
)

// No session bus at all, as on a server: everything works, nothing is kept, and
// that is said once.
func TestNoBus(t *testing.T) {
	w := newWorld(t)
	base := origin(t, "LAB_APACHE_HTTP")
	d := w.talk(base+"/realm-a/", base+"/realm-b/")
	d.login("alice", "wonderland-a")
	d.login("alice", "wonderland-b")
	r := d.end()
	if r.code != 0 || r.out != "This is /realm-a/ of the lab.\nThis is /realm-b/ of the lab.\n" {
		t.Fatalf("exit %d, %q\n%s", r.code, r.out, r.err)
	}
	said := r.err + r.screen
	if n := strings.Count(said, "not kept") + strings.Count(said, "nothing is kept") + strings.Count(said, "not saved"); n != 1 {
		t.Errorf("it was said %d times that nothing is kept, want once:\n%s", n, said)
	}
	d = w.talk(base + "/realm-a/")
	d.login("alice", "wonderland-a")
	if r := d.end(); r.code != 0 {
		t.Errorf("again: exit %d\n%s", r.code, r.err)
	}
	w.nowhere("wonderland")
}

// remembered is a user whose keyring holds alice's password for /basic/.
func remembered(t *testing.T) (*world, *keyring, string) {
	t.Helper()
	w := newWorld(t)
	k := w.keyring()
	url := origin(t, "LAB_APACHE_HTTP") + "/basic/"
	w.must("wonderland\n", "--account", "alice", "--secret-stdin", "--save", url)
	log := tap(t)
	w.must("", url)
	log.expect("200", "/basic/")
	return w, k, url
}

// within demands that something took no longer than the limit, on a machine
// that may be busy.
func within(t *testing.T, limit time.Duration, what string, do func()) {
	t.Helper()
	start := time.Now()
	do()
	if took := time.Since(start); took > limit {
		t.Errorf("%s took %s, want at most %s", what, took.Round(time.Millisecond), limit)
	}
}

// A keyring that cannot be read is never in the way of what needs no password;
// where it matters, exit 94 says so, and a person can answer instead (rule R12).
func unreadable(t *testing.T, break_ func(*keyring)) {
	w, k, url := remembered(t)
	break_(k)
	open := origin(t, "LAB_APACHE_HTTP") + "/open/"
	within(t, 2*time.Second, "a page that asks nothing", func() { w.must("", open) })
	within(t, 15*time.Second, "a run with nobody to ask", func() {
		r := w.run("", url)
		if r.code != 94 || !strings.Contains(r.err, "keyring") {
			t.Errorf("with nobody to ask: exit %d, want 94\n%s", r.code, r.err)
		}
	})
}

func TestLockedKeyring(t *testing.T) { unreadable(t, (*keyring).lock) }
func TestFrozenKeyring(t *testing.T) { unreadable(t, (*keyring).freeze) }

// Locked, and nobody can unlock it: the person is asked for the password.
func TestLockedKeyringWithAPerson(t *testing.T) {
	w, k, url := remembered(t)
	k.lock()
	d := w.talk(url)
	d.login("alice", "wonderland")
	r := d.end()
	if r.code != 0 || r.out != "This is /basic/ of the lab.\n" {
		t.Errorf("exit %d, %q\n%s", r.code, r.out, r.err)
	}
	if !strings.Contains(r.err+r.screen, "locked") {
		t.Errorf("nothing was said of the locked keyring:\n%s%s", r.screen, r.err)
	}
}

// A D-Bus on which there is no Secret Service.
func TestNoService(t *testing.T) {
	w := newWorld(t)
	w.keyring("--no-service")
	d := w.talk(origin(t, "LAB_APACHE_HTTP") + "/basic/")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || r.out != "This is /basic/ of the lab.\n" {
		t.Errorf("exit %d, %q\n%s", r.code, r.out, r.err)
	}
}

// removed with its index entry, together.
func TestRemove(t *testing.T) {
	w, _, url := remembered(t)
	list := w.realms()
	if len(list) != 1 {
		t.Fatalf("realms: %+v", list)
	}
	w.must("", "realms", "remove", list[0].ID)
	if list := w.realms(); len(list) != 0 {
		t.Errorf("after remove: %+v", list)
	}
	if r := w.run("", url); r.code != 67 {
		t.Errorf("exit %d, want 67: nothing is stored and nobody there\n%s", r.code, r.err)
	}
}
