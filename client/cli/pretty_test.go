//go:build unix

// Pseudo-terminals exist on Unix only.
package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// typed sends each path's JSON with the type that its query names.
func typedServer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		w.Header().Set("Date", "today")
		_, _ = w.Write([]byte("{\"a\":[1,null],\"b\":\"\x1b[2J\"}"))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// shown is what a run writes to a terminal that is its standard output.
func shown(t *testing.T, env map[string]string, args ...string) string {
	t.Helper()
	s := newScreen(t)
	sys, _, errs := testSystem(t)
	before := sys.Lookup
	sys.Lookup = func(name string) (string, bool) {
		if v, ok := env[name]; ok {
			return v, true
		}
		return before(name)
	}
	sys.Stdout = s.tty
	if code := Main(args, sys); code != exitOK {
		t.Fatalf("%q: exit %d, %s", args, code, errs.String())
	}
	if _, err := s.tty.WriteString("\nthe end"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, s.raw, "the end$", func() {})
	return strings.TrimSuffix(strings.ReplaceAll(s.raw(), "\r", ""), "\nthe end")
}

func TestPretty(t *testing.T) {
	url := typedServer(t)
	const (
		raw     = "{\"a\":[1,null],\"b\":\"\x1b[2J\"}"
		laid    = "{\n  \"a\": [\n    1,\n    null\n  ],\n  \"b\": \"\\u001b[2J\"\n}\n"
		colored = "{\n  \x1b[1;34m\"a\"\x1b[0m: [\n    \x1b[36m1\x1b[0m,\n    \x1b[35mnull\x1b[0m\n  ],\n  \x1b[1;34m\"b\"\x1b[0m: \x1b[32m\"\\u001b[2J\"\x1b[0m\n}\n"
	)
	json := url + "?type=application/json"
	xterm := map[string]string{"TERM": "xterm"}
	for _, test := range []struct {
		name string
		env  map[string]string
		args []string
		want string
	}{
		{"JSON", xterm, []string{"--pretty", json}, colored},
		{"a format of it", xterm, []string{"--pretty", url + "?type=application/problem%2Bjson%3Bcharset=utf-8"}, colored},
		{"with NO_COLOR", map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, []string{"--pretty", json}, laid},
		{"on a dumb terminal", map[string]string{"TERM": "dumb"}, []string{"--pretty", json}, laid},
		{"other content", xterm, []string{"--pretty", url + "?type=text/plain"}, raw},
		{"content of no type", xterm, []string{"--pretty", url + "?type=%3B"}, raw},
		{"JSON as it is", xterm, []string{json}, raw},
		{"two", map[string]string{"TERM": "dumb"}, []string{"--pretty", json, json}, laid + laid},
	} {
		if got := shown(t, test.env, append([]string{"-s"}, test.args...)...); got != test.want {
			t.Errorf("%s:\n%q, want\n%q", test.name, got, test.want)
		}
	}
	got := shown(t, map[string]string{"TERM": "dumb"}, "-s", "-i", "--pretty", json)
	if head, body, _ := strings.Cut(got, "\n\n"); !strings.HasPrefix(head, "HTTP/1.1 200 OK\n") || body != laid {
		t.Errorf("behind its head: %q", got)
	}
	if code, stdout, _ := getin(t, "-s", "--pretty", json); code != exitOK || stdout != raw {
		t.Errorf("to a pipe: exit %d, %q", code, stdout)
	}
}
