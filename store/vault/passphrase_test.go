package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// sealedVault makes a vault with a pass phrase; scrypt takes a moment and not a
// second.
func sealedVault(t *testing.T, phrase string) string {
	t.Helper()
	testOnlyWorkFactor = 10
	t.Cleanup(func() { testOnlyWorkFactor = workFactor })
	dir := filepath.Join(t.TempDir(), "vault")
	s := auth.NewSecret(phrase)
	if _, err := Init(t.Context(), dir, Terms{Passphrase: &s}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = Open(dir).Lock() }) // nothing of a test stays in the kernel
	return dir
}

// saying answers with these phrases, one after the other, and counts.
func saying(asked *int, phrases ...string) func(context.Context, string, bool) (auth.Secret, error) {
	return func(_ context.Context, _ string, again bool) (auth.Secret, error) {
		if again && *asked == 0 {
			return auth.Secret{}, errors.New("again is wrong")
		}
		*asked++
		return auth.NewSecret(phrases[*asked-1]), nil
	}
}

func TestPassphraseOpensForTheRun(t *testing.T) {
	dir := sealedVault(t, "correct horse")
	asked := 0
	v := Key{Passphrase: saying(&asked, "wrong", "correct horse")}.Open(dir)
	storetest.Run(t, func() store.Store { return v })
	if asked != 2 {
		t.Errorf("asked %d times, want once for the wrong one and once for the right one", asked)
	}
	if _, err := os.Stat(v.path(IdentityFile)); err == nil {
		t.Error("the identity lies there in clear")
	}
}

func TestG8NoPassphraseNoVault(t *testing.T) {
	dir := sealedVault(t, "correct horse")
	k := storetest.Key("https://a.test", "R", "alice")
	before := files(t, dir)

	_, err := Open(dir).Get(t.Context(), k)
	if !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "getin store unlock") {
		t.Errorf("without a person: %v", err)
	}
	asked := 0
	v := Key{Passphrase: saying(&asked, "a", "", "c"), Tries: 3}.Open(dir)
	err = v.Put(t.Context(), k, auth.Credential{User: "alice", Secret: auth.NewSecret("x")})
	if !errors.Is(err, store.ErrDenied) || asked != 3 {
		t.Errorf("three wrong ones: %v, asked %d", err, asked)
	}
	declined := Key{Passphrase: func(context.Context, string, bool) (auth.Secret, error) {
		return auth.Secret{}, auth.ErrDeclined
	}}.Open(dir)
	if _, err := declined.Get(t.Context(), k); !errors.Is(err, store.ErrLocked) || !errors.Is(err, auth.ErrDeclined) {
		t.Errorf("declined: %v", err)
	}
	if _, err := declined.Quiet().Get(t.Context(), k); errors.Is(err, auth.ErrDeclined) {
		t.Error("the quiet one asked")
	}
	if after := files(t, dir); after != before {
		t.Errorf("the folder was changed:\n%s\nwas\n%s", after, before)
	}
}

func TestUnlockKeepsAndForgets(t *testing.T) {
	dir := sealedVault(t, "correct horse")
	k := storetest.Key("https://a.test", "R", "alice")
	asked := 0
	v := Key{Passphrase: saying(&asked, "correct horse", "correct horse")}.Open(dir)
	err := v.Unlock(t.Context(), time.Hour)
	if errors.Is(err, ErrNowhereToKeep) {
		t.Skip("this system has no kernel keyring to test with:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	storetest.MustPut(t, Open(dir), k, "sesame")
	storetest.MustGet(t, Open(dir), k, "sesame")
	if had, err := Open(dir).Lock(); !had || err != nil {
		t.Errorf("lock: %v, %v", had, err)
	}
	if _, err := Open(dir).Get(t.Context(), k); !errors.Is(err, store.ErrLocked) {
		t.Errorf("after lock: %v", err)
	}
	if had, err := Open(dir).Lock(); had || err != nil {
		t.Errorf("a second lock: %v, %v", had, err)
	}
	if err := v.Unlock(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	storetest.MustGet(t, Open(dir), k, "sesame")
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := Open(dir).Get(t.Context(), k)
		if errors.Is(err, store.ErrLocked) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the kernel has not forgotten it after its second: %v", err)
		}
	}
}

func TestIdentityFromElsewhere(t *testing.T) {
	text, err := identityText()
	if err != nil {
		t.Fatal(err)
	}
	given := string(text)
	dir := filepath.Join(t.TempDir(), "vault")
	if _, err := Init(t.Context(), dir, Terms{Identity: text}); err != nil {
		t.Fatal(err)
	}
	times := 0
	source := func() ([]byte, error) { times++; return []byte(given), nil }
	opened := &Opened{}
	k := storetest.Key("https://a.test", "R", "alice")
	storetest.MustPut(t, Key{Source: source, Opened: opened}.Open(dir), k, "sesame")
	storetest.MustGet(t, Key{Source: source, Opened: opened}.Open(dir), k, "sesame")
	if times != 1 {
		t.Errorf("the source was read %d times: a descriptor gives its text once", times)
	}
	if s := files(t, dir); strings.Contains(s, "SECRET-KEY") {
		t.Error("the identity lies in the folder")
	}
	if _, err := Open(dir).Get(t.Context(), k); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "--vault-identity") {
		t.Errorf("without it: %v", err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	wrong := Key{Source: func() ([]byte, error) { return []byte(other.String()), nil }}.Open(dir)
	if _, err := wrong.Get(t.Context(), k); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "another identity") {
		t.Errorf("with another: %v", err)
	}
}
