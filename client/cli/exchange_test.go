package cli

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

// odd makes a text of what is odd in names, realms and secrets.
func odd(r *rand.Rand, least int) string {
	pieces := []string{
		"alice", " ", `"`, `'`, `\`, ":", "#", "@", "%41", "é", "密码", "🔑", "\u202e", "\n", "\r\n", "\x00", "\xff", "\x1b[2J", "machine", "<&>",
	}
	var b strings.Builder
	for range least + r.IntN(5) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(10) == 0 {
		b.WriteString(strings.Repeat("x", 10<<10))
	}
	return b.String()
}

// oddCredential is the n-th of a test's, each of another key.
func oddCredential(r *rand.Rand, n int) (store.Key, auth.Credential) {
	k := store.Key{Kind: auth.Password, Account: odd(r, 1), Space: auth.Space{
		Party: auth.Server, Origin: auth.Origin{Scheme: "https", Host: fmt.Sprintf("h%d.test", n), Port: 443},
	}}
	if k.Space.HasRealm = r.IntN(3) > 0; k.Space.HasRealm {
		k.Space.Realm = odd(r, 0)
	}
	c := auth.Credential{User: k.Account, Secret: auth.NewSecret(odd(r, 1))}
	switch r.IntN(4) {
	case 0:
		k.Space.Party = auth.Proxy
	case 1:
		k.Kind, k.Space.Resource = auth.Token, "https://h.test/.well-known/x"
		c.Grant = &auth.Grant{
			Issuer: "https://as.test", TokenEndpoint: "https://as.test/token", ClientID: "getin",
			Refresh: auth.NewSecret("rt"), Expires: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
		}
	case 2:
		k.Kind = auth.Key
	}
	return k, c
}

// What is exported as JSON, in clear or to a key of age's, is all there again
// after import: no octet of a user name, realm or secret is lost, nor what stands
// behind a token.
func TestExportRoundTrip(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for format, args := range map[string][]string{"json": nil, "age": {"--recipient", id.Recipient().String()}} {
		r := rand.New(rand.NewPCG(1, 6))
		from, stdout, stderr := testSystem(t)
		w := &store.Wallet{Keep: *from.Keep, Index: index.Open(indexDir(from))}
		all := map[store.Key]auth.Credential{}
		for n := range 60 {
			k, c := oddCredential(r, n)
			all[k] = c
			if err := w.Add(t.Context(), k, c, index.Entry{Prefixes: []string{"/a b/"}, Strength: auth.StrengthBasic, Default: n%2 == 0}); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(dir, format)
		if code := Main(append([]string{"realms", "export", format, "--reveal", "--yes", "-o", file}, args...), from); code != exitOK {
			t.Fatalf("%s: exit %d, %s", format, code, stderr)
		}
		if format == "age" {
			decryptFile(t, file, id)
		}
		to, stdout2, stderr2 := testSystem(t)
		if code := Main([]string{"realms", "import", "json", file, "--yes"}, to); code != exitOK || stderr2.Len() > 0 {
			t.Fatalf("%s: exit %d, %s", format, code, stderr2)
		}
		for k, want := range all {
			if got, err := to.Keep.Store.Get(t.Context(), k); err != nil || !store.Same(k, got, want) {
				t.Errorf("%s: %+v: %v", format, k, err)
			}
		}
		stdout.Reset()
		stdout2.Reset()
		for _, sys := range []*System{from, to} {
			if code := Main([]string{"realms", "export", "json", "--reveal", "--yes"}, sys); code != exitOK {
				t.Fatal(stderr, stderr2)
			}
		}
		if stdout.String() != stdout2.String() {
			t.Errorf("%s: exported again it is another", format)
		}
	}
}

// decryptFile does what age -d does.
func decryptFile(t *testing.T, name string, id age.Identity) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plain, err := age.Decrypt(f, id)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// liar keeps something else than it was given.
type liar struct{ storetest.Dir }

func (l liar) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	c.Secret = auth.NewSecret("another")
	return l.Dir.Put(ctx, k, c)
}

// What was imported is read back before the file goes that it came from.
func TestR3_ImportIsReadBack(t *testing.T) {
	sys, stdout, stderr := testSystem(t)
	l := liar{sys.Keep.Store.(storetest.Dir)}
	sys.Keep.Store, sys.Keep.Quiet = l, l
	file := filepath.Join(t.TempDir(), "netrc")
	const text = "machine a.example login alice password wonderland\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code := Main([]string{"realms", "import", "netrc", file, "--yes", "--overwrite"}, sys)
	if code != exitAuth || strings.Contains(stdout.String(), "verified") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != text {
		t.Errorf("the file: %q, %v", b, err)
	}
}
