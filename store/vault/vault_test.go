package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

func newVault(t *testing.T) *Vault {
	t.Helper()
	v, err := Init(t.Context(), filepath.Join(t.TempDir(), "state", "vault"), Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func() store.Store { return newVault(t) })
}

// The files are what the package says: an identity file and an age file that
// any age opens, with the entries as JSON inside, and modes that keep others
// out.
func TestFilesAreAge(t *testing.T) {
	v := newVault(t)
	k := storetest.Key("https://a.test", "Staff", "alice")
	storetest.MustPut(t, v, k, "sesame")
	for name, want := range map[string]fs.FileMode{".": 0o700, IdentityFile: 0o600, VaultFile: 0o600, lockFile: 0o600} {
		fi, err := os.Stat(v.path(name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fi.Mode().Perm(); noFollow != 0 && got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
	ids, err := os.Open(v.path(IdentityFile))
	if err != nil {
		t.Fatal(err)
	}
	defer ids.Close()
	id, err := age.ParseIdentities(ids)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(v.path(VaultFile))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("sesame")) || !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1\n")) {
		t.Error("not an age file")
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id...)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var inside struct {
		Version int                        `json:"getin-vault"`
		Entries map[string]json.RawMessage `json:"entries"`
	}
	if err := json.Unmarshal(plain, &inside); err != nil || inside.Version != 1 {
		t.Fatalf("version %d, error %v", inside.Version, err)
	}
	if got, err := store.Decode(k, inside.Entries[k.ID()]); err != nil || got.Secret.Reveal() != "sesame" {
		t.Errorf("entry: %v, error %v", got, err)
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	v := newVault(t)
	k := storetest.Key("https://a.test", "R", "alice")
	storetest.MustPut(t, v, k, "kept")
	if _, err := Init(t.Context(), v.dir, Terms{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want %v", err, fs.ErrExist)
	}
	storetest.MustGet(t, Open(v.dir), k, "kept")

	// An identity that is there already, left by an Init that was cut short or
	// put there by the user, is used.
	before, err := os.ReadFile(v.path(IdentityFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(v.path(VaultFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(t.Context(), v.dir, Terms{}); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(v.path(IdentityFile)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the identity was replaced, error %v", err)
	}
	storetest.MustMiss(t, v, k)
}

// Whatever is wrong with the files, the error says so, and no write makes it
// worse: each file is afterwards what it was.
func TestNothingIsWrittenOverTrouble(t *testing.T) {
	k := storetest.Key("https://a.test", "R", "alice")
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, file string
		spoil      func([]byte) []byte
		want       error
		says       string
	}{
		{"no vault", VaultFile, func([]byte) []byte { return nil }, store.ErrUnavailable, "getin store init"},
		{"no identity", IdentityFile, func([]byte) []byte { return nil }, store.ErrLocked, "--vault-identity"},
		{"vault cut short", VaultFile, func(b []byte) []byte { return b[:len(b)-1] }, store.ErrDamaged, VaultFile},
		{"vault cut in its head", VaultFile, func(b []byte) []byte { return b[:30] }, store.ErrDamaged, VaultFile},
		{"empty vault", VaultFile, func([]byte) []byte { return []byte{} }, store.ErrDamaged, VaultFile},
		{"one bit", VaultFile, func(b []byte) []byte { b[len(b)-5] ^= 1; return b }, store.ErrDamaged, VaultFile},
		{"other identity", IdentityFile, func([]byte) []byte { return []byte(other.String() + "\n") }, store.ErrDamaged, "another identity"},
		{"identity damaged", IdentityFile, func(b []byte) []byte { return b[:len(b)-9] }, store.ErrDamaged, "not an age identity"},
		{"no JSON", VaultFile, sealed(other, "hello"), store.ErrDamaged, "another identity"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVault(t)
			storetest.MustPut(t, v, k, "kept")
			spoil(t, v.path(tt.file), tt.spoil)
			checkTrouble(t, v, k, tt.want, tt.says)
		})
	}
}

// Files that are well encrypted and hold something else, a vault of a later
// getin among them, are left alone too.
func TestNothingIsWrittenOverOtherContents(t *testing.T) {
	k := storetest.Key("https://a.test", "R", "alice")
	for _, tt := range []struct{ plain, says string }{
		{"hello", "something else"},
		{"{}", "something else"},
		{`{"getin-vault":2,"entries":{"more":true}}`, "version 2"},
	} {
		t.Run(tt.plain, func(t *testing.T) {
			v := newVault(t)
			ids, err := v.identities(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			spoil(t, v.path(VaultFile), sealed(ids[0], tt.plain))
			checkTrouble(t, v, k, store.ErrDamaged, tt.says)
		})
	}
}

// sealed returns a spoiler that puts an age file with other contents.
func sealed(id *age.X25519Identity, plain string) func([]byte) []byte {
	return func([]byte) []byte {
		var b bytes.Buffer
		w, err := age.Encrypt(&b, id.Recipient())
		if err == nil {
			_, err = io.WriteString(w, plain)
		}
		if err := errors.Join(err, w.Close()); err != nil {
			return nil
		}
		return b.Bytes()
	}
}

func spoil(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b = f(b); b == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func checkTrouble(t *testing.T, v *Vault, k store.Key, want error, says string) {
	t.Helper()
	before := files(t, v.dir)
	_, err := v.Get(t.Context(), k)
	for call, err := range map[string]error{
		"get":    err,
		"put":    v.Put(t.Context(), k, auth.Credential{User: "alice", Secret: auth.NewSecret("new")}),
		"delete": v.Delete(t.Context(), k),
		"status": v.Status(t.Context()).Err,
	} {
		if !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want %v and %q", call, err, want, says)
		}
	}
	if after := files(t, v.dir); after != before {
		t.Errorf("the folder has changed:\n%s\nwas\n%s", after, before)
	}
}

// files returns names and contents of a folder's files but the lock.
func files(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range list {
		if f.Name() == lockFile {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f.Name() + ": " + string(b) + "\n")
	}
	return all.String()
}

// An entry that was put under another key's ID does not answer for it.
func TestR13TupleIsCompared(t *testing.T) {
	v := newVault(t)
	good, evil := storetest.Key("https://good.test", "R", "alice"), storetest.Key("https://evil.test", "R", "alice")
	storetest.MustPut(t, v, good, "secret")
	err := v.change(t.Context(), func(c *contents) error {
		c.Entries[evil.ID()] = c.Entries[good.ID()]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := v.Get(t.Context(), evil); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("got %q, error %v; want %v", c.Secret.Reveal(), err, store.ErrDamaged)
	}
}

// A writer that dies may hold the lock of a network file system for ever.
func TestLockIsNotAwaitedForEver(t *testing.T) {
	v := newVault(t)
	l := flock.New(v.path(lockFile))
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	k := storetest.Key("https://a.test", "R", "alice")
	c := auth.Credential{User: "alice", Secret: auth.NewSecret("x")}

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := v.Put(ctx, k, c); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("context ended: got %v", err)
	}
	testOnlyLockWait = 20 * time.Millisecond
	defer func() { testOnlyLockWait = lockWait }()
	if err := v.Put(t.Context(), k, c); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("lock held: got %v", err)
	}
	storetest.MustMiss(t, v, k) // readers do not wait
}

func TestStatus(t *testing.T) {
	v := newVault(t)
	storetest.MustPut(t, v, storetest.Key("https://a.test", "R", "alice"), "1")
	storetest.MustPut(t, v, storetest.Key("https://a.test", "R", "bob"), "2")
	if s := v.Status(t.Context()); s.Err != nil || s.Entries != 2 || s.Dir != v.dir {
		t.Errorf("%+v", s)
	}
	if s := Open(filepath.Join(t.TempDir(), "none")).Status(t.Context()); !errors.Is(s.Err, store.ErrUnavailable) {
		t.Errorf("no vault: %+v", s)
	}
}

// Whatever lies in the vault, reading it does no harm, and what is read can be
// written.
func FuzzContents(f *testing.F) {
	f.Add([]byte(`{"getin-vault":1,"entries":{"ab":{"v":1}}}`))
	f.Add([]byte(`{"getin-vault":1,"entries":null}`))
	f.Add([]byte(`{"getin-vault":2}`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		c, err := parse(VaultFile, plain)
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("got %v, want %v", err, store.ErrDamaged)
			}
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := parse(VaultFile, again); err != nil || len(d.Entries) != len(c.Entries) {
			t.Errorf("written again: %v, %d entries of %d", err, len(d.Entries), len(c.Entries))
		}
	})
}
