package cli

import (
	"slices"
	"testing"
)

func TestConfigWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                               nil,
		"# only a comment\n\n":           nil,
		"silent":                         {"--silent"},
		"--silent\r\n-v":                 {"--silent", "-v"},
		"user = a:b":                     {"--user", "a:b"},
		"user=a:b":                       {"--user", "a:b"},
		"user: \"a b\"":                  {"--user", "a b"},
		"-u \"a\\\"b\\\\c\\n\\t\\r\\x\"": {"-u", "a\"b\\c\n\t\rx"},
		"url = \"http://h/\" # comment":  {"--url", "http://h/"},
		"user-agent = \"\"":              {"--user-agent", ""},
		"  header   X:1":                 {"--header", "X:1"},
		"silent = true":                  {"--silent"},
		"unheard-of = x":                 {"--unheard-of"},
	} {
		got, err := configWords(text, fetchFlags())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q (%v), want %q", text, got, err, want)
		}
	}
	if _, err := configWords("user = \"never", fetchFlags()); err == nil {
		t.Error("an open quote is taken")
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
