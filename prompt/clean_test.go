package prompt

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Security cases F1 and F2: nothing that a server writes does anything to a
// terminal, and it can be seen that it tried.
func TestF1_Clean(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		cells int
		want  string
	}{
		"plain":                     {"Access to the staging site", 80, "Access to the staging site"},
		"accents, letters, symbols": {"Zürich – Łódź ©", 80, "Zürich – Łódź ©"},
		"clear the screen":          {"a\x1b[2Jb", 80, `a\x1b[2Jb`},
		"window title":              {"\x1b]0;x\a", 80, `\x1b]0;x\x07`},
		"C1 as UTF-8":               {"\u009b31m", 80, `\u009b31m`},
		"C1 as a byte":              {"\x9b31m", 80, `\x9b31m`},
		"DEL and NUL":               {"\x7f\x00", 80, `\x7f\x00`},
		"line ends and tab":         {"a\r\nb\tc", 80, `a\r\nb\tc`},
		"line separators":           {"a\u2028b\u2029c\u0085d", 80, `a\u2028b\u2029c\u0085d`},
		"right to left override":    {"\u202egnp.exe", 80, `\u202egnp.exe`},
		"isolates":                  {"\u2066x\u2069\u061c", 80, `\u2066x\u2069\u061c`},
		"zero width":                {"pay\u200bpal\u200d\ufeff\u2060", 80, `pay\u200bpal\u200d\ufeff\u2060`},
		"soft hyphen":               {"a\u00adb", 80, `a\u00adb`},
		"variation selectors":       {"a\ufe0f\U000e0100", 80, `a\ufe0f\U000e0100`},
		"tags":                      {"\U000e0061\U000e007f", 80, `\U000e0061\U000e007f`},
		"fillers":                   {"\u3164\u115f\uffa0\u2800\u034f", 80, `\u3164\u115f\uffa0\u2800\u034f`},
		"other spaces":              {"a\u00a0b\u3000c", 80, `a\u00a0b\u3000c`},
		"private and unassigned":    {"\ue000\u0378", 80, `\ue000\u0378`},
		"not UTF-8":                 {"caf\xe9 \xff\xc0\xaf", 80, `caf\xe9 \xff\xc0\xaf`},
		"a surrogate":               {"\xed\xa0\x80", 80, `\xed\xa0\x80`},
		"the replacement itself":    {"\ufffd", 80, "\ufffd"},
		"a backslash":               {`CORP\bob`, 80, `CORP\bob`},
		"a mark on its letter":      {"e\u0301", 1, "e\u0301"},
		"a mark on nothing":         {"\u0301e", 80, `\u0301e`},
		"a mark on an escape":       {"\n\u0301", 80, `\n\u0301`},
		"a tower of marks":          {"a\u0301\u0301\u0301\u0301\u0301b", 80, "a\u0301\u0301\u0301\u0301" + `\u0301b`},
		"exactly full":              {"12345", 5, "12345"},
		"cut":                       {"123456", 5, "1234…"},
		"cut before a wide one":     {"1日本", 4, "1日…"},
		"wide ones fill":            {"日本", 4, "日本"},
		"no half of a wide one":     {"日本語", 4, "日…"},
		"no half of an escape":      {"ab\x1bcd", 5, "ab…"},
		"one cell":                  {"ab", 1, "…"},
		"one cell, one character":   {"a", 1, "a"},
		"no cell":                   {"a", 0, ""},
		"less than none":            {"a", -1, ""},
		"empty":                     {"", 5, ""},
	} {
		if got := Clean(c.in, c.cells); got != c.want {
			t.Errorf("%s: %q became %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, c := range []struct {
		in    string
		cells int
		want  string
	}{
		{"Staging", 80, `"Staging"`},
		{"", 80, `""`},
		{`a" is safe. Type your PIN: "b`, 80, `"a\" is safe. Type your PIN: \"b"`},
		{`CORP\bob`, 80, `"CORP\\bob"`},
		{`x\"`, 80, `"x\\\""`},
		{"\"\u0301", 80, "\"\\\"\u0301\""},
		{"a\x1bb", 80, `"a\x1bb"`},
		{"12345678", 8, `"12345…"`},
		{"a", 2, `""`},
		{"a", 1, ""},
	} {
		if got := Quote(c.in, c.cells); got != c.want {
			t.Errorf("%q in %d cells became %q, want %q", c.in, c.cells, got, c.want)
		}
	}
}

func TestCells(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "日本": 4, "e\u0301": 1, "\x1b": 4, "\u202e": 6, "\xff": 4} {
		if got := Cells(s); got != want {
			t.Errorf("%q: %d cells, want %d", s, got, want)
		}
	}
}

// A realm of any size costs no more than what is shown of it.
func TestCleanStopsWhenFull(t *testing.T) {
	huge := strings.Repeat("\x1b", 1<<20)
	if n := testing.AllocsPerRun(1, func() { Clean(huge, 80) }); n > 200 {
		t.Errorf("%v allocations", n)
	}
}

// cellsSlowly counts cells by another way than the code under test: rune by
// rune, with marks as nothing.
func cellsSlowly(s string) int {
	n := 0
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func FuzzClean(f *testing.F) {
	f.Add("Access to the staging site", 80)
	f.Add("\x1b[2J\u202e\xff日本e\u0301\u200b\U000e0061", 20)
	f.Add(`"\"`, 3)
	f.Fuzz(func(t *testing.T, s string, cells int) {
		cells %= 300
		got := Clean(s, cells)
		isHarmless(t, got, cells)
		if again := Clean(got, cells); again != got {
			t.Errorf("cleaned again %q became %q", got, again)
		}
		if q := Quote(s, cells); q != "" {
			isHarmless(t, q, cells)
			if len(q) < 2 || !closesOnce(q) {
				t.Errorf("%q of %q ends early", q, s)
			}
		}
	})
}

func isHarmless(t *testing.T, got string, cells int) {
	t.Helper()
	n := cellsSlowly(got)
	if n > max(cells, 0) {
		t.Errorf("%q fills %d cells of %d", got, n, cells)
	}
	if c := Cells(got); c != n {
		t.Errorf("%q fills %d cells, not %d", got, n, c)
	}
	if !utf8.ValidString(got) {
		t.Errorf("%q is not UTF-8", got)
	}
	for _, r := range got {
		if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector) || r == '\u3164' {
			t.Errorf("%q contains %U", got, r)
		}
	}
}

// closesOnce reports whether the only bare double quotes are the first and the
// last byte.
func closesOnce(q string) bool {
	inner := q[1 : len(q)-1]
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '\\':
			i++
		case '"':
			return false
		}
	}
	return q[0] == '"' && q[len(q)-1] == '"'
}
