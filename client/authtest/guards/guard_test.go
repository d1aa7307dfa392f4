package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A module with one guard, "if open", one test that watches it and one that
// does not.
var module = map[string]string{
	"go.mod":    "module m\n\ngo 1.26.0\n",
	"a/gate.go": "package a\n\nfunc Gate(open bool) bool {\n\tif !open {\n\t\treturn false\n\t}\n\treturn true\n}\n",
	"a/gate_test.go": `package a

import "testing"

func TestShut(t *testing.T) {
	if Gate(false) {
		t.Error("a shut gate let through")
	}
}

func TestOpen(t *testing.T) {
	if !Gate(true) {
		t.Error("an open gate did not")
	}
}
`,
}

const diff = `
diff --git a/a/gate.go b/a/gate.go
--- a/a/gate.go
+++ b/a/gate.go
@@ -1,8 +1,8 @@
 package a
 
 func Gate(open bool) bool {
-	if !open {
+	if false {
 		return false
 	}
 	return true
 }
`

func TestRun(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	for name, text := range module {
		write(t, filepath.Join(dir, name), text)
	}
	for _, c := range []struct {
		name, run, diff, want string
		failed                int
	}{
		{"watched", "^TestShut$", diff, "missed when it is gone", 0},
		{"unwatched", "^TestOpen$", diff, "passes without the guard", 1},
		{"no test", "^TestR99$", diff, "no test matches", 1},
		{"moved", "^TestShut$", strings.ReplaceAll(diff, "Gate", "Door"), "does not apply", 1},
		{"broken", "^TestShut$", strings.Replace(diff, "+\tif false", "+\tif 0", 1), "does not compile", 1},
	} {
		patch := filepath.Join(t.TempDir(), "x.patch")
		write(t, patch, "Rule: R1\nWhat: a shut gate\nPackage: ./a\nRun: "+c.run+"\n"+c.diff)
		var out bytes.Buffer
		failed, err := run(&out, dir, []string{patch})
		if err != nil || failed != c.failed || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: %d failed, %v; want %d and %q in:\n%s", c.name, failed, err, c.failed, c.want, out.String())
		}
	}
}

// Every patch that is there has a whole head, and its test a name.
func TestHeads(t *testing.T) {
	patches, err := filepath.Glob("testdata/*.patch")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range patches {
		if _, err := read(file); err != nil {
			t.Error(err)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.patch")
	write(t, bad, "Rule: R1\n"+diff)
	if _, err := read(bad); err == nil {
		t.Error("a patch without a head was read")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A patch whose guard has moved, or is another now, tells before "make guards"
// does.
func TestPatchesApply(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	patches, err := filepath.Glob("testdata/*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatalf("%d patches, %v", len(patches), err)
	}
	for _, p := range patches {
		g, err := read(p)
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		if out, err := command("../../..", "git", "apply", "--check", g.file); err != nil {
			t.Errorf("%s: %s", p, out)
		}
	}
}
