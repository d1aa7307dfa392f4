package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// crashVar makes the test binary do something and die in the middle: "WHAT DIR
// STEP TIMES", after it came by the step so often.
const crashVar = "GETIN_TEST_VAULT_CRASH"

const crashed = 3 // its exit code then

var steps = []string{"made", "unsynced", "written", "renamed"}

func crash(what, dir, step, times string) int {
	left, err := strconv.Atoi(times)
	if err != nil {
		return 1
	}
	testOnlyWorkFactor = 10
	testOnlyStep = func(s string) {
		if s == step {
			if left--; left == 0 {
				os.Exit(crashed)
			}
		}
	}
	ctx, phrase := context.Background(), auth.NewSecret("correct horse")
	switch what {
	case "init":
		_, err = Init(ctx, dir, Terms{})
	case "init sealed":
		_, err = Init(ctx, dir, Terms{Passphrase: &phrase})
	case "put":
		err = Open(dir).Put(ctx, numbered("old", 0), auth.Credential{User: "0", Secret: auth.NewSecret("new")})
	case "delete":
		err = Open(dir).Delete(ctx, numbered("old", 0))
	case "single":
		_, err = Singles{dir}.Write(strings.Repeat("a", 64), []byte("new"))
	}
	fmt.Fprintln(os.Stderr, "not stopped:", err)
	return 1
}

func crashAt(t *testing.T, what, dir, step string, times int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), crashVar+"="+strings.Join([]string{what, dir, step, strconv.Itoa(times)}, "\x1f"))
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != crashed {
		t.Fatalf("%s, %s: the child ended with %v: %s", what, step, err, out)
	}
}

// RULES R3: a writer that dies at any step leaves the old vault or the new one,
// whole; the next writer waits for nobody and clears away what is left.
func TestR3_CrashWhileWriting(t *testing.T) {
	for _, what := range []string{"put", "delete"} {
		for _, step := range steps {
			v := newVault(t)
			storetest.MustPut(t, v, numbered("old", 0), "old")
			storetest.MustPut(t, v, numbered("other", 0), "other")
			crashAt(t, what, v.dir, step, 1)
			switch {
			case step != "renamed":
				storetest.MustGet(t, v, numbered("old", 0), "old")
			case what == "put":
				storetest.MustGet(t, v, numbered("old", 0), "new")
			default:
				storetest.MustMiss(t, v, numbered("old", 0))
			}
			storetest.MustGet(t, v, numbered("other", 0), "other")
			storetest.MustPut(t, v, numbered("after", 0), "after")
			if left, _ := filepath.Glob(v.path(tempPattern)); len(left) != 0 {
				t.Errorf("%s, %s: left behind: %q", what, step, left)
			}
		}
	}
}

// A vault that was made by halves is made by the same command again, by the
// identity that is there already.
func TestR3_CrashWhileMaking(t *testing.T) {
	testOnlyWorkFactor = 10
	defer func() { testOnlyWorkFactor = workFactor }()
	phrase := auth.NewSecret("correct horse")
	for what, terms := range map[string]Terms{"init": {}, "init sealed": {Passphrase: &phrase}} {
		for _, step := range steps {
			for times := 1; times <= 2; times++ { // the identity, and the vault
				dir := filepath.Join(t.TempDir(), "vault")
				crashAt(t, what, dir, step, times)
				_, err := Init(t.Context(), dir, terms)
				if done := step == "renamed" && times == 2; done == (err == nil) {
					t.Errorf("%s, %s %d: again: %v", what, step, times, err)
				}
				v := Key{Passphrase: func(context.Context, string, bool) (auth.Secret, error) { return auth.NewSecret("correct horse"), nil }}.Open(dir)
				storetest.MustPut(t, v, numbered("after", 0), "after")
				storetest.MustGet(t, v, numbered("after", 0), "after")
			}
		}
	}
}

// A file of a large secret that was written by halves is opened by nobody, and
// swept with the next.
func TestR3_CrashWhileWritingLarge(t *testing.T) {
	name := strings.Repeat("a", 64)
	for _, step := range []string{"made", "unsynced", "written"} {
		s := Singles{filepath.Join(t.TempDir(), "large")}
		release, err := s.Lock(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		old, err := s.Write(name, []byte("old"))
		if err != nil {
			t.Fatal(err)
		}
		release()
		crashAt(t, "single", s.Dir, step, 1)
		if b, err := s.Read(name, old); err != nil || string(b) != "old" {
			t.Errorf("%s: %q, %v", step, b, err)
		}
		s.Sweep(name, old)
		if left, _ := filepath.Glob(filepath.Join(s.Dir, "*.age")); len(left) != 1 {
			t.Errorf("%s: left behind: %q", step, left)
		}
		if _, err := s.Read(name, "AGE-SECRET-KEY-1"); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", step, err)
		}
	}
}
