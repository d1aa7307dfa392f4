package store_test

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// RULES R13. The hashes were computed apart from this program, with Python's
// hashlib and struct, over the fields of the rule. They must never change:
// keyrings are full of them.
func TestR13KeyFormat(t *testing.T) {
	server := storetest.Key("https://EXAMPLE.com/a?b", "caf\xe9", "alice")
	proxy := storetest.Key("http://proxy.test:3128", "-", "")
	proxy.Space.Party, proxy.Kind = auth.Proxy, auth.Token
	for _, tt := range []struct {
		key                store.Key
		service, user, pin string
	}{
		{server, "getin https://example.com:443 9b9cf016385dd474769051f223dc14c5", "alice", "8d4845620bd1c7c5e76c904cb7f8228a182587fb83bf27b7f5c17700da40e0b7"},
		{proxy, "getin proxy http://proxy.test:3128 47371ad31b861692d92c4b99e710fb93", "-", ""},
	} {
		if got := tt.key.Service(); got != tt.service {
			t.Errorf("service %q, want %q", got, tt.service)
		}
		if got := tt.key.User(); got != tt.user {
			t.Errorf("user %q, want %q", got, tt.user)
		}
		if got := tt.key.ID(); tt.pin != "" && got != tt.pin {
			t.Errorf("id %q, want %q", got, tt.pin)
		}
	}
}

func TestUserForms(t *testing.T) {
	for account, want := range map[string]string{
		"":                       "-",
		"-":                      "%2D",
		"--":                     "--",
		"alice":                  "alice",
		"alice@example.com":      "alice%40example.com",
		"a:b c%":                 "a%3Ab+c%25",
		"DOM\\bob":               "DOM%5Cbob",
		"é\xff\n":                "%C3%A9%FF%0A",
		strings.Repeat("a", 200): strings.Repeat("a", 200),
		strings.Repeat("a", 201): "sha256=70510b85e14b8cfab477f8b4cd505ba6ac93a7a2a35e2c0fefcd910e5b95961f",
		"sha256=70510b85e14b8cfab477f8b4cd505ba6ac93a7a2a35e2c0fefcd910e5b95961f": "sha256%3D70510b85e14b8cfab477f8b4cd505ba6ac93a7a2a35e2c0fefcd910e5b95961f",
	} {
		if got := storetest.Key("https://a.test", "R", account).User(); got != want {
			t.Errorf("%q: got %q, want %q", account, got, want)
		}
	}
}

// No two credentials are filed under one name, whichever way a platform joins
// the parts: Windows writes service, ":", user (SECURITY-CASES D1).
func TestD1_NearKeysAreFiledApart(t *testing.T) {
	joined, ids := map[string]store.Key{}, map[string]store.Key{}
	for _, k := range storetest.NearKeys() {
		name := k.Service() + ":" + k.User()
		if other, ok := joined[name]; ok {
			t.Errorf("%+v and %+v are both filed as %q", k, other, name)
		}
		if other, ok := ids[k.ID()]; ok {
			t.Errorf("%+v and %+v have one id", k, other)
		}
		joined[name], ids[k.ID()] = k, k
	}
}

// Realms of one MD5 sum, or that differ only in case, are two (SECURITY-CASES
// D1). The pair is that of Wang and Yu, "How to Break MD5 and Other Hash
// Functions", 2005.
func TestD1_RealmsThatNearlyCollide(t *testing.T) {
	one, err := hex.DecodeString("d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89" +
		"55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0" +
		"e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70")
	if err != nil {
		t.Fatal(err)
	}
	two := slices.Clone(one)
	for _, i := range []int{19, 45, 59, 83, 109, 123} {
		two[i] ^= 0x80
	}
	if md5.Sum(one) != md5.Sum(two) {
		t.Fatal("the pair is not one")
	}
	for _, pair := range [][2]string{{string(one), string(two)}, {"Realm", "realm"}, {"a\x00b", "a\x00c"}, {"caf\u00e9", "cafe\u0301"}} {
		a, b := storetest.Key("https://a.test", pair[0], "x"), storetest.Key("https://a.test", pair[1], "x")
		if a.ID() == b.ID() || a.Service() == b.Service() {
			t.Errorf("%q and %q are filed as one", pair[0], pair[1])
		}
	}
}

// Fields are hashed with their lengths: text moved from one to the next makes
// another key.
func TestFieldsDoNotRunTogether(t *testing.T) {
	a, b := storetest.Key("https://a.test", "Rpassword", "x"), storetest.Key("https://a.test", "R", "x")
	b.Kind = "passwordpassword"
	if a.ID() == b.ID() || a.Service() == b.Service() {
		t.Error("one key for two tuples")
	}
}

// SECURITY-CASES D11: a host that contains another one is another one.
func TestD11HostsThatContainEachOther(t *testing.T) {
	seen := map[string]string{}
	for _, host := range []string{"github.com", "github.com.attacker.test", "evilgithub.com", "hub.com", "a.github.com", "github.com.", "github.co"} {
		k := storetest.Key("https://"+host, "R", "alice")
		if other, ok := seen[k.Service()]; ok && host != "github.com." {
			t.Errorf("%s is filed as %s", host, other)
		}
		seen[k.Service()] = host
	}
}

// SECURITY-CASES G7: names stay within what platforms take however long the
// realm, the host or the account, and stay apart.
func TestG7LongNames(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	keys := []store.Key{
		storetest.Key("https://a.test", long, long), storetest.Key("https://a.test", long+"y", long+"y"),
		storetest.Key("https://"+long, "R", "alice"), storetest.Key("https://"+long+"y", "R", "bob"),
	}
	for i, k := range keys {
		checkNames(t, k)
		for _, other := range keys[:i] {
			if k.Service() == other.Service() || k.User() == other.User() {
				t.Errorf("two keys, one name: %q, %q", k.Service(), k.User())
			}
		}
	}
}

// checkNames holds names to what every platform takes: go-keyring refuses
// services of 512 octets on Windows, macOS' security(1) reads a line, and the
// Secret Service wants UTF-8 without NUL.
func checkNames(t *testing.T, k store.Key) {
	t.Helper()
	if n := len(k.Service()); n >= 512 {
		t.Errorf("service of %d octets", n)
	}
	if n := len(k.User()); n == 0 || n > 200 {
		t.Errorf("user of %d octets", n)
	}
	for _, name := range []string{k.Service(), k.User()} {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("not printable ASCII: %q", name)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add("R", "alice", "bob")
	f.Add("\x00", "-", "")
	f.Add("R", strings.Repeat("\xff", 300), "%2D")
	f.Fuzz(func(t *testing.T, realm, a, b string) {
		ka, kb := storetest.Key("https://a.test", realm, a), storetest.Key("https://a.test", realm, b)
		checkNames(t, ka)
		if a != b && (ka.User() == kb.User() || ka.ID() == kb.ID()) {
			t.Errorf("%q and %q are one", a, b)
		}
	})
}
