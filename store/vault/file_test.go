//go:build unix

package vault

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// SECURITY-CASES G8: what others could read or put there is not used.
func TestModesOfOthersAreRefused(t *testing.T) {
	k := storetest.Key("https://a.test", "R", "alice")
	for _, tt := range []struct {
		name string
		mode os.FileMode
		says string
	}{
		{IdentityFile, 0o640, "chmod 600"},
		{IdentityFile, 0o604, "chmod 600"},
		{".", 0o770, "chmod 700"},
		{".", 0o777, "chmod 700"},
	} {
		v := newVault(t)
		storetest.MustPut(t, v, k, "secret")
		if err := os.Chmod(v.path(tt.name), tt.mode); err != nil {
			t.Fatal(err)
		}
		checkTrouble(t, v, k, store.ErrUnavailable, tt.says)
	}
}

// A link in the place of a file is neither read nor written through, wherever
// it leads.
func TestLinksAreNotFollowed(t *testing.T) {
	k := storetest.Key("https://a.test", "R", "alice")
	for _, name := range []string{VaultFile, IdentityFile} {
		v := newVault(t)
		storetest.MustPut(t, v, k, "secret")
		away := filepath.Join(t.TempDir(), "away")
		if err := os.Rename(v.path(name), away); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(away, v.path(name)); err != nil {
			t.Fatal(err)
		}
		checkTrouble(t, v, k, store.ErrUnavailable, "not a regular file")
	}

	v := newVault(t)
	victim := filepath.Join(t.TempDir(), "victim")
	if err := errors.Join(os.Remove(v.path(lockFile)), os.Symlink(victim, v.path(lockFile))); err != nil {
		t.Fatal(err)
	}
	if err := v.Put(t.Context(), k, auth.Credential{User: "alice"}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("lock is a link: got %v", err)
	}
	if _, err := os.Lstat(victim); err == nil {
		t.Error("a file was made through the lock's link")
	}
}

// A pipe in the place of a file does not hold anybody up.
func TestPipeIsNotAwaited(t *testing.T) {
	v := newVault(t)
	if err := errors.Join(os.Remove(v.path(VaultFile)), unix.Mkfifo(v.path(VaultFile), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(t.Context(), storetest.Key("https://a.test", "R", "alice")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// The age program itself opens a vault, as the package doc says.
func TestAgeProgram(t *testing.T) {
	program, err := exec.LookPath("age")
	if err != nil {
		t.Skip("no age program on the PATH")
	}
	v := newVault(t)
	storetest.MustPut(t, v, storetest.Key("https://a.test", "R", "alice"), "sesame")
	out, err := exec.Command(program, "-d", "-i", v.path(IdentityFile), v.path(VaultFile)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "sesame") {
		t.Errorf("age -d: %v: %s", err, out)
	}
}
