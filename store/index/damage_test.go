package index

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"getin/client/auth"
)

func TestG10_Modes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	dir := filepath.Join(t.TempDir(), "index")
	add(t, Open(dir), entry(t, "R", "alice", "1"))
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		fi, err := n.Info()
		if err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", n.Name(), fi.Mode(), err)
		}
	}
	if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v %v", fi.Mode(), err)
	}
}

// A folder that others may write to says nothing about consent.
func TestG10_FolderOfOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	e := entry(t, "R", "alice", "1")
	err := Open(dir).Update(t.Context(), auth.Server, e.Space.Origin, func(f *File) error { f.Put(e); return nil })
	if err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("error %v", err)
	}
}

// A link in place of a file is neither read nor written through.
func TestG10_SymbolicLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links take a privilege on Windows")
	}
	e := entry(t, "R", "alice", "1")
	dir, target := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	ix := Open(dir)
	text, err := encode(File{Party: auth.Server, Origin: e.Space.Origin, Entries: []Entry{e}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		base(auth.Server, e.Space.Origin) + suffix, "." + hash(auth.Server, e.Space.Origin) + ".new",
		"." + hash(auth.Server, e.Space.Origin) + ".lock",
	} {
		locking := strings.HasSuffix(name, ".lock")
		link := filepath.Join(dir, name)
		_ = os.Remove(link) // the lock, when it is there already
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		if f, _ := ix.Load(auth.Server, e.Space.Origin); len(f.Entries) != 0 {
			t.Errorf("%s: read through the link", name)
		}
		err := ix.Update(t.Context(), auth.Server, e.Space.Origin, func(f *File) error {
			f.Put(entry(t, "R", "mallory", "2"))
			return nil
		})
		if locking && err == nil {
			t.Errorf("%s: locked through the link", name)
		}
		if now, err := os.ReadFile(target); err != nil || string(now) != string(text) {
			t.Errorf("%s: written through the link", name)
		}
		_ = os.Remove(link)
		_ = os.Remove(filepath.Join(dir, base(auth.Server, e.Space.Origin)+suffix))
	}
}

// What a newer program wrote is neither read nor changed.
func TestR13_NewerVersion(t *testing.T) {
	e := entry(t, "R", "alice", "1")
	dir := t.TempDir()
	path := filepath.Join(dir, base(auth.Server, e.Space.Origin)+suffix)
	text := `{"v":2,"party":"server","origin":"https://a.test:443","entries":{"shape":"unknown"}}`
	// The shape may differ in every way, but the version is where it was.
	for _, text := range []string{text, `{"v":2,"all":"new"}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ix := Open(dir)
		if f, err := ix.Load(auth.Server, e.Space.Origin); !errors.Is(err, ErrNewer) || len(f.Entries) != 0 {
			t.Errorf("load: %v, %d entries", err, len(f.Entries))
		}
		err := ix.Update(t.Context(), auth.Server, e.Space.Origin, func(f *File) error { f.Put(e); return nil })
		if !errors.Is(err, ErrNewer) {
			t.Errorf("update: %v", err)
		}
		if _, problems := ix.All(); len(problems) != 1 || !errors.Is(problems[0], ErrNewer) {
			t.Errorf("all: %v", problems)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("the file is now %q", now)
		}
	}
}

// A damaged file is put aside, told once, and does not stop anything.
func TestR13_DamagedIsSetAside(t *testing.T) {
	e := entry(t, "R", "alice", "1")
	good, err := encode(File{Party: auth.Server, Origin: e.Space.Origin, Entries: []Entry{e}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "half": string(good[:len(good)/2]), "list": "[]", "zeros": strings.Repeat("\x00", 100),
		"other origin": strings.Replace(string(good), "a.test", "b.test", 1),
		"other party":  strings.Replace(string(good), `"server"`, `"proxy"`, 1),
		"no identity":  strings.Replace(string(good), e.ID, "1234", 1),
		"bad state":    strings.Replace(string(good), `"saved"`, `"lost"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, base(auth.Server, e.Space.Origin)+suffix)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var told []error
			ix := Open(dir)
			ix.Warn = func(err error) { told = append(told, err) }
			if _, problems := ix.All(); len(problems) != 1 {
				t.Errorf("All reports %v", problems)
			}
			for range 2 {
				if f := load(t, ix, auth.Server, e.Space.Origin); len(f.Entries) != 0 {
					t.Errorf("read %+v", f.Entries)
				}
			}
			if len(told) != 1 || !errors.Is(told[0], ErrDamaged) {
				t.Errorf("told %v", told)
			}
			aside, _ := filepath.Glob(filepath.Join(dir, "*.damaged-*"))
			if len(aside) != 1 {
				t.Fatalf("set aside: %v", aside)
			}
			if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != text {
				t.Errorf("kept %q", kept)
			}
			add(t, ix, e)
			if f := load(t, ix, auth.Server, e.Space.Origin); len(f.Entries) != 1 {
				t.Errorf("after that, %d entries", len(f.Entries))
			}
		})
	}
}

// Fields of a later program of the same version survive, at every level.
func TestR13_UnknownFieldsSurvive(t *testing.T) {
	e := entry(t, "R", "alice", "1")
	dir := t.TempDir()
	path := filepath.Join(dir, base(auth.Server, e.Space.Origin)+suffix)
	text := `{"v":1,"party":"server","origin":"https://a.test:443","registration":{"client_id":"x"},
		"entries":[{"id":"` + e.ID + `","kind":"password","account":"alice","store":"keyring","state":"saved","realm":"R","later":["y"]}],
		"consents":[{"realm":"R","cleartext":true,"token_endpoint":"https://z"}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ix := Open(dir)
	err := ix.Update(t.Context(), auth.Server, e.Space.Origin, func(f *File) error {
		f.Put(e) // a new value knows nothing of the old one's extras
		f.Consent(e.Space).Keys = []string{"sha256//AAAA"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"client_id":"x"`, `"later":["y"]`, `"token_endpoint":"https://z"`, `"/docs/"`, "sha256//AAAA"} {
		if !strings.Contains(string(now), want) {
			t.Errorf("%s is gone from\n%s", want, now)
		}
	}
}

// A file that was renamed to pass for another origin's is not believed.
func TestD11_MovedFile(t *testing.T) {
	dir := t.TempDir()
	ix := Open(dir)
	e := entry(t, "R", "alice", "1")
	add(t, ix, e)
	from := filepath.Join(dir, base(auth.Server, e.Space.Origin)+suffix)
	evil := origin(t, "https://evil.test")
	if err := os.Rename(from, filepath.Join(dir, base(auth.Server, evil)+suffix)); err != nil {
		t.Fatal(err)
	}
	if entries, problems := ix.All(); len(entries) != 0 || len(problems) != 1 {
		t.Errorf("All: %v %v", entries, problems)
	}
	if f := load(t, ix, auth.Server, evil); len(f.Entries) != 0 {
		t.Errorf("evil.test has %+v", f.Entries)
	}
}
