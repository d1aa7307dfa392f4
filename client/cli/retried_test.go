package cli

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// seen is one request, as a server saw it.
type seen struct {
	remote, expect, body string
	length               int64
}

// refusing answers 200 to a request that says what it should, else the status.
func refusing(t *testing.T, status int, pleases func(n int, r *http.Request) bool) (url string, log func() []seen) {
	t.Helper()
	var mu sync.Mutex
	var all []seen
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		s := seen{remote: r.RemoteAddr, expect: r.Header.Get("Expect"), length: r.ContentLength}
		if !pleases(len(all), r) {
			all = append(all, s)
			w.WriteHeader(status)
			return
		}
		b, _ := io.ReadAll(r.Body) // a short one is seen below
		s.body = string(b)
		all = append(all, s)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []seen { mu.Lock(); defer mu.Unlock(); return all }
}

// 411, 417, 421 and 425 are mended once, and no more than once.
func TestRefusalsMended(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 1<<16+1)
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	never := func(int, *http.Request) bool { return false }
	second := func(n int, _ *http.Request) bool { return n == 1 }
	for _, test := range []struct {
		status  int
		pleases func(int, *http.Request) bool
		words   []string
		want    func(first, last seen) bool
	}{
		{411, func(_ int, r *http.Request) bool { return r.ContentLength >= 0 }, []string{"-T", "-"}, func(a, b seen) bool {
			return a.length == -1 && b.length == 5 && b.body == "piped"
		}},
		{417, func(_ int, r *http.Request) bool { return r.Header.Get("Expect") == "" }, []string{"-T", file}, func(a, b seen) bool {
			return a.expect == "100-continue" && b.body == long
		}},
		{421, second, nil, func(a, b seen) bool { return a.remote != b.remote }},
		{425, second, []string{"-d", "a"}, func(_, b seen) bool { return b.body == "a" }},
	} {
		for _, pleases := range []func(int, *http.Request) bool{test.pleases, never} {
			url, log := refusing(t, test.status, pleases)
			sys, _, stderr := testSystem(t)
			sys.Stdin = piped(t, "piped")
			code := Main(append(test.words, "--no-prompt", "-f", url+"/x"), sys)
			all := log()
			stubborn := code == exitStatus
			if len(all) != 2 || code != exitOK && !stubborn {
				t.Errorf("%d: exit %d after %d requests: %s", test.status, code, len(all), stderr)
				continue
			}
			if !stubborn && !test.want(all[0], all[1]) {
				t.Errorf("%d: %.200v", test.status, all)
			}
		}
	}
}

// piped is standard input that cannot be rewound.
func piped(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	go func() {
		_, _ = io.WriteString(w, text) // nobody may read it all
		_ = w.Close()
	}()
	return r
}

// What comes through a pipe goes on at once: who waits at the other end need not
// wait for the end of it.
func TestUploadLive(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b := make([]byte, 1<<10)
		for got := ""; !strings.Contains(got, "first"); {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			if got += string(b[:n]); strings.Contains(got, "\r\n\r\n") && len(got) == n {
				_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			}
		}
		_ = w.Close() // only now is there an end
		for got := ""; !strings.Contains(got, "0\r\n\r\n"); {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			got += string(b[:n])
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}()
	_, _ = io.WriteString(w, "first")
	sys, _, stderr := testSystem(t)
	sys.Stdin = r
	if code := Main([]string{"-m", "20", "-T", "-", "http://" + l.Addr().String() + "/x"}, sys); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// A body that a server read before it asked who sends it goes again, whatever it
// came from, when that can be; a long stream cannot, and says so.
func TestBodiesAfterChallenge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("filed"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1<<20+1)
	for _, test := range []struct {
		words []string
		stdin string
		want  string
		code  int
	}{
		{[]string{"-d", "data"}, "", "data", exitOK},
		{[]string{"--data-binary", "@" + file}, "", "filed", exitOK},
		{[]string{"--data-binary", "@-"}, "piped", "piped", exitOK},
		{[]string{"-T", file}, "", "filed", exitOK},
		{[]string{"-T", "-"}, "piped", "piped", exitOK},
		{[]string{"-F", "a=@" + file}, "", "filed\r\n", exitOK},
		{[]string{"-F", "a=@-"}, "piped", "piped\r\n", exitOK},
		{[]string{"-T", "-"}, long, "", exitRewind},
		{[]string{"-F", "a=@-"}, long, "", exitRewind},
		{[]string{"--data-binary", "@-"}, long, "", exitRewind},
	} {
		var bodies []string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body) // all of it, before anything is asked
			bodies = append(bodies, string(b))
			if _, _, ok := r.BasicAuth(); !ok {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
			}
		}))
		t.Cleanup(s.Close)
		sys, _, stderr := testSystem(t)
		sys.Stdin = piped(t, test.stdin)
		code := Main(append(test.words, "--anyauth", "-u", "alice:wonderland", s.URL+"/x"), sys)
		if code != test.code {
			t.Errorf("%q: exit %d: %s", test.words, code, stderr)
			continue
		}
		if code == exitRewind {
			if len(bodies) != 1 || !strings.Contains(stderr.String(), "hint: put the data into a file") {
				t.Errorf("%q: %d requests, %s", test.words, len(bodies), stderr)
			}
			continue
		}
		if len(bodies) != 2 || bodies[0] != bodies[1] || !strings.Contains(bodies[1], test.want) {
			t.Errorf("%q: %.300q", test.words, bodies)
		}
	}
}
