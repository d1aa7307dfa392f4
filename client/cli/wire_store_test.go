package cli

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"getin/client/auth"
	"getin/store"
)

// noted remembers each secret that goes through a store.
type noted struct {
	store.Store
	store.Lister
	mu   sync.Mutex
	seen []auth.Secret
}

func (n *noted) note(s auth.Secret) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !s.Empty() {
		n.seen = append(n.seen, s)
	}
}

func (n *noted) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	c, err := n.Store.Get(ctx, k)
	n.note(c.Secret)
	return c, err
}

func (n *noted) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	n.note(c.Secret)
	return n.Store.Put(ctx, k, c)
}

// Security case G9: whatever a command does with secrets, at its end they are
// overwritten.
func TestG9_CommandsWipe(t *testing.T) {
	server := stagingServer(t)
	sys, stdout, stderr := testSystem(t)
	n := &noted{Store: sys.Keep.Store, Lister: sys.Keep.Store.(store.Lister)}
	sys.Keep.Store, sys.Keep.Quiet = n, n
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	pw, list := file("pw", "wonderland"), file("netrc", "machine a.example login alice password x\nmachine b.example login bob password secret\n")
	url := server.URL + "/basic/"
	for _, args := range [][]string{
		{"login", "--account", "alice", "--secret-file", pw, url},
		{url, "--no-prompt"},
		{"realms", "add", "--realm", "R", "--account", "carol", "--secret-file", pw, "https://c.example/"},
		{"realms", "import", "netrc", list, "--yes"},
		{"realms", "check", "alice", "127.0.0.1"},
		{"realms", "export", "json", "--reveal", "--yes"},
		{"realms", "export", "netrc", "--reveal", "--yes", "-o", filepath.Join(dir, "out")},
		{"helper", "netrc", "https://a.example/"},
		{"store", "init", filepath.Join(dir, "vault")},
		{"store", "migrate", "vault:" + filepath.Join(dir, "vault")},
	} {
		n.seen = nil
		if code := Main(args, sys); code != exitOK {
			t.Fatalf("%q: exit %d, %s", args, code, stderr)
		}
		for _, s := range n.seen {
			if !s.Wiped() {
				t.Errorf("%q left a secret of %d octets", args, len(s.Reveal()))
			}
		}
		if len(n.seen) == 0 && args[1] != "init" {
			t.Errorf("%q held no secret: %s", args, stdout)
		}
	}
}
