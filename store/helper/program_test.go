//go:build unix

package helper_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/helper"
	"getin/store/storetest"
)

// gitHelper and dockerHelper are programs as others ship them, of a few lines:
// they keep one secret in a file, and note how they were called.
const gitHelper = `#!/bin/sh
dir=$(dirname "$0"); echo "$#:$1" >>"$dir/calls"; cat >"$dir/in"
case $1 in
get) if [ -f "$dir/kept" ]; then cat "$dir/kept"; fi ;;
store) grep -E '^(username|password)=' "$dir/in" >"$dir/kept" ;;
erase) rm -f "$dir/kept" ;;
esac
`

const dockerHelper = `#!/bin/sh
dir=$(dirname "$0"); echo "$#:$1" >>"$dir/calls"; cat >"$dir/in"
case $1 in
get) if [ -f "$dir/kept" ]; then cat "$dir/kept"; else echo "credentials not found in native keychain"; exit 1; fi ;;
store) cp "$dir/in" "$dir/kept" ;;
erase) rm -f "$dir/kept" ;;
esac
`

// install puts a program into a folder of PATH and returns what it was told.
func install(t *testing.T, name, text string) (p *helper.Program, read func(string) string) {
	t.Helper()
	dir := t.TempDir()
	protocol, _, _ := strings.Cut(name, "-")
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := helper.ParseProgram(protocol+":x", path(dir))
	if err != nil {
		t.Fatal(err)
	}
	return p, func(file string) string {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return ""
		}
		return string(b)
	}
}

func path(list ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		return strings.Join(list, string(filepath.ListSeparator)), name == "PATH"
	}
}

func TestPrograms(t *testing.T) {
	for name, text := range map[string]string{"git-credential-x": gitHelper, "docker-credential-x": dockerHelper} {
		p, read := install(t, name, text)
		k := storetest.Key("https://a.test:8443", "R", "alice")
		storetest.MustMiss(t, p, k)
		for _, secret := range []string{"wonderland", ` "quoted" \ pässwörd=`, strings.Repeat("x", 5000)} {
			storetest.MustPut(t, p, k, secret)
			storetest.MustGet(t, p, k, secret)
		}
		if in := read("in"); !strings.Contains(in, "a.test:8443") {
			t.Errorf("%s was asked %q", name, in)
		}
		any := k
		any.Account = ""
		if c, err := p.Get(t.Context(), any); err != nil || c.User != "alice" {
			t.Errorf("%s: any account: %q, %v", name, c.User, err)
		}
		storetest.MustMiss(t, p, storetest.Key("https://a.test:8443", "R", "bob"))
		if err := p.Delete(t.Context(), k); err != nil {
			t.Errorf("%s: delete: %v", name, err)
		}
		storetest.MustMiss(t, p, k)
		if strings.Contains(read("calls"), "2:") || !strings.Contains(read("calls"), "1:get") {
			t.Errorf("%s was called with %q", name, read("calls"))
		}
		proxy, token := k, k
		proxy.Space.Party, token.Kind = auth.Proxy, auth.Token
		for _, k := range []store.Key{proxy, token} {
			if _, err := p.Get(t.Context(), k); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// E3: a line end in a value reaches no program.
func TestE3_NothingOfTwoLinesIsSent(t *testing.T) {
	p, read := install(t, "git-credential-x", gitHelper)
	for _, k := range []store.Key{storetest.Key("https://a.test", "R", "al\nice"), storetest.Key("https://a.test", "R", "al\rice"), storetest.Key("https://a.test", "R", "al\x00ice")} {
		if _, err := p.Get(t.Context(), k); err == nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", k.Account, err)
		}
	}
	if err := p.Put(t.Context(), storetest.Key("https://a.test", "R", "alice"), cred("x\nhost=b.test")); err == nil {
		t.Error("a secret of two lines was sent")
	}
	if read("calls") != "" {
		t.Errorf("the program was called: %q", read("calls"))
	}
}

// E5: an answer for another host than was asked is none.
func TestE5_AnswerForAnotherHost(t *testing.T) {
	p, _ := install(t, "git-credential-x", "#!/bin/sh\nprintf 'protocol=https\\nhost=b.test\\nusername=alice\\npassword=x\\n'\n")
	if c, err := p.Get(t.Context(), storetest.Key("https://a.test", "R", "alice")); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("%q, %v", c.Secret.Reveal(), err)
	}
}

// A program that fails, talks without end, says nothing of use, or whose answer
// has expired.
func TestProgramsThatFail(t *testing.T) {
	k := storetest.Key("https://a.test", "R", "alice")
	for script, want := range map[string]error{
		"exit 3":                store.ErrUnavailable,
		"yes x=y":               store.ErrUnavailable,
		"echo quit=1":           store.ErrNotFound,
		"echo username=alice":   store.ErrNotFound,
		"printf 'password=\\n'": store.ErrNotFound,
		"printf 'password=x\\npassword_expiry_utc=1000\\n'": store.ErrNotFound,
		"printf 'username=bob\\npassword=x\\n'":             store.ErrNotFound,
	} {
		p, _ := install(t, "git-credential-x", "#!/bin/sh\n"+script+"\n")
		if _, err := p.Get(t.Context(), k); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", script, err, want)
		}
	}
	p, _ := install(t, "docker-credential-x", "#!/bin/sh\necho no JSON\n")
	if _, err := p.Get(t.Context(), k); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("%v", err)
	}
	p, _ = install(t, "docker-credential-x", `#!/bin/sh
echo '{"ServerURL":"a.test","Username":"<token>","Secret":"identity"}'
`)
	k.Account = ""
	if _, err := p.Get(t.Context(), k); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an identity token was taken for a password: %v", err)
	}
}

