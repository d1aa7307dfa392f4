package index

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
)

// What was agreed to and accepted is kept without any entry (--no-save).
func TestR8_StrengthWithoutEntry(t *testing.T) {
	ix := Open(t.TempDir())
	o := origin(t, "https://a.test")
	err := ix.Update(t.Context(), auth.Server, o, func(f *File) error {
		f.Accept(auth.StrengthDigestSHA256, "/docs/")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f := load(t, ix, auth.Server, o)
	for path, want := range map[string]auth.Strength{
		"/docs/": auth.StrengthDigestSHA256, "/docs/a/b": auth.StrengthDigestSHA256, "/other": 0, "/": 0, "/docsx": 0,
		"/x/..%2fdocs/a": auth.StrengthDigestSHA256, // read as /docs/a by some servers
	} {
		u, err := url.Parse("https://a.test" + path)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Strongest(u); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	id := func(s string) Entry { return Entry{ID: s + strings.Repeat("0", idDigits-len(s)), Store: "keyring"} }
	list := []Entry{id("3f2a1"), id("3f2a2"), id("7777"), {ID: id("7777").ID, Store: "vault"}}
	for i, want := range []string{"3f2a1", "3f2a2", "7777", "7777"} {
		if got := Short(list[i].ID, list); got != want {
			t.Errorf("Short(%s…) = %s, want %s", list[i].ID[:5], got, want)
		}
	}
	for prefix, want := range map[string][]int{"3f2a1": {0}, "3F2A2": {1}, "7": {2, 3}, list[0].ID: {0}} {
		got, err := Resolve(prefix, list)
		if err != nil || len(got) != len(want) || got[0].ID != list[want[0]].ID {
			t.Errorf("Resolve(%s) = %v, %v", prefix, got, err)
		}
	}
	for prefix, want := range map[string]error{"3f2a": ErrAmbiguous, "": ErrNoEntry, "8": ErrNoEntry, list[0].ID + "0": ErrNoEntry} {
		if got, err := Resolve(prefix, list); !errors.Is(err, want) {
			t.Errorf("Resolve(%q) = %v, %v; want %v", prefix, got, err, want)
		}
	}
}

func TestR13_Prefixes(t *testing.T) {
	var e Entry
	for _, p := range []string{"/a/b/", "/a/c", "/a/c/d", "/a/b/x/", "/ab/"} {
		e.AddPrefixes(p)
	}
	if want := []string{"/a/b/", "/a/c", "/ab/"}; !slices.Equal(e.Prefixes, want) {
		t.Errorf("prefixes %v, want %v", e.Prefixes, want)
	}
	if e.AddPrefixes("/a/b/q/") || !e.AddPrefixes("/a/") || !slices.Equal(e.Prefixes, []string{"/ab/", "/a/"}) {
		t.Errorf("a wider one: %v", e.Prefixes)
	}
	for i := range 30 {
		e.AddPrefixes("/n" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + "/")
	}
	if len(e.Prefixes) != 20 || slices.Contains(e.Prefixes, "/a/") || !slices.Contains(e.Prefixes, "/ndx/") {
		t.Errorf("%d prefixes: %v", len(e.Prefixes), e.Prefixes)
	}
}

// However many paths a server makes up, what is strongest is not forgotten.
func TestR8_StrengthsAreNotFlooded(t *testing.T) {
	var f File
	f.Accept(auth.StrengthDigestSHA256, "/secret/place/")
	for i := range 200 {
		f.Accept(auth.StrengthBasic, "/n"+strings.Repeat("x", i)+"/")
	}
	if len(f.Strengths) > maxPrefixes {
		t.Errorf("%d are kept", len(f.Strengths))
	}
	u := &url.URL{Scheme: "https", Host: "a.test", Path: "/secret/place/x"}
	if got := f.Strongest(u); got != auth.StrengthDigestSHA256 {
		t.Errorf("strongest is now %v", got)
	}
	if f.Accept(auth.StrengthBasic, "/secret/place/") {
		t.Error("a weaker one under a stronger is news")
	}
	if f.Accept(0, "/imported/") {
		t.Error("what nobody has judged is news")
	}
}
