package index

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
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
		"entries":[{"id":"` + e.ID + `","kind":"password","account":"alice","store":"keyring","state":"saved","realm":"R","issuer":["y"]}],
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
	for _, want := range []string{`"client_id":"x"`, `"issuer":["y"]`, `"token_endpoint":"https://z"`, `"/docs/"`, "sha256//AAAA"} {
		if !strings.Contains(string(now), want) {
			t.Errorf("%s is gone from\n%s", want, now)
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
}
