package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/sigv4"
	"getin/client/authtest"
)

// signing makes a client that signs for everybody, wherever it is asked to.
func signing(t *testing.T, flag string) *client.Client {
	t.Helper()
	c := newClient(t, &purse{})
	s, err := sigv4.Parse(flag)
	if err != nil {
		t.Fatal(err)
	}
	c.Signer = s
	c.SignAs = func(context.Context, auth.Origin) (*auth.Credential, error) {
		alice := person("alice", "wonderland")
		return &alice, nil
	}
	return c
}

// TestR5_NotSignedElsewhere: a signature stays with the typed origin, and does not
// come back with the chain.
func TestR5_NotSignedElsewhere(t *testing.T) {
	a, b := start(t), start(t)
	a.Add(authtest.Row{Path: "/start", Status: 302, Location: a.URL + "/near"})
	a.Add(authtest.Row{Path: "/near", Status: 302, Location: b.URL + "/"})
	b.Add(authtest.Row{Path: "/", Status: 302, Location: a.URL + "/end"})
	if _, _, err := get(t, signing(t, "aws:amz:r:s"), a.URL+"/start"); err != nil {
		t.Fatal(err)
	}
	var signed []bool
	for _, r := range slices.Concat(a.Log(), b.Log()) {
		signed = append(signed, r.Authorization != "")
	}
	if !slices.Equal(signed, []bool{true, true, false, false}) {
		t.Errorf("signed: %v, want /start and /near alone", signed)
	}
}

// A refused signature is the end: no dialogue follows.
func TestSignatureIsFinal(t *testing.T) {
	s := start(t, basicRow("/"))
	c := signing(t, "aws:amz:r:s")
	if _, _, err := get(t, c, s.URL+"/"); !errors.Is(err, client.ErrSigned) {
		t.Errorf("error %v, want ErrSigned", err)
	}
	if n := len(s.Log()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// A file that was read for its hash is sent from its beginning.
func TestSignedFileIsSent(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = string(b)
	}))
	t.Cleanup(s.Close)
	req, err := http.NewRequest("PUT", s.URL+"/", f)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = 7
	if _, _, err := do(t, signing(t, "aws:amz:r:s"), req); err != nil || got != "content" {
		t.Errorf("the server got %q, error %v", got, err)
	}
}
