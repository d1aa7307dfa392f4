package pretty

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// lay lays the text out, written in pieces of n octets.
func lay(text string, colors bool, n int) string {
	var b bytes.Buffer
	w := &Writer{To: &b, Colors: colors}
	for text != "" {
		k := min(n, len(text))
		_, _ = w.Write([]byte(text[:k])) // to memory
		text = text[k:]
	}
	_ = w.Close()
	return b.String()
}

func TestLayout(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1,"b":[true,null],"c":{},"d":[]}`: "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": {},\n  \"d\": []\n}\n",
		" {\n\n\"a\" : \"x y\"\t}\r\n":          "{\n  \"a\": \"x y\"\n}\n",
		`[[],[{}],1]`:                           "[\n  [],\n  [\n    {}\n  ],\n  1\n]\n",
		"3":                                     "3\n",
		"":                                      "",
		"  \n":                                  "",
		"{\"a\":1}\n{\"a\":2}\n":                "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n",
		"1 2\ntrue":                             "1\n2\ntrue\n",

		// Nothing is read into a number or a string, and no member is lost.
		`[1.0,-0,1E400,12345678901234567890,0.10]`: "[\n  1.0,\n  -0,\n  1E400,\n  12345678901234567890,\n  0.10\n]\n",
		`{"b":1,"a":2,"b":3}`:                      "{\n  \"b\": 1,\n  \"a\": 2,\n  \"b\": 3\n}\n",
		`"\u0041\/\"\\"`:                           "\"\\u0041\\/\\\"\\\\\"\n",
		`"{\"a\":[1,2]}"`:                          "\"{\\\"a\\\":[1,2]}\"\n",
		`"grüße, 世界 😀"`:                            "\"grüße, 世界 😀\"\n",

		// What is no JSON passes, from where it is none.
		"<html>\n<p a=\"b\">  x\r\n</html>\n": "<html>\n<p a=\"b\">  x\r\n</html>\n",
		"{a: 1}":                              "{\n  a: 1}",
		`[1,]`:                                "[\n  1,\n  ]",
		`{"a" "b"}`:                           "{\n  \"a\"\"b\"}",
		`[1 2]  [3]`:                          "[\n  12]  [3]",
		`]`:                                   "]",
		`{]`:                                  "{\n  ]",
		`[}`:                                  "[\n  }",
		`{"a":1`:                              "{\n  \"a\": 1\n",
		`"unfinished`:                         "\"unfinished\n",
		"{\"a\":1} // really\n  yes\n":        "{\n  \"a\": 1\n}\n// really\n  yes\n",

		// What would act on the terminal does not.
		"\"\x1b[31m\x07\u009b\u202e\u200b\"": `"\u001b[31m\u0007\u009b\u202e\u200b"` + "\n",
		"\"\U000e0001\"":                     `"\udb40\udc01"` + "\n",
		"\x1b[2J":                            `\u001b[2J`,
		"nope\x1b":                           "nope\\u001b\n",
		"<a>\rb\r\nc\r":                      "<a>\\rb\r\nc\\r",
		"\"\xff\xc3\"":                       "\"\\xff\\xc3\"\n",
		"\"\xe4\xb8":                         "\"\\xe4\\xb8\n",
		"\x00{}":                             `\u0000{}`,
	} {
		for _, n := range []int{1, 2, 3, 1000} {
			if got := lay(in, false, n); got != want {
				t.Errorf("%q in pieces of %d:\n%s\nwant\n%s", in, n, got, want)
			}
		}
	}
}

func TestColors(t *testing.T) {
	got := lay(`{"a":"b","c":[1,true,null]}`, true, 5)
	want := "{\n  " + ofKey + `"a"` + ofNone + ": " + ofString + `"b"` + ofNone + ",\n  " + ofKey + `"c"` + ofNone +
		": [\n    " + ofNumber + "1" + ofNone + ",\n    " + ofWord + "true" + ofNone + ",\n    " + ofWord + "null" + ofNone + "\n  ]\n}\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := lay(`["cut`, true, 5); !strings.HasSuffix(got, ofNone+"\n") {
		t.Errorf("what is cut leaves its colour: %q", got)
	}
}

// Depth costs no more than maxDepth lines can.
func TestDepth(t *testing.T) {
	in := strings.Repeat("[", 100_000)
	if got := lay(in, false, len(in)); len(got) > len(in)+maxDepth*(2*maxDepth+2) || strings.Count(got, "[") != len(in) {
		t.Errorf("%d octets of %d", len(got), len(in))
	}
}

type failing struct{}

var errFull = errors.New("full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	w := &Writer{To: failing{}}
	if _, err := w.Write([]byte("[1]")); err != errFull {
		t.Errorf("%v", err)
	}
}

// Of JSON the meaning stays, and of anything every character that shows;
// pieces make no difference, and nothing acts on the terminal.
func FuzzLayout(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[true,null],"c":{},"d":[]}`, "[1.0,\n\"x\\\"\"]", "{\"a\":1}{\"b\":2}", "<html>\r\n\x1b", "[1,]", "\"\u202e\xff\"", "[[[[",
	} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, in string, n int) {
		got := lay(in, false, len(in)+1)
		if pieces := lay(in, false, max(n, 1)); pieces != got {
			t.Errorf("in pieces of %d: %q, at once %q", n, pieces, got)
		}
		for _, r := range strings.ReplaceAll(got, "\r\n", "\n") {
			if !unicode.IsPrint(r) && r != '\n' && r != '\t' {
				t.Errorf("%q lets %q through", got, r)
			}
		}
		shown := func(r rune) bool { return unicode.IsPrint(r) || strings.ContainsRune(" \t\r\n", r) }
		if !utf8.ValidString(in) || strings.ContainsRune(in, utf8.RuneError) {
			return
		}
		if strings.IndexFunc(in, func(r rune) bool { return !shown(r) }) < 0 && bare(in) != bare(got) && !strings.Contains(in, "\r") {
			t.Errorf("%q becomes %q", in, got)
		}
		if json.Valid([]byte(in)) && strings.Count(in, "[")+strings.Count(in, "{") < maxDepth && !reflect.DeepEqual(read(t, in), read(t, got)) {
			t.Errorf("%q becomes %q", in, got)
		}
	})
}

// bare is the text without white space, and escapes of it.
func bare(s string) string {
	return strings.NewReplacer(`\u000a`, "", `\u0009`, "", " ", "", "\n", "", "\t", "").Replace(s)
}

func read(t *testing.T, s string) (v any) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Errorf("%q: %v", s, err)
	}
	return v
}
