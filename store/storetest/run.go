package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/store"
)

// Key returns the key of a password for a server's realm. The origin is an
// absolute URL; a realm of "-" is an absent one. It panics on a bad origin,
// which only a test can give it.
func Key(origin, realm, account string) store.Key {
	o, err := auth.ParseOrigin(origin)
	if err != nil {
		panic(err)
	}
	k := store.Key{Space: auth.Space{Party: auth.Server, Origin: o, Realm: realm, HasRealm: true}, Kind: auth.Password, Account: account}
	if realm == "-" {
		k.Space.Realm, k.Space.HasRealm = "", false
	}
	return k
}

// MustPut stores a secret or ends the test.
func MustPut(t testing.TB, s store.Store, k store.Key, secret string) {
	t.Helper()
	c := auth.Credential{User: k.Account, Secret: auth.NewSecret(secret)}
	if err := s.Put(t.Context(), k, c); err != nil {
		t.Fatalf("put for %q: %v", k.Service(), err)
	}
}

// MustGet ends the test unless the secret is there under the key.
func MustGet(t testing.TB, s store.Store, k store.Key, secret string) {
	t.Helper()
	got, err := s.Get(t.Context(), k)
	if err != nil {
		t.Fatalf("get for %q: %v", k.Service(), err)
	}
	if got.Secret.Reveal() != secret || got.User != k.Account {
		t.Fatalf("got user %q, secret %.60q; want %q, %.60q", got.User, got.Secret.Reveal(), k.Account, secret)
	}
}

// MustMiss ends the test unless nothing is there under the key.
func MustMiss(t testing.TB, s store.Store, k store.Key) {
	t.Helper()
	if c, err := s.Get(t.Context(), k); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("get for %q, account %q: got secret %q, error %v; want %v", k.Service(), k.Account, c.Secret.Reveal(), err, store.ErrNotFound)
	}
}

// Run tests that what open returns does what store.Store promises. Each call of
// open may return a new store or the same one again; keys of one part do not
// meet those of another.
func Run(t *testing.T, open func() store.Store) {
	t.Run("round trip", func(t *testing.T) { roundTrip(t, open()) })
	t.Run("replace and delete", func(t *testing.T) { replaceAndDelete(t, open()) })
	t.Run("near keys", func(t *testing.T) { nearKeys(t, open()) })
	t.Run("context", func(t *testing.T) { endedContext(t, open()) })
	t.Run("list", func(t *testing.T) { list(t, open()) })
	t.Run("at once", func(t *testing.T) { atOnce(t, open()) })
}

func roundTrip(t *testing.T, s store.Store) {
	for name, secret := range map[string]string{
		"plain":            "correct horse",
		"empty":            "",
		"unicode":          "pässwörd 密码 🔑",
		"line ends":        "a\r\nb\n",
		"spaces around":    "  a ",
		"quotes":           `'"$(id)\"` + "`",
		"zero octet":       "a\x00b",
		"not UTF-8":        "\xff\xfe\x80",
		"what HTML dreads": "<a&b>",
		"a token":          strings.Repeat("0123456789abcdef", 64),
	} {
		t.Run(name, func(t *testing.T) {
			k := Key("https://roundtrip.test", name, "alice")
			MustMiss(t, s, k)
			MustPut(t, s, k, secret)
			MustGet(t, s, k, secret)
		})
	}
}

func replaceAndDelete(t *testing.T, s store.Store) {
	k := Key("https://replace.test", "R", "alice")
	if err := s.Delete(t.Context(), k); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("delete of what is not there: got %v, want %v", err, store.ErrNotFound)
	}
	MustPut(t, s, k, "old")
	MustPut(t, s, k, "new")
	MustGet(t, s, k, "new")
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatalf("delete: %v", err)
	}
	MustMiss(t, s, k)
}

// nearKeys stores under keys that differ in one part each: none may answer for
// another.
func nearKeys(t *testing.T, s store.Store) {
	keys := NearKeys()
	for i, k := range keys {
		MustMiss(t, s, k)
		MustPut(t, s, k, fmt.Sprint("secret ", i))
	}
	for i, k := range keys {
		MustGet(t, s, k, fmt.Sprint("secret ", i))
	}
}

// NearKeys returns keys of which any two name different credentials, though
// each is like another in all but one part.
func NearKeys() []store.Key {
	proxy := Key("https://near.test", "R", "alice")
	proxy.Space.Party = auth.Proxy
	token := Key("https://near.test", "R", "alice")
	token.Kind = auth.Token
	unbound := Key("https://near.test", "-", "alice")
	unbound.Unbound = true
	keys := []store.Key{
		proxy, token, unbound,
		Key("https://near.test", "R", "alice"),
		Key("http://near.test", "R", "alice"),
		Key("https://near.test:444", "R", "alice"),
		Key("https://near.test.attacker.test", "R", "alice"),
		Key("https://near.test", "r", "alice"),
		Key("https://near.test", "R ", "alice"),
		Key("https://near.test", "", "alice"),
		Key("https://near.test", "-", "alice"),
		Key("https://near.test", "caf\u00e9", "alice"),
		Key("https://near.test", "caf\xe9", "alice"),
		Key("https://near.test", "R\nalice", "alice"),
	}
	for _, account := range []string{
		"", "-", "%2D", "Alice", "alice:x", "al ice", "al+ice", "al%20ice", "ali\nce", "älice", "ali\xffce", "ali\ufffdce",
		strings.Repeat("a", 200), strings.Repeat("a", 201), strings.Repeat("a", 202),
	} {
		keys = append(keys, Key("https://near.test", "R", account))
	}
	return keys
}

// endedContext: a call whose context has ended says so and changes nothing.
func endedContext(t *testing.T, s store.Store) {
	k := Key("https://context.test", "R", "alice")
	MustPut(t, s, k, "kept")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Get(ctx, k)
	errs := map[string]error{
		"get":    err,
		"put":    s.Put(ctx, k, auth.Credential{User: "alice", Secret: auth.NewSecret("late")}),
		"delete": s.Delete(ctx, k),
	}
	for call, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", call, err, context.Canceled)
		}
	}
	MustGet(t, s, k, "kept")
}

// list: a store that lists what lies in it tells of every key, to the letter.
func list(t *testing.T, s store.Store) {
	l, ok := s.(store.Lister)
	if !ok {
		return
	}
	keys := NearKeys()
	for _, k := range keys {
		MustPut(t, s, k, "listed")
	}
	listed, err := l.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[store.Key]int{}
	for _, k := range listed {
		seen[k]++
	}
	for _, k := range keys {
		if seen[k] != 1 {
			t.Errorf("listed %d times: %+v", seen[k], k)
		}
	}
}

func atOnce(t *testing.T, s store.Store) {
	const writers, rounds = 8, 5
	shared := Key("https://atonce.test", "shared", "alice")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for r := range rounds {
				own := Key("https://atonce.test", fmt.Sprint(w), fmt.Sprint(r))
				for _, k := range []store.Key{own, shared} {
					c := auth.Credential{User: k.Account, Secret: auth.NewSecret(k.Service())}
					if err := s.Put(t.Context(), k, c); err != nil {
						t.Errorf("put: %v", err)
					}
				}
			}
		})
	}
	wg.Wait()
	MustGet(t, s, shared, shared.Service())
	for w := range writers {
		for r := range rounds {
			k := Key("https://atonce.test", fmt.Sprint(w), fmt.Sprint(r))
			MustGet(t, s, k, k.Service())
		}
	}
}
