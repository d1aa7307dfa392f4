//go:build unix

package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
)

// listing returns an index of so many origins whose list is written at once.
func listing(t *testing.T, n int) *Index {
	t.Helper()
	eager(t, -time.Hour)
	ix := Open(t.TempDir())
	for i := range n {
		e := entry(t, "R", "alice", "1")
		e.Space.Origin.Host = fmt.Sprintf("h%d.test", i)
		add(t, ix, e)
	}
	sameAsAll(t, ix)
	return ix
}

func eager(t *testing.T, wait time.Duration) {
	testOnlyWorthwhile, testOnlySettled = 1, wait
	t.Cleanup(func() { testOnlyWorthwhile, testOnlySettled = worthwhile, settled })
}

// sameAsAll demands that List says what All says.
func sameAsAll(t *testing.T, ix *Index) []Entry {
	t.Helper()
	want, wrong := ix.All()
	got, problems := ix.List()
	if !reflect.DeepEqual(got, want) || fmt.Sprint(problems) != fmt.Sprint(wrong) {
		t.Errorf("%d entries, problems %v; want %d and %v", len(got), problems, len(want), wrong)
	}
	return got
}

func (ix *Index) kept() []listed { return readList(filepath.Join(ix.dir, listFile)) }

// What is listed comes from the list, as long as the files look as they did.
func TestListIsUsed(t *testing.T) {
	ix := listing(t, 5)
	kept := ix.kept()
	if len(kept) != 5 {
		t.Fatalf("%d files in the list", len(kept))
	}
	e := entry(t, "R", "mallory", "2")
	kept[2].entries = encodeEntries([]Entry{e})
	if err := os.WriteFile(filepath.Join(ix.dir, listFile), encodeList(kept), 0o600); err != nil {
		t.Fatal(err)
	}
	got, problems := ix.List()
	if len(got) != 5 || len(problems) != 0 || !reflect.DeepEqual(got[2], e) {
		t.Errorf("%+v, %v", got, problems)
	}
	if all, _ := ix.All(); all[2].Account != "alice" {
		t.Error("All has read the list")
	}
}

// Nothing that happens to a file, through this package or past it, is hidden by
// the list: damage least of all.
func TestListHidesNothing(t *testing.T) {
	ix := listing(t, 8)
	o := origin(t, "https://h3.test")
	path := ix.path(auth.Server, o)
	overwrite := func(with func([]byte) []byte) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		old, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, with(text), 0o600); err != nil {
			t.Fatal(err)
		}
		// As a careful intruder, or a copy that keeps the times.
		if err := os.Chtimes(path, old.ModTime(), old.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		what string
		do   func()
		want int
		ill  int
	}{
		{"changed", func() {
			err := ix.Update(t.Context(), auth.Server, o, func(f *File) error { f.Entries[0].Refused = 7; return nil })
			if err != nil {
				t.Fatal(err)
			}
		}, 8, 0},
		{"added", func() { add(t, ix, entry(t, "R", "bob", "2")) }, 9, 0},
		{"written over in place", func() {
			overwrite(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("alice"), []byte("carol")) })
		}, 9, 0},
		{"damaged in place", func() { overwrite(func(b []byte) []byte { return bytes.ToUpper(b) }) }, 8, 1},
		{"cut", func() { overwrite(func([]byte) []byte { return nil }) }, 8, 1},
		{"a link", func() {
			if err := errors.Join(os.Remove(path), os.Symlink(ix.path(auth.Server, origin(t, "https://h4.test")), path)); err != nil {
				t.Fatal(err)
			}
		}, 8, 1},
		{"gone", func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, 8, 0},
		{"with more than is known", func() {
			path = ix.path(auth.Server, origin(t, "https://h5.test"))
			overwrite(func(b []byte) []byte { return bytes.Replace(b, []byte(`"id":`), []byte(`"more":1,"id":`), 1) })
		}, 8, 0},
	} {
		step.do()
		for range 2 { // before the list follows, and after
			if got, problems := ix.List(); len(got) != step.want || len(problems) != step.ill {
				t.Errorf("%s: %d entries, problems %v", step.what, len(got), problems)
			}
			sameAsAll(t, ix)
		}
	}
}

