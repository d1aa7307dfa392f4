package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The lines and what they say are those that curl 7.88 was seen to take.
func TestConfigWords(t *testing.T) {
	fs := flagSet(fetchFlags(), defaults(), true)
	for line, want := range map[string][]string{
		"":                                  nil,
		"# only a comment":                  nil,
		"silent":                            {"--silent"},
		"--silent\r":                        {"--silent"},
		"-v":                                {"--verbose"},
		"user = a:b":                        {"--user", "a:b"},
		"user=a:b":                          {"--user", "a:b"},
		"user: \"a b\"":                     {"--user", "a b"},
		"user == : a":                       {"--user", "a"},
		"user = a b c":                      {"--user", "a"},
		"user\t=\ta\tb":                     {"--user", "a"},
		"user = 'a b'":                      {"--user", "'a"},
		"user = a#b":                        {"--user", "a#b"},
		"user = # a":                        {"--user", "#"},
		"user =":                            {"--user"},
		"user \"a":                          {"--user", "a"},
		"user \"a\"b c":                     {"--user", "a"},
		"-u \"a\\\"b\\\\c\\n\\t\\r\\v\\x\"": {"--user=a\"b\\c\n\t\r\vx"},
		"-u a":                              {"--user=a"},
		"-ua":                               {"--user=a"},
		"-u=a":                              {"--user==a"},
		"-u = a":                            {"--user=="},
		"-sSu a":                            {"--silent", "--show-error", "--user=a"},
		"-s a":                              {"--silent"},
		"--user = a":                        {"--user", "="},
		"--user=a":                          {"--user=a"},
		"url = \"http://h/\" # comment":     {"--url", "http://h/"},
		"user-agent = \"\"":                 {"--user-agent", ""},
		"  header   X:1":                    {"--header", "X:1"},
		"silent = true":                     {"--silent"},
		"unheard-of = x":                    {"--unheard-of"},
		"user-ag = x":                       {"--user-agent", "x"},
		"\"x\"":                             {"--\"x\""},
		"--":                                nil,
	} {
		var got []string
		if flag, value, has := configLine(line); flag != "" {
			got = configWords(fs, flag, value, has)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// XDG Base Directory Specification: a relative path is no path.
func TestBaseDir(t *testing.T) {
	env := map[string]string{}
	sys := &System{Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	for _, test := range []struct{ home, xdg, want string }{
		{"/home/a", "", "/home/a/.config/getin"},
		{"/home/a", "/x", "/x/getin"},
		{"/home/a", "x", "/home/a/.config/getin"},
		{"home", "", ""},
	} {
		env["HOME"], env["XDG_CONFIG_HOME"] = test.home, test.xdg
		if got := configDir(sys); got != test.want {
			t.Errorf("HOME=%s XDG_CONFIG_HOME=%s: %q, want %q", test.home, test.xdg, got, test.want)
		}
	}
}

// "next" in a file begins a group; what follows the file goes on with its last.
func TestConfigNext(t *testing.T) {
	name := filepath.Join(t.TempDir(), "config")
	text := "header = \"A: 1\"\nnext\nurl = one\n-:\nheader = \"B: 2\"\nurl = two\nnext\nsilent\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sys := &System{Lookup: func(string) (string, bool) { return "", false }}
	o, err := readCommandLine(fetchFlags(), sys, []string{"-q", "-K", name, "-H", "C: 3", "three"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range o.groups {
		got = append(got, strings.Join(g.headers, ",")+" "+strings.Join(g.words(), ","))
	}
	if want := []string{"A: 1 one", "B: 2 two", "C: 3 three"}; !slices.Equal(got, want) || !o.silent {
		t.Errorf("%q, want %q", got, want)
	}
}
