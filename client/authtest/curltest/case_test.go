package curltest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		`a  b	c`:           "a|b|c",
		`'a b' "c d" e\ f`: "a b|c d|e f",
		`'' ""`:            "|",
		`a'b'"c"d`:         "abcd",
		`'\n\' "\n\"\\"`:   `\n\|\n"\`,
		`"$HTTP" '$HTTP'`:  "$HTTP|$HTTP",
	} {
		if got := strings.Join(split(in), "|"); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestWithout(t *testing.T) {
	c := &Case{args: "-d a --data 'b c' -s URL\n-s \\\n  URL2\n"}
	rest, found := c.Without([]string{"-d", "--data"}, true)
	if want := [][]string{{"-s", "URL"}, {"-s", "URL2"}}; !found || !slices.EqualFunc(rest, want, slices.Equal) {
		t.Errorf("%q, %v", rest, found)
	}
	if _, found := c.Without([]string{"-f"}, false); found {
		t.Error("found what is not there")
	}
}

// What cannot be seen in a record could change unnoticed.
func TestIndent(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"a\n":          "  a\n",
		"a":            "  a␄\n",
		"a\r\n\r\nb\n": "  a␍\n  ␍\n  b\n",
		"a\rb\n":       "  \"a\\rb\"\n",
		"a \n":         "  \"a \"\n",
		"a\x00\xff":    "  \"a\\x00\\xff\"␄\n",
		"a␄\n":         "  \"a␄\"\n",
	} {
		if got := indent(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCasesThatMakeNoSense(t *testing.T) {
	for text, why := range map[string]string{
		"flags: x\n":                                           "no args",
		"-- args --\nx\n-- what --\n":                          "not known",
		"differs: so\n-- args --\nx\n":                         "need each other",
		"-- args --\nx\n-- getin --\nexit 0\n":                 "need each other",
		"own: a\n-- args --\nx\n-- curl --\n-- getin --\n":     "exclude each other",
		"own: a\ndiffers: b\n-- args --\nx\n-- getin --\n-- x": "exclude each other",
	} {
		file := filepath.Join(t.TempDir(), "x.txtar")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readCase(file); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
}