// A file so young that a change would not show is not taken into the list.
func TestListOfYoungFiles(t *testing.T) {
	ix := listing(t, 3)
	testOnlySettled = settled
	if err := os.Remove(filepath.Join(ix.dir, listFile)); err != nil {
		t.Fatal(err)
	}
	sameAsAll(t, ix)
	if text, err := os.ReadFile(filepath.Join(ix.dir, listFile)); err != nil || len(decodeList(text)) != 0 {
		t.Errorf("%v, %d files", err, len(decodeList(text)))
	}
}

// A list that is damaged, of another program, or a link is as none; it is
// replaced, and nothing else is touched.
func TestListIsNoLoss(t *testing.T) {
	ix := listing(t, 5)
	path := filepath.Join(ix.dir, listFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, text := range map[string][]byte{
		"empty": {}, "cut": good[:len(good)-1], "flipped": flipped, "longer": append(bytes.Clone(good), 0),
		"another's": signed(bytes.Replace(good[:len(good)-4], []byte("Account"), []byte("Acc0unt"), 1)),
	} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if n := len(ix.kept()); n != 0 {
			t.Errorf("%s: %d files are read from it", name, n)
		}
		sameAsAll(t, ix)
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, good) {
			t.Errorf("%s: not replaced, %v", name, err)
		}
	}
	target := filepath.Join(t.TempDir(), "precious")
	if err := errors.Join(os.WriteFile(target, good, 0o600), os.Remove(path), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
	if n := len(ix.kept()); n != 0 {
		t.Error("read through a link")
	}
	sameAsAll(t, ix)
	if fi, err := os.Lstat(path); err != nil || fi.Mode() != 0o600 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
	if err := os.Chmod(ix.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(ix.dir, 0o700) }()
	_ = os.WriteFile(path, nil, 0o600) // it cannot be replaced
	sameAsAll(t, ix)
}

func signed(b []byte) []byte {
	b = bytes.Clone(b)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// Every field that an entry has comes back from the list. A field of a kind that
// it cannot hold needs lines in shape, appendValue and value.
func TestListHoldsEveryField(t *testing.T) {
	if s := shape(reflect.TypeFor[Entry]()); strings.Contains(s, "?") {
		t.Fatalf("it cannot hold all of %s", s)
	}
	var e Entry
	fillIn(reflect.ValueOf(&e).Elem())
	e.Space.Party = auth.Proxy
	for _, want := range []Entry{e, {Space: auth.Space{Party: auth.Server}}} {
		got, ok := appendDecoded(nil, encodeEntries([]Entry{want}))
		if !ok || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%v:\n%+v, want\n%+v", ok, got, want)
		}
	}
}

// fillIn gives every field a value that is not its zero.
func fillIn(v reflect.Value) {
	switch {
	case !v.CanSet() || v.Kind() == reflect.Pointer:
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.Date(1960, 1, 2, 3, 4, 5, 67, time.UTC)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fillIn(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillIn(v.Index(1))
	case v.Kind() == reflect.String:
		v.SetString("a\xff\n")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(-1 << 62)
	case v.CanUint():
		v.SetUint(65535)
	}
}

// Thirty-two processes that store, remove and list at once.
func TestListManyProcesses(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range children {
		c, said := start(t, fmt.Sprintf("list-%d", i), dir)
		wait.Go(func() {
			if err := c.Wait(); err != nil {
				t.Errorf("a child: %v: %s", err, said)
			}
		})
	}
	wait.Wait()
	eager(t, -time.Hour)
	if got := sameAsAll(t, Open(dir)); len(got) != children {
		t.Errorf("%d entries, want %d", len(got), children)
	}
	sameAsAll(t, Open(dir))
}

// Whatever lies in the list, reading it does no harm.
func FuzzList(f *testing.F) {
	good := encodeEntries([]Entry{entry(f, "R", "alice", "1")})
	f.Add(encodeList([]listed{{"a.json", stamp{1, 2, 3, 4}, good}})[len(listHead()):])
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, l := range decodeList(signed(append([]byte(listHead()), text...))) {
			if entries, ok := appendDecoded(nil, l.entries); ok && len(entries) > 0 && encodeEntries(entries) == "" {
				t.Error("entries of nothing")
			}
		}
	})
}
