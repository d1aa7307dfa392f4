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

// TestSpentStream: a server that reads everything first has spent a long stream;
// half an upload is never sent. A short one is kept, and goes again.
func TestSpentStream(t *testing.T) {
	const kept = 1 << 20
	for _, size := range []int{5, kept, kept + 1} {
		s := start(t, basicRow("/"))
		c := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}})
		long := strings.Repeat("hello", size/5+1)[:size]
		req, _ := http.NewRequest("POST", s.URL+"/", io.MultiReader(strings.NewReader(long)))
		_, _, err := do(t, c, req)
		log := s.Log()
		if size > kept {
			if !errors.Is(err, client.ErrBodySpent) || len(log) != 1 {
				t.Errorf("%d octets: %v after %d requests", size, err, len(log))
			}
			continue
		}
		if err != nil || len(log) != 2 || string(log[1].Body) != long {
			t.Errorf("%d octets: %v after %d requests", size, err, len(log))
		}
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

// TestExpect: who sends much asks first, unless nobody wants to hear of it. The
// limit is curl's.
func TestExpect(t *testing.T) {
	const limit = 1 << 20
	for _, tc := range []struct {
		size   int
		stream bool
		never  bool
		want   string
	}{
		{5, false, false, ""},
		{limit, false, false, ""},
		{limit + 1, false, false, "100-continue"},
		{5, true, false, "100-continue"},
		{limit + 1, false, true, ""},
		{5, true, true, ""},
	} {
		var got string
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Expect")
			_, _ = io.Copy(io.Discard, r.Body) // or the next request waits
		}))
		t.Cleanup(s.Close)
		var body io.Reader = strings.NewReader(strings.Repeat("x", tc.size))
		if tc.stream {
			body = io.MultiReader(body)
		}
		req, _ := http.NewRequest("PUT", s.URL, body)
		c := newClient(t, &purse{})
		c.Policy.NoExpect = tc.never
		if _, _, err := do(t, c, req); err != nil || got != tc.want {
			t.Errorf("%+v: Expect %q, %v", tc, got, err)
		}
	}
}
