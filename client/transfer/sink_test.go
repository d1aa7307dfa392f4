package transfer

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func write(t *testing.T, s *Sink, text string) error {
	t.Helper()
	if _, err := s.Write([]byte(text)); err != nil {
		_ = s.Close()
		return err
	}
	return s.Close()
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSinkTouchesNothingBeforeTheFirstOctet(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	put(t, name, "old")
	s := &Sink{Path: name}
	if err := s.Close(); err != nil || content(t, name) != "old" || s.Name() != "" {
		t.Errorf("%v, %q, name %q", err, content(t, name), s.Name())
	}
}

func TestSinkOverwrites(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	put(t, name, "something longer")
	for _, noFollow := range []bool{false, true} {
		s := &Sink{Path: name, NoFollow: noFollow}
		if err := write(t, s, "new"); err != nil || content(t, name) != "new" || s.Name() != name || s.Written() != 3 {
			t.Errorf("%v, %q, name %q, %d", err, content(t, name), s.Name(), s.Written())
		}
	}
}

func TestH1_JNeverOverwrites(t *testing.T) { // rule-J-exists, CVE-2020-8177
	name := filepath.Join(t.TempDir(), "a")
	put(t, name, "old")
	s := &Sink{Path: name, Exists: Refuse, NoFollow: true}
	err := write(t, s, "new")
	var w *WriteError
	if !errors.As(err, &w) || !errors.Is(err, fs.ErrExist) || content(t, name) != "old" {
		t.Errorf("%v, %q", err, content(t, name))
	}
	if err := s.Remove(); err != nil || content(t, name) != "old" {
		t.Errorf("remove: %v", err)
	}
	if want := "writing " + name + ": file exists"; err.Error() != want {
		t.Errorf("message %q, want %q", err, want)
	}
}

func TestH7SymbolicLinks(t *testing.T) { // rule-J-symlink, CVE-2014-4877
	for _, target := range []string{"there", "dangling"} {
		for name, c := range map[string]struct {
			sink    Sink
			follows bool
		}{
			"-o": {Sink{}, true},
			"-O": {Sink{NoFollow: true}, false},
			"-J": {Sink{NoFollow: true, Exists: Refuse}, false},
		} {
			t.Run(name+" "+target, func(t *testing.T) {
				dir := t.TempDir()
				victim, link := filepath.Join(dir, "victim"), filepath.Join(dir, "link")
				if target == "there" {
					put(t, victim, "old")
				}
				if err := os.Symlink(victim, link); err != nil {
					t.Skip("no symbolic links here:", err)
				}
				c.sink.Path = link
				err := write(t, &c.sink, "new")
				b, _ := os.ReadFile(victim)
				switch {
				case c.follows && (err != nil || string(b) != "new"):
					t.Errorf("%v, %q", err, b)
				case !c.follows && (err == nil || string(b) == "new"):
					t.Errorf("went through the link: %v, %q", err, b)
				}
			})
		}
	}
}

func TestNoClobberNumbers(t *testing.T) { // rule-no-clobber
	name := filepath.Join(t.TempDir(), "a")
	put(t, name, "old")
	for _, want := range []string{name + ".1", name + ".2"} {
		s := &Sink{Path: name, Exists: Number}
		if err := write(t, s, "new"); err != nil || s.Name() != want || content(t, want) != "new" {
			t.Errorf("%v, name %q, want %q", err, s.Name(), want)
		}
	}
	if content(t, name) != "old" {
		t.Error("clobbered")
	}
	for i := 3; i <= maxNumber; i++ {
		if err := write(t, &Sink{Path: name, Exists: Number}, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(t, &Sink{Path: name, Exists: Number}, "x"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("past the last number: %v", err)
	}
}

func TestH6RemoveTakesOnlyOwnFiles(t *testing.T) { // CVE-2022-27778
	name := filepath.Join(t.TempDir(), "a")
	put(t, name, "old")
	numbered := &Sink{Path: name, Exists: Number}
	_, _ = numbered.Write([]byte("part"))
	if err := numbered.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(name + ".1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the new file is still there: %v", err)
	}
	over := &Sink{Path: name}
	_, _ = over.Write([]byte("part"))
	if err := over.Remove(); err != nil || content(t, name) != "part" {
		t.Errorf("a file that was there before is gone, or %v", err)
	}
	if err := over.Remove(); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestCreateDirs(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x", "y", "a")
	if err := write(t, &Sink{Path: name}, "new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without: %v", err)
	}
	if err := write(t, &Sink{Path: name, CreateDirs: true}, "new"); err != nil || content(t, name) != "new" {
		t.Errorf("with: %v", err)
	}
}

func TestSinkWithoutAPath(t *testing.T) {
	var b bytes.Buffer
	var last int64
	s := &Sink{Out: &b, Progress: func(n int64) { last = n }}
	if err := write(t, s, "abc"); err != nil || b.String() != "abc" || last != 3 || s.SpliceFile() != nil {
		t.Errorf("%v, %q, %d", err, b.String(), last)
	}
	if err := write(t, &Sink{}, "to nowhere"); err != nil {
		t.Error(err)
	}
}

func TestWriteErrors(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	var we *WriteError
	if err := write(t, &Sink{Out: w}, "x"); !errors.As(err, &we) || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("closed pipe: %v", err)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here:", err)
	}
	err = write(t, &Sink{Path: "/dev/full"}, "x")
	if !errors.As(err, &we) || !errors.Is(err, syscall.ENOSPC) || err.Error() != "writing /dev/full: no space left on device" {
		t.Errorf("full: %v", err)
	}
}
