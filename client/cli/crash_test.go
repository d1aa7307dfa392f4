package cli

import (
	"context"
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

// diesVar tells a getin of the tests at which step to die: there is one before
// and one after each call of its keyring.
const diesVar = "GETIN_TEST_DIES"

const died = 9 // its exit code then

// dying is a keyring whose process dies in the middle.
type dying struct {
	storetest.Dir
	left *int
}

// dyingPlace returns the script's keyring, or one whose process will die.
func dyingPlace(d storetest.Dir) store.Store {
	n, err := strconv.Atoi(os.Getenv(diesVar))
	if err != nil {
		return d
	}
	return dying{d, &n}
}

func (d dying) step() {
	if *d.left--; *d.left == 0 {
		os.Exit(died)
	}
}

func (d dying) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	d.step()
	defer d.step()
	return d.Dir.Get(ctx, k)
}

func (d dying) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	d.step()
	defer d.step()
	return d.Dir.Put(ctx, k, c)
}

func (d dying) Delete(ctx context.Context, k store.Key) error {
	d.step()
	defer d.step()
	return d.Dir.Delete(ctx, k)
}

// home is a user's folders, for a getin of the tests with a keyring of files.
type home struct {
	t    *testing.T
	dir  string
	link *exec.Cmd
}

func newHome(t *testing.T) home {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "keyring"), 0o700); err != nil {
		t.Fatal(err)
	}
	return home{t, dir, getinCommand(t)}
}

func (h home) run(dies int, stdin string, args ...string) (code int, out string) {
	h.t.Helper()
	cmd := exec.Command(h.link.Path, args...)
	cmd.Env = append(os.Environ(), "GETIN_TEST_KEYRING="+filepath.Join(h.dir, "keyring"))
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"} {
		cmd.Env = append(cmd.Env, name+"="+filepath.Join(h.dir, name))
	}
	if dies > 0 {
		cmd.Env = append(cmd.Env, diesVar+"="+strconv.Itoa(dies))
	}
	cmd.Stdin = strings.NewReader(stdin)
	b, err := cmd.CombinedOutput()
	return exitCode(h.t, err), string(b)
}

func (h home) must(stdin string, args ...string) string {
	h.t.Helper()
	code, out := h.run(0, stdin, args...)
	if code != 0 {
		h.t.Fatalf("%v: exit %d: %s", args, code, out)
	}
	return out
}

// RULES R3: whenever a migration dies, each secret lies where its entry says; the
// same command ends it, and nothing is left behind.
func TestR3_CrashWhileMigrating(t *testing.T) {
	if testing.Short() {
		t.Skip("some forty migrations")
	}
	for _, way := range [][2]string{{"keyring", "vault"}, {"vault", "keyring"}} {
		before := newHome(t)
		before.must("", "store", "init")
		before.must("secret-one", "realms", "add", "https://a.test/", "--realm", "R", "--account", "alice", "--secret-stdin", "--store", way[0])
		before.must("protocol=https\nhost=a.test\nusername=bob\npassword=secret-two\n\n", "helper", "git", "store", "--store", way[0])
		for step := 1; ; step++ {
			h := newHome(t)
			if err := os.RemoveAll(h.dir); err != nil {
				t.Fatal(err)
			}
			if err := copyFolder(h.dir, before.dir); err != nil {
				t.Fatal(err)
			}
			code, out := h.run(step, "", "store", "migrate", way[1], "--store", way[0])
			if code == 0 {
				if step < 8 {
					t.Errorf("from %s to %s takes %d steps: are they counted?", way[0], way[1], step-1)
				}
				break
			}
			if code != died {
				t.Fatalf("step %d from %s to %s: exit %d: %s", step, way[0], way[1], code, out)
			}
			h.holds(step)
			h.must("", "store", "migrate", way[1], "--store", way[0])
			if all := h.holds(step); strings.Count(all, `"secret":`) != 2 {
				t.Errorf("step %d from %s to %s: in the end\n%s", step, way[0], way[1], all)
			}
			if n, _ := (storetest.Dir{Path: filepath.Join(h.dir, "keyring")}).Items(); n != map[string]int{"vault": 0, "keyring": 2}[way[1]] {
				t.Errorf("step %d from %s to %s: %d items in the keyring", step, way[0], way[1], n)
			}
			if status := h.must("", "store", "status", "--store", way[0]); !strings.Contains(status, "entries    0\n") {
				t.Errorf("step %d from %s to %s: %s", step, way[0], way[1], status)
			}
		}
	}
}

// holds returns all that is stored, and demands both secrets of it.
func (h home) holds(step int) string {
	h.t.Helper()
	_, all := h.run(0, "", "realms", "export", "json", "--reveal", "--yes")
	for _, secret := range []string{"secret-one", "secret-two"} {
		if !strings.Contains(all, secret) {
			h.t.Errorf("step %d: %s is lost\n%s", step, secret, all)
		}
	}
	return all
}

// copyFolder copies files and folders with their modes, which os.CopyFS does
// not keep.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.Mkdir(at, 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, b, 0o600)
	})
}
