//go:build !windows && !darwin

package keyring

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// largeFiles returns the sealed files in the folder.
func largeFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.age"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var big = strings.Repeat("0123456789abcdef", 6400) // 100 KB

func TestLargeSecretIsSealedInAFile(t *testing.T) {
	f, dir := &fake{}, filepath.Join(t.TempDir(), "large")
	serve(t, f)
	k := &Keyring{Large: dir}
	storetest.MustPut(t, k, alice, big)
	storetest.MustGet(t, &Keyring{Large: dir}, alice, big)
	f.with(func() {
		for _, item := range f.items {
			if len(item.value) > MaxValue || strings.Contains(string(item.value), "0123456789abcdef") {
				t.Errorf("the item: %s", item.value)
			}
		}
	})
	files := largeFiles(t, dir)
	if len(files) != 1 {
		t.Fatalf("files: %q", files)
	}
	b, err := os.ReadFile(files[0])
	if err != nil || strings.Contains(string(b), "0123456789abcdef") || !strings.HasPrefix(string(b), "age-encryption.org/v1\n") {
		t.Errorf("not an age file: %v", err)
	}
	if fi, err := os.Stat(files[0]); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
	if keys, err := k.List(t.Context()); err != nil || len(keys) != 1 || keys[0] != alice {
		t.Errorf("listed %v, %v", keys, err)
	}

	// Another large one, a small one, none: nothing stays behind.
	storetest.MustPut(t, k, alice, big+"2")
	storetest.MustGet(t, k, alice, big+"2")
	if n := len(largeFiles(t, dir)); n != 1 {
		t.Errorf("%d files after a second put", n)
	}
	storetest.MustPut(t, k, alice, "small")
	storetest.MustGet(t, k, alice, "small")
	if n := len(largeFiles(t, dir)); n != 0 {
		t.Errorf("%d files after a small one", n)
	}
	storetest.MustPut(t, k, alice, big)
	if err := k.Delete(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	storetest.MustMiss(t, k, alice)
	if n := len(largeFiles(t, dir)); n != 0 {
		t.Errorf("%d files after the removal", n)
	}
}

// SECURITY-CASES G7: a realm of 10 KB makes no name too long, is stored whole
// and compared.
func TestG7LargeRealm(t *testing.T) {
	serve(t, &fake{})
	k := &Keyring{Large: t.TempDir()}
	realm := strings.Repeat("r", 10<<10)
	one, other := storetest.Key("https://a.test", realm, "alice"), storetest.Key("https://a.test", realm+"x", "alice")
	if n := len(one.Service()) + len(one.User()); n > 500 {
		t.Errorf("a name of %d octets", n)
	}
	storetest.MustPut(t, k, one, "sesame")
	storetest.MustGet(t, k, one, "sesame")
	storetest.MustMiss(t, k, other)
}

// RULES R13: a file that another item's key opens is not taken for this one's.
func TestR13SwappedStub(t *testing.T) {
	f := &fake{}
	serve(t, f)
	k := &Keyring{Large: t.TempDir()}
	evil := storetest.Key("https://evil.test", "Staff", "alice")
	storetest.MustPut(t, k, evil, big)
	f.with(func() {
		for _, item := range f.items {
			item.attributes = map[string]string{"service": alice.Service(), "username": alice.User()}
		}
	})
	mustFail(t, k, store.ErrDamaged, "another key")
}

func TestLargeFileIsGone(t *testing.T) {
	serve(t, &fake{})
	dir := t.TempDir()
	k := &Keyring{Large: dir}
	storetest.MustPut(t, k, alice, big)
	for _, file := range largeFiles(t, dir) {
		if err := os.Truncate(file, 300); err != nil {
			t.Fatal(err)
		}
		mustFail(t, k, store.ErrDamaged, "")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	mustFail(t, k, store.ErrDamaged, "is gone")
	storetest.MustPut(t, k, alice, "again")
	storetest.MustGet(t, k, alice, "again")
}

// A keyring that is locked leaves no file behind.
func TestLargeLocked(t *testing.T) {
	f := &fake{locked: true}
	serve(t, f)
	dir := t.TempDir()
	k := &Keyring{Large: dir}
	if err := k.Put(t.Context(), alice, credential(big)); !errors.Is(err, store.ErrLocked) {
		t.Errorf("got %v", err)
	}
	if n := len(largeFiles(t, dir)); n != 0 {
		t.Errorf("%d files", n)
	}
}

// A crash at each step leaves a keyring that gives the old secret or the new
// one, whole.
func TestLargeCrash(t *testing.T) {
	serve(t, &fake{})
	dir := t.TempDir()
	k := &Keyring{Large: dir}
	t.Cleanup(func() { testOnlyStep = func(string) {} })
	for _, step := range []struct{ name, want string }{{"file written", big + "old"}, {"item put", big + "new"}} {
		testOnlyStep = func(string) {}
		storetest.MustPut(t, k, alice, big+"old")
		testOnlyStep = func(s string) {
			if s == step.name {
				panic("crash")
			}
		}
		func() {
			defer func() { _ = recover() }()
			_ = k.Put(t.Context(), alice, credential(big+"new"))
		}()
		testOnlyStep = func(string) {}
		storetest.MustGet(t, k, alice, step.want)
		storetest.MustPut(t, k, alice, big+"after")
		if n := len(largeFiles(t, dir)); n != 1 {
			t.Errorf("%s: %d files in the end", step.name, n)
		}
	}
}

// Whoever wins, what the item opens is there.
func TestLargeAtOnce(t *testing.T) {
	serve(t, &fake{})
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			k := &Keyring{Large: dir}
			secret := big
			if i%2 == 0 {
				secret = "small"
			}
			if err := k.Put(t.Context(), alice, credential(secret)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	k := &Keyring{Large: dir}
	c, err := k.Get(t.Context(), alice)
	if err != nil || !c.Equal(credential(big)) && !c.Equal(credential("small")) {
		t.Fatalf("%v", err)
	}
	if err := k.Put(t.Context(), alice, auth.Credential{User: "alice", Secret: auth.NewSecret("last")}); err != nil {
		t.Fatal(err)
	}
	if n := len(largeFiles(t, dir)); n != 0 {
		t.Errorf("%d files", n)
	}
}
