package exchange

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/store"
)

// pieces are what odd names, realms and secrets are made of.
var pieces = []string{
	"a", "alice", " ", "  ", `"`, `'`, `\`, `\\`, `\n`, ":", "::", "#", "@", "/", "%", "%41", "é", "密码", "🔑", "\u202e", "=", ",", ";", "$(id)",
	"machine", "default", "<", ">", "&", "+", "\u00a0", "END", "K 3",
}

// octetPieces are those that only a format for any octets can hold.
var octetPieces = append(slices.Clone(pieces), "\n", "\r\n", "\t", "\x00", "\xff", "\x7f", "\x1b[2J")

func odd(r *rand.Rand, from []string, least int) string {
	var b strings.Builder
	for range least + r.IntN(6) {
		b.WriteString(from[r.IntN(len(from))])
	}
	if r.IntN(20) == 0 {
		b.WriteString(strings.Repeat("x", 10<<10))
	}
	return b.String()
}

func oddItem(r *rand.Rand, from []string, n int) Item {
	o := auth.Origin{Scheme: "https", Host: fmt.Sprintf("h%d.test", n), Port: []uint16{443, 8443}[r.IntN(2)]}
	return Item{
		Key:    store.Key{Space: auth.Space{Party: auth.Server, Origin: o}, Kind: auth.Password, Account: odd(r, from, 1), Unbound: true},
		Secret: auth.NewSecret(odd(r, from, 0)),
	}
}

// same compares all of two items.
func same(a, b Item) bool {
	return a.Key == b.Key && a.Secret.Equal(b.Secret) && slices.Equal(a.Paths, b.Paths) && a.Strength == b.Strength &&
		a.Charset == b.Charset && a.Default == b.Default
}

func wantItems(t *testing.T, what string, got Found, err error, want []Item) {
	t.Helper()
	if err != nil || len(got.Skipped) > 0 || len(got.Items) != len(want) {
		t.Fatalf("%s: %d items of %d, skipped %q, %v", what, len(got.Items), len(want), got.Skipped, err)
	}
	for i := range want {
		if !same(got.Items[i], want[i]) {
			t.Errorf("%s: %+v, %q became %+v, %q", what, want[i].Key, want[i].Secret.Reveal(), got.Items[i].Key, got.Items[i].Secret.Reveal())
		}
	}
}

const rounds = 2000

// Our own JSON loses nothing: no octet of a user name, realm or secret.
func TestJSONRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var items []Item
	for n := range rounds {
		i := oddItem(r, octetPieces, n)
		if r.IntN(2) == 0 {
			i.Key.Unbound, i.Key.Space.HasRealm, i.Key.Space.Realm = false, true, odd(r, octetPieces, 0)
			i.Strength, i.Charset, i.Default = auth.StrengthDigestSHA256, "UTF-8", r.IntN(2) == 0
		}
		if r.IntN(3) == 0 {
			i.Key.Kind, i.Paths = auth.Token, []string{"/a/", "/b"}
		}
		if r.IntN(4) == 0 {
			i.Key.Space.Party = auth.Proxy
		}
		items = append(items, i)
	}
	text, err := WriteJSON(items, true)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadJSON(string(text))
	wantItems(t, "json", got, err, items)
	bare, err := WriteJSON(items[:1], false)
	if err != nil || bytes.Contains(bare, []byte("secret")) {
		t.Errorf("without secrets: %s, %v", bare, err)
	}
}

func TestNetrcRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var items []Item
	for n := range rounds {
		items = append(items, oddItem(r, pieces, n))
	}
	text, skipped := WriteNetrc(items)
	if len(skipped) > 0 {
		t.Fatalf("skipped %q", skipped)
	}
	got, err := readNetrc(text)
	wantItems(t, "netrc", got, err, items)
}

// What git, Subversion and the browsers write, by their rules, is read as it was
// meant.
func TestForeignRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var git, table strings.Builder
	rows := csv.NewWriter(&table)
	_ = rows.Write([]string{"name", "url", "username", "password", "note"})
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "svn.simple"), 0o700); err != nil {
		t.Fatal(err)
	}
	var items, bound []Item
	for n := range 300 {
		i := oddItem(r, pieces, n)
		if i.Secret.Empty() {
			i.Secret = auth.NewSecret("x")
		}
		items = append(items, i)
		o := i.Key.Space.Origin
		u := url.URL{Scheme: o.Scheme, Host: o.HostPort(), User: url.UserPassword(i.Key.Account, i.Secret.Reveal())}
		git.WriteString(u.String() + "\n")
		_ = rows.Write([]string{"x", o.Display() + "/login?x=1", i.Key.Account, i.Secret.Reveal(), ""})

		i.Key.Unbound, i.Key.Space.HasRealm, i.Key.Space.Realm = false, true, odd(r, octetPieces, 0)
		bound = append(bound, i)
		var dump strings.Builder
		for _, p := range [][2]string{
			{"passtype", "simple"}, {"password", i.Secret.Reveal()}, {"svn:realmstring", "<" + o.String() + "> " + i.Key.Space.Realm}, {"username", i.Key.Account},
		} {
			fmt.Fprintf(&dump, "K %d\n%s\nV %d\n%s\n", len(p[0]), p[0], len(p[1]), p[1])
		}
		dump.WriteString("END\n")
		if err := os.WriteFile(filepath.Join(dir, "svn.simple", fmt.Sprintf("%04d", n)), []byte(dump.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows.Flush()
	got, err := readGit(git.String())
	wantItems(t, "git-credentials", got, err, items)
	got, err = readCSV(table.String())
	wantItems(t, "csv", got, err, items)
	got, err = readSvn(dir)
	wantItems(t, "svn", got, err, bound)
	if len(got.Files) != 300 {
		t.Errorf("%d files", len(got.Files))
	}
}

// What a netrc cannot hold is told, and not written otherwise.
func TestNetrcTellsWhatItCannotHold(t *testing.T) {
	item := func(change func(*Item)) Item {
		i := Item{Key: store.Key{Space: auth.Space{Party: auth.Server, Origin: auth.Origin{Scheme: "https", Host: "a.test", Port: 443}}, Kind: auth.Password, Account: "alice"}, Secret: auth.NewSecret("x")}
		change(&i)
		return i
	}
	text, skipped := WriteNetrc([]Item{
		item(func(*Item) {}),
		item(func(i *Item) { i.Key.Space.Realm, i.Key.Space.HasRealm = "another", true }),
		item(func(i *Item) { i.Key.Space.Party = auth.Proxy }),
		item(func(i *Item) { i.Key.Space.Origin.Scheme = "http" }),
		item(func(i *Item) { i.Key.Kind, i.Key.Account = auth.Token, "" }),
		item(func(i *Item) { i.Key.Account, i.Secret = "b", auth.NewSecret("two\nmachine evil.test") }),
	})
	if text != "machine a.test login alice password x\n" || len(skipped) != 5 {
		t.Errorf("%q, skipped %q", text, skipped)
	}
}
