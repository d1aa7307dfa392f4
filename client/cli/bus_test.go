//go:build unix && !darwin

package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// busStop is where a D-Bus would be: it counts who comes, and turns all away.
func busStop(t *testing.T) (address string, calls *atomic.Int32) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	calls = &atomic.Int32{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			_ = c.Close()
		}
	}()
	return "unix:path=" + path, calls
}

// RULES R12: the keyring is called for nothing but a challenge or a remembered
// path. This is the real keyring, on a bus that counts.
func TestR12_NoCallOfTheKeyring(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/asks/") {
			w.Header().Set("WWW-Authenticate", `Basic realm="R"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer s.Close()
	address, calls := busStop(t)
	fetch := func(home string, urls ...string) int32 {
		t.Helper()
		calls.Store(0)
		cmd := getinCommand(t, append([]string{"--no-prompt", "-sS"}, urls...)...)
		cmd.Env = append(cmd.Env, "GETIN_TEST_KEYRING=", "DBUS_SESSION_BUS_ADDRESS="+address, "XDG_STATE_HOME="+home)
		out, err := cmd.CombinedOutput()
		if code := exitCode(t, err); code != 0 && code != exitAuth && code != exitLogin {
			t.Fatalf("exit %d: %s", code, out)
		}
		return calls.Load()
	}
	// Nothing is remembered: one fetch, 200, and 200 at once; and a page that asks.
	for _, urls := range [][]string{{s.URL + "/"}, {s.URL + "/[1-200]"}, {"-Z", s.URL + "/[1-200]"}, {s.URL + "/asks/"}} {
		if n := fetch(t.TempDir(), urls...); n != 0 {
			t.Errorf("%v: %d calls of the keyring, want none", urls, n)
		}
	}
	// What is remembered of another folder and another origin is nothing here.
	home := t.TempDir()
	o, err := auth.ParseOrigin(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	rememberBelow(t, home, o, "/docs/")
	o.Port++
	rememberBelow(t, home, o, "/")
	if n := fetch(home, s.URL+"/[1-200]"); n != 0 {
		t.Errorf("other paths: %d calls of the keyring, want none", n)
	}
	// The counter counts: a remembered path, and a challenge of that realm.
	for _, path := range []string{"/docs/x", "/asks/"} {
		if n := fetch(home, s.URL+path); n == 0 {
			t.Errorf("%s: the keyring was not called", path)
		}
	}
}

// rememberBelow puts an entry into the index that is at home there.
func rememberBelow(t *testing.T, home string, o auth.Origin, prefix string) {
	t.Helper()
	e := index.Entry{
		Space: auth.Space{Party: auth.Server, Origin: o, Realm: "R", HasRealm: true}, Kind: auth.Password, Account: "alice",
		Store: "keyring", State: index.Saved, Strength: auth.StrengthBasic, Prefixes: []string{prefix}, Saved: time.Unix(1, 0),
	}
	e.ID = store.KeyOf(e).ID()
	ix := index.Open(filepath.Join(home, "getin", "index"))
	err := ix.Update(context.Background(), auth.Server, o, func(f *index.File) error { f.Put(e); return nil })
	if err != nil {
		t.Fatal(fmt.Errorf("the index: %w", err))
	}
}
