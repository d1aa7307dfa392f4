package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"getin/prompt"
	"getin/store"
	"getin/store/storetest"
)

// testSystem is a system with a keyring in a folder, a home of its own, no
// terminal and an empty environment.
func testSystem(t *testing.T) (sys *System, stdout, stderr *bytes.Buffer) {
	t.Helper()
	home := t.TempDir()
	keyring := storetest.Dir{Path: t.TempDir()}
	env := map[string]string{"HOME": home, "XDG_RUNTIME_DIR": filepath.Join(home, "run")}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	stdin, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	return &System{
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Lookup:   func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Unset:    func(name string) error { delete(env, name); return nil },
		Terminal: func(context.Context) (*prompt.Terminal, error) { return nil, prompt.ErrNoTerminal },
		Keep:     &store.Place{Name: "keyring", Store: keyring, Quiet: keyring},
	}, stdout, stderr
}
