package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// guard is one patch and what its head says.
type guard struct{ file, rule, what, pkg, run string }

func read(file string) (guard, error) {
	text, err := os.Open(file)
	if err != nil {
		return guard{}, err
	}
	defer func() { _ = text.Close() }()
	g := guard{}
	if g.file, err = filepath.Abs(file); err != nil {
		return g, err
	}
	fields := map[string]*string{"Rule": &g.rule, "What": &g.what, "Package": &g.pkg, "Run": &g.run}
	for lines := bufio.NewScanner(text); lines.Scan() && !strings.HasPrefix(lines.Text(), "--- "); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		if f := fields[name]; f != nil {
			*f = value
		}
	}
	for name, f := range fields {
		if *f == "" {
			return g, fmt.Errorf("%s: no line %q in its head", file, name)
		}
	}
	return g, nil
}

// run tries the patches on a copy of the module in dir, writes a line for each,
// and returns how many did not do what they should.
func run(out io.Writer, dir string, patches []string) (failed int, err error) {
	if len(patches) == 0 {
		return 0, errors.New("no patches")
	}
	tree, err := os.MkdirTemp("", "getin-guards-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(tree) }()
	if err := copyTree(tree, dir); err != nil {
		return 0, err
	}
	for _, file := range patches {
		g, err := read(file)
		if err != nil {
			return 0, err
		}
		verdict := "missed when it is gone"
		if err := g.try(tree); err != nil {
			failed++
			verdict = "NOT GUARDED: " + err.Error()
		}
		_, _ = fmt.Fprintf(out, "%-4s %-60s %s\n", g.rule, g.what, verdict)
	}
	_, _ = fmt.Fprintf(out, "%d guards, %d failed\n", len(patches), failed)
	return failed, nil
}

// copyTree copies the module without what is hidden, built, or a module of its
// own in the lab.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case rel == ".":
			return nil
		case d.IsDir() && (strings.HasPrefix(name, ".") || name == "lab" || name == "bench"):
			return filepath.SkipDir
		case d.IsDir():
			return os.Mkdir(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular() || rel == "getin":
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}

// try returns nil when the test passes with the guard and fails without it.
func (g guard) try(tree string) error {
	if out, err := g.test(tree); err != nil {
		return fmt.Errorf("the test fails with the guard in place:\n%s", out)
	} else if !strings.Contains(out, "--- PASS") {
		return fmt.Errorf("no test matches %s", g.run)
	}
	if out, err := command(tree, "git", "apply", g.file); err != nil {
		return fmt.Errorf("the patch does not apply:\n%s", out)
	}
	defer func() { _, _ = command(tree, "git", "apply", "-R", g.file) }()
	if out, err := command(tree, "go", "test", "-trimpath", "-c", "-o", os.DevNull, g.pkg); err != nil {
		return fmt.Errorf("the patched code does not compile:\n%s", out)
	}
	out, err := g.test(tree)
	if err == nil {
		return errors.New("the test passes without the guard")
	}
	if !strings.Contains(out, "--- FAIL") {
		return fmt.Errorf("the test did not fail but broke:\n%s", out)
	}
	return nil
}

func (g guard) test(tree string) (string, error) {
	return command(tree, "go", "test", "-trimpath", "-count=1", "-v", "-timeout=120s", "-run", g.run, g.pkg)
}

// command runs in the copy. GIT_CEILING_DIRECTORIES keeps git from taking the
// copy for a part of a repository around it, where it would apply nothing.
func command(tree string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(tree), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
