//go:build unix

package cli

import (
	"strings"
	"testing"

	"github.com/creack/pty"
)

// R15: a secret does not appear on a terminal by mistake.
func TestR15_HelperOnATerminal(t *testing.T) {
	person, program, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer person.Close()
	defer program.Close()
	for _, words := range [][]string{
		{"git", "get"},
		{"docker", "get"},
		{"goauth", "https://a.test"},
		{"cargo"},
		{"bazel", "get"},
		{"askpass", "Password for 'https://a.test': "},
		{"netrc", "https://a.test"},
	} {
		for _, reveal := range []bool{false, true} {
			sys, _, stderr := testSystem(t)
			sys.Stdout = program
			args := append([]string{"helper"}, words...)
			if reveal {
				args = append(args, "--reveal")
			}
			code := Main(args, sys)
			if refused := strings.Contains(stderr.String(), "standard output is a terminal"); refused == reveal || refused && code != exitUsage {
				t.Errorf("%q: exit %d, %s", args, code, stderr)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"/usr/bin/getin": "x", "docker-credential-getin": "helper docker x", `git-credential-getin.exe`: "helper git x", "": "x",
		"/home/a/bin/getin-askpass": "helper askpass x",
	} {
		if got := strings.Join((&System{Name: name}).words([]string{"x"}), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
