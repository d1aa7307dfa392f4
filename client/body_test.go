package client_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"getin/client"
	"getin/client/auth"
)

// upload starts a server that asks before it reads a body, as Apache does, and
// gives what the accepted request carried.
func upload(t *testing.T) (target string, got *[]string) {
	t.Helper()
	got = &[]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="Lab"`)
			w.WriteHeader(401)
			return
		}
		b, _ := io.ReadAll(r.Body)
		*got = append(*got, string(b))
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

// TestUploads: a body goes again with the answer, from its start, whether it
// lies in memory or in a file; a stream waits until the server has said what it
// wants.
func TestUploads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("xxhello"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]io.Reader{
		"memory": strings.NewReader("hello"), "file": f, "stream": io.MultiReader(strings.NewReader("hello")),
	} {
		t.Run(name, func(t *testing.T) {
			target, got := upload(t)
			c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
			req, _ := http.NewRequest("POST", target, body)
			if _, _, err := do(t, c, req); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(*got, []string{"hello"}) {
				t.Errorf("the server got %q", *got)
			}
		})
	}
}

// TestSpentStream: a server that reads everything first has spent the stream;
// half an upload is never sent.
func TestSpentStream(t *testing.T) {
	s := start(t, basicRow("/"))
	c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
	req, _ := http.NewRequest("POST", s.URL+"/", io.MultiReader(strings.NewReader("hello")))
	if _, _, err := do(t, c, req); !errors.Is(err, client.ErrBodySpent) {
		t.Errorf("got %v", err)
	}
	if n := len(s.Log()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// TestRetriedOnce: 411, 417, 421 and 425 are answered by sending once more, and
// no more than once.
func TestRetriedOnce(t *testing.T) {
	for _, tc := range []struct {
		code   int
		stream bool
		mended func(*http.Request) bool
	}{
		{411, true, func(r *http.Request) bool { return r.ContentLength == 5 }},
		{417, true, func(r *http.Request) bool { return r.Header.Get("Expect") == "" }},
		{421, false, func(*http.Request) bool { return true }},
		{425, false, func(*http.Request) bool { return true }},
	} {
		for _, stubborn := range []bool{false, true} {
			n := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n++
				if n == 1 || stubborn {
					w.WriteHeader(tc.code)
					return
				}
				if !tc.mended(r) {
					t.Errorf("%d: sent again unmended: %v", tc.code, r.Header)
				}
			}))
			t.Cleanup(s.Close)
			req, _ := http.NewRequest("GET", s.URL, nil)
			if tc.stream {
				req, _ = http.NewRequest("PUT", s.URL, io.MultiReader(strings.NewReader("hello")))
			}
			resp, _, err := do(t, newClient(t, &purse{}), req)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int{false: 200, true: tc.code}[stubborn]; resp.StatusCode != want || n != 2 {
				t.Errorf("%d: got %d after %d requests", tc.code, resp.StatusCode, n)
			}
		}
	}
}

// expectTime is longer than any test: a server that asks does so at once.
const expectTime = time.Minute