// R15: what a helper may be called.
func TestR15_NamesOfPrograms(t *testing.T) {
	for _, bad := range []string{
		"", "git", "git:", "git:../x", "git:x/y", "git:/bin/sh", "git:!sh", "git:x y", "git:x;y", "git:x.y", "git:é", "docker:x\n", "npm:x", "x",
	} {
		if p, err := helper.ParseProgram(bad, path()); !errors.Is(err, helper.ErrName) {
			t.Errorf("%q: %v, %v", bad, p, err)
		}
	}
	for _, good := range []string{"git:cache", "docker:secretservice", "git:A-b_9"} {
		if p, err := helper.ParseProgram(good, path()); err != nil || p.String() != good {
			t.Errorf("%q: %v, %v", good, p, err)
		}
	}
}

// R15, J5: a program is found in absolute folders of PATH, and in no other.
func TestR15_J5_ProgramsOfTheWorkingFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"git-credential-x", "sub/git-credential-x"} {
		if err := os.WriteFile(file, []byte(gitHelper), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, list := range [][]string{{}, {""}, {"."}, {"sub"}, {"./sub", ""}} {
		p, err := helper.ParseProgram("git:x", path(list...))
		if err != nil {
			t.Fatal(err)
		}
		if found, err := p.Path(); err == nil {
			t.Errorf("PATH %q: %s", list, found)
		}
		if _, err := p.Get(t.Context(), storetest.Key("https://a.test", "R", "")); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("PATH %q: %v", list, err)
		}
	}
	p, _ := helper.ParseProgram("git:x", path("sub", filepath.Join(dir, "sub")))
	if found, err := p.Path(); err != nil || found != filepath.Join(dir, "sub", "git-credential-x") {
		t.Errorf("%s, %v", found, err)
	}
	if err := os.Chmod("sub/git-credential-x", 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := p.Path(); err == nil {
		t.Errorf("a file that is no program: %s", found)
	}
}

func cred(secret string) auth.Credential {
	return auth.Credential{User: "alice", Secret: auth.NewSecret(secret)}
}
