package index

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
)

func origin(t testing.TB, s string) auth.Origin {
	t.Helper()
	o, err := auth.ParseOrigin(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// entry returns an entry with every field set, its ID made of one digit.
func entry(t testing.TB, realm, account, digit string) Entry {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return Entry{
		ID:    strings.Repeat(digit, idDigits),
		Space: auth.Space{Party: auth.Server, Origin: origin(t, "https://a.test"), Realm: realm, HasRealm: true},
		Kind:  auth.Password, Account: account, Store: "keyring", State: Saved,
		Strength: auth.StrengthDigestSHA256, Charset: "UTF-8", Domain: "/x /y", Prefixes: []string{"/docs/", "/img/"},
		Last: "/docs/a%20b", Default: true,
		Saved: at("2026-01-02T03:04:05Z"), Used: at("2026-01-03T03:04:05Z"), RefusedAt: at("2026-01-04T03:04:05Z"),
		Refused: 2,
	}
}

func add(t testing.TB, ix *Index, entries ...Entry) {
	t.Helper()
	for _, e := range entries {
		err := ix.Update(t.Context(), e.Space.Party, e.Space.Origin, func(f *File) error { f.Put(e); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func load(t testing.TB, ix *Index, p *auth.Party, o auth.Origin) File {
	t.Helper()
	f, err := ix.Load(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every field comes back, whatever octets a server has put into its realm.
func TestR13_RoundTrip(t *testing.T) {
	realms := []string{"", "plain", "quote\" and \\", "pässwort 密码", "Latin-1 \xe4", "\x00\x1b[2J\xff", "<a&b>", "\u2028"}
	ix := Open(filepath.Join(t.TempDir(), "state", "index"))
	var want []Entry
	for i, realm := range realms {
		e := entry(t, realm, "alice\xff"[:5+i%2], string("0123456789abcdef"[i]))
		want = append(want, e)
	}
	absent := entry(t, "", "bob", "f")
	absent.Space.HasRealm = false
	want = append(want, absent)
	add(t, ix, want...)
	f := load(t, ix, auth.Server, origin(t, "https://a.test"))
	if len(f.Entries) != len(want) {
		t.Fatalf("%d entries, want %d", len(f.Entries), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(f.Entries[i], want[i]) {
			t.Errorf("realm %q came back as\n%+v, want\n%+v", want[i].Space.Realm, f.Entries[i], want[i])
		}
	}
}

// The proxy and the server at one address, and origins that look alike, have
// files of their own.
func TestD15_PartiesAndOriginsApart(t *testing.T) {
	ix := Open(t.TempDir())
	server := entry(t, "R", "alice", "1")
	proxy := server
	proxy.Space.Party = auth.Proxy
	proxy.Account = "squid"
	add(t, ix, server, proxy)
	for _, e := range []Entry{server, proxy} {
		f := load(t, ix, e.Space.Party, e.Space.Origin)
		if len(f.Entries) != 1 || f.Entries[0].Account != e.Account {
			t.Errorf("%v: %+v", e.Space.Party, f.Entries)
		}
	}
	for _, other := range []string{"http://a.test", "https://a.test:8443", "https://b.a.test", "https://a.test.evil"} {
		if f := load(t, ix, auth.Server, origin(t, other)); len(f.Entries) != 0 {
			t.Errorf("%s has the entries of https://a.test", other)
		}
	}
}

// No host makes a name that is long, hidden, reserved or leads elsewhere.
func TestR13_FileNames(t *testing.T) {
	seen := map[string]string{}
	for _, host := range []string{
		"a", "con", "..", "a/../../b", `a\b`, ".hidden", strings.Repeat("x", 5000), strings.Repeat("x", 5001),
		"::1", "fe80::1%eth0", "a b", "a:b", "xn--mnchen-3ya.de", "A", "a\x00",
	} {
		o := auth.Origin{Scheme: "https", Host: host, Port: 443}
		for _, p := range []*auth.Party{auth.Server, auth.Proxy} {
			name := base(p, o)
			if len(name) > 140 || strings.ContainsAny(name, "/\\:\x00 ") || strings.HasPrefix(name, ".") || filepath.Base(name) != name {
				t.Errorf("host %.20q, %v: name %q", host, p, name)
			}
			if was, ok := seen[name]; ok {
				t.Errorf("%q and %q share the name %q", was, host, name)
			}
			seen[name] = host
		}
	}
}

// With its last entry the file goes; the origin's name does not stay behind.
func TestR13_LastEntryTakesTheFile(t *testing.T) {
	dir := t.TempDir()
	ix := Open(dir)
	a, b := entry(t, "R", "alice", "1"), entry(t, "S", "bob", "2")
	add(t, ix, a, b)
	change := func(f func(*File)) {
		err := ix.Update(t.Context(), auth.Server, a.Space.Origin, func(file *File) error { f(file); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func(f *File) {
		f.Consent(a.Space).ClearText = true
		f.Consent(b.Space).ClearText = true
		f.Accept(auth.StrengthDigestMD5, "/")
	})
	change(func(f *File) { f.Remove(a.ID, a.Store) })
	f := load(t, ix, auth.Server, a.Space.Origin)
	if f.Agreed(a.Space).ClearText || !f.Agreed(b.Space).ClearText || len(f.Strengths) != 1 {
		t.Errorf("after the first: %+v", f)
	}
	change(func(f *File) { f.Remove(b.ID, b.Store) })
	names, _ := os.ReadDir(dir)
	for _, n := range names {
		if strings.Contains(n.Name(), "a.test") {
			t.Errorf("%s is left", n.Name())
		}
	}
}

// A change that fails leaves the file as it was.
func TestUpdateOfAnError(t *testing.T) {
	ix := Open(t.TempDir())
	e := entry(t, "R", "alice", "1")
	add(t, ix, e)
	oops := errors.New("oops")
	err := ix.Update(t.Context(), auth.Server, e.Space.Origin, func(f *File) error { f.Entries = nil; return oops })
	if !errors.Is(err, oops) || len(load(t, ix, auth.Server, e.Space.Origin).Entries) != 1 {
		t.Errorf("error %v", err)
	}
}

// At every step of a write a reader finds the old text or the new one, and one
// that has the old file open reads it to its end.
func TestR13_ReplacedWhole(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows replaces no file that is open")
	}
	dir := t.TempDir()
	ix := Open(dir)
	old, e := entry(t, "R", "alice", "1"), entry(t, "S", "bob", "2")
	add(t, ix, old)
	f, err := os.Open(filepath.Join(dir, base(auth.Server, e.Space.Origin)+suffix))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"unsynced": 1, "written": 1, "renamed": 2}
	testOnlyStep = func(step string) {
		if got := load(t, ix, auth.Server, e.Space.Origin); len(got.Entries) != want[step] {
			t.Errorf("%s: %d entries", step, len(got.Entries))
		}
		delete(want, step)
	}
	defer func() { testOnlyStep = func(string) {} }()
	add(t, ix, e)
	if text, err := io.ReadAll(f); err != nil || string(text) != string(before) || len(want) != 0 {
		t.Errorf("the open file holds %q, %v; steps not seen: %v", text, err, want)
	}
}

// Update waits for the lock until its context ends; TryUpdate does not wait.
func TestR13_Lock(t *testing.T) {
	dir := t.TempDir()
	e := entry(t, "R", "alice", "1")
	nothing := func(*File) error { return nil }
	err := Open(dir).Update(t.Context(), auth.Server, e.Space.Origin, func(*File) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := Open(dir).Update(ctx, auth.Server, e.Space.Origin, nothing); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second Update: %v", err)
		}
		if ok, err := Open(dir).TryUpdate(auth.Server, e.Space.Origin, nothing); ok || err != nil {
			t.Errorf("a second TryUpdate: %v %v", ok, err)
		}
		if ok, err := Open(dir).TryUpdate(auth.Proxy, e.Space.Origin, nothing); !ok || err != nil {
			t.Errorf("another file is locked too: %v %v", ok, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := Open(dir).TryUpdate(auth.Server, e.Space.Origin, nothing); !ok || err != nil {
		t.Errorf("after it: %v %v", ok, err)
	}
}

// Load and All touch no folder that is not there.
func TestReadingMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	ix := Open(dir)
	load(t, ix, auth.Server, origin(t, "https://a.test"))
	if entries, problems := ix.All(); entries != nil || problems != nil {
		t.Errorf("all: %v %v", entries, problems)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}
