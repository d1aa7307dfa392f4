//go:build unix

// Pseudo-terminals exist on Unix only.
package cli

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"getin/client/h1"
	"getin/prompt"
)

// encryptedPair writes a certificate and its key, which "sesame" opens.
func encryptedPair(t *testing.T) (cert, key string) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", "curl", "cert-askpass.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "in/"); ok && strings.HasSuffix(name, ".pem") {
			if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}

// The pass phrase of a key is asked for hidden, kept when the person agrees, and
// then found in silence (rule R13, kind "key").
func TestR13KeyPassPhrase(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.TLS.PeerCertificates[0].Subject.CommonName))
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	cert, key := encryptedPair(t)
	sys, stdout, stderr := testSystem(t)
	nobody := func(context.Context) (*prompt.Terminal, error) { return nil, prompt.ErrNoTerminal }
	run := func(want int, answers [][2]string, flags ...string) {
		t.Helper()
		stdout.Reset()
		stderr.Reset()
		sys.Terminal = nobody
		args := append(flags, "-k", "-E", cert, "--key", key, server.URL)
		done := make(chan int)
		var s *screen
		if answers != nil {
			s = newScreen(t)
			sys.Terminal = s.open
		}
		go func() { done <- Main(args, sys) }()
		for _, a := range answers {
			s.answer(a[0], a[1])
		}
		if code := <-done; code != want || want == exitOK && stdout.String() != "client" {
			t.Fatalf("%q: exit %d, %q, %s", args, code, stdout, stderr)
		}
		if s != nil && strings.Contains(s.text(), "sesame") {
			t.Errorf("shown:\n%s", s.text())
		}
	}
	question := [2]string{"  pass phrase: ", "sesame\r"}
	run(exitOK, [][2]string{question, {"  keep it in the keyring? [Y/n]: ", "n\r"}})
	run(int(h1.ClientCert), nil)
	run(exitOK, [][2]string{question}, "--no-save")
	run(exitOK, [][2]string{question}, "--no-store")
	run(int(h1.ClientCert), nil)

	run(exitOK, [][2]string{{"  pass phrase: ", "wrong\r"}, {"  wrong pass phrase\n  pass phrase: ", "sesame\r"}, {"  keep it in the keyring? [Y/n]: ", "\r"}})
	saved := regexp.MustCompile(`saved in the keyring for this key \(getin realms remove ([0-9a-f]+) to undo\)\n`).FindStringSubmatch(stderr.String())
	if saved == nil {
		t.Fatalf("stderr %q", stderr)
	}
	run(exitOK, nil)
	if stderr.Len() > 0 {
		t.Errorf("not in silence: %q", stderr)
	}
	run(int(h1.ClientCert), nil, "--no-store")
	run(exitOK, [][2]string{question}, "--ask", "--save")
	if code, _, _ := runWith(t, sys, "realms", "check"); code != exitOK {
		t.Errorf("realms check: exit %d", code)
	}
	if code, out, _ := runWith(t, sys, "realms", "remove", saved[1]); code != exitOK {
		t.Errorf("exit %d, %s", code, out)
	}
	run(int(h1.ClientCert), nil)
}

func runWith(t *testing.T, sys *System, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	other := *sys
	other.Stdout, other.Stderr = &out, &errs
	return Main(args, &other), out.String(), errs.String()
}
