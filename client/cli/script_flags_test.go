package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptFlags are the flags that a script shows, by its file: what stands behind
// "# flags: " in its first line, by their long names. They are for what a case
// of TestCurl cannot show, above all on a terminal.
func scriptFlags(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(b), "\n")
		if names, ok := strings.CutPrefix(line, "# flags: "); ok {
			all[file] = strings.Split(names, ", ")
		}
	}
	return all
}

// No flag that a script shows can be taken out unnoticed.
func TestScriptsNeedTheirFlags(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the scripts have terminals of Unix")
	}
	table := fetchFlags()
	for file, names := range scriptFlags(t) {
		for _, name := range names {
			t.Run(filepath.Base(file)+"/"+name, func(t *testing.T) {
				t.Parallel()
				i := slices.IndexFunc(table, func(d flagDef) bool { return d.name == name })
				if i < 0 {
					t.Fatal("not in the table")
				}
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				text, found := withoutFlag(string(b), &table[i])
				if !found {
					t.Fatal("in no command")
				}
				if !scriptFails(t, text) {
					t.Error("the script passes without it")
				}
			})
		}
	}
}

// withoutFlag takes the flag out of every command of the script.
func withoutFlag(script string, d *flagDef) (without string, found bool) {
	word := ` (?:` + strings.Join(spellings(d), "|") + `)`
	if d.arg != "" {
		word += ` \S+`
	}
	flag := regexp.MustCompile(word + `( |$|\n)`)
	var kept strings.Builder
	for line := range strings.Lines(script) {
		if strings.Contains(line, "getin ") && flag.MatchString(line) {
			line, found = flag.ReplaceAllString(line, "$1"), true
		}
		kept.WriteString(line)
	}
	return kept.String(), found
}

// scriptFails runs the script, for ten seconds at most: then it fails.
func scriptFails(t *testing.T, script string) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "without.txtar")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	p := scriptParams()
	p.Files = []string{file}
	p.Deadline = time.Now().Add(10 * time.Second)
	r := &dryRun{}
	testscript.RunT(r, p)
	return r.failed
}

// dryRun is a testscript.T for a script that ought to fail.
type dryRun struct{ failed bool }

func (r *dryRun) Skip(...any)   { runtime.Goexit() }
func (r *dryRun) Fatal(...any)  { r.FailNow() }
func (r *dryRun) Parallel()     {}
func (r *dryRun) Log(...any)    {}
func (r *dryRun) Verbose() bool { return false }

func (r *dryRun) FailNow() {
	r.failed = true
	runtime.Goexit()
}

func (r *dryRun) Run(_ string, f func(testscript.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
}
