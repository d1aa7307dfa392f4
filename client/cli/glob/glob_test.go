package glob

import (
	"slices"
	"strings"
	"testing"
)

func TestURLGlob(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{"x", "x"},
		{"[1-3]", "1 2 3"},
		{"[001-100:33]", "001 034 067 100"},
		{"[08-10]", "08 09 10"},
		{"[1-2]/[a-c:2]", "1/a 1/c 2/a 2/c"},
		{"{a,b,}x", "ax bx x"},
		{"{one}", "one"},
		{"[5-5]", "5"},
		{`\[1-2\]\{\}`, "[1-2]{}"},
		{`a\b`, `a\b`},
		{`{a\,b,c\}\x}`, "a,b c}x"},
		{"{,a}-", "- a-"},
		{"[1-1:1]", "1"},
		{"[a-c:2]", "a c"},
		{"[X-b:5]", "X ] b"},
		{"[00-2]", "00 01 02"},
		{"?a[]=[1-2]", "?a[]=1 ?a[]=2"},
		{"http://[::1]/[1-2]", "http://[::1]/1 http://[::1]/2"},
		{"http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"},
		{"[18446744073709551614-18446744073709551615]", "18446744073709551614 18446744073709551615"},
	} {
		g, err := New(test.pattern, false)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		var got []string
		for u, _, ok := g.Next(); ok && len(got) < 10; u, _, ok = g.Next() {
			got = append(got, u)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: %q, want %q", test.pattern, s, test.want)
		}
	}
}

func TestURLGlobRefused(t *testing.T) {
	for _, pattern := range []string{
		"[", "]", "{", "}", "[1-", "[3-1]", "[1-3:5]", "[1-1:2]", "[a-c:3]", "[A-c]", "[a-Z]", "[ 1-2]", "{a]b}", "{a", "[1-2]]", "[a-1]", "[1-a]", "[-1]", "[1-]", "[1-2:0]", "[1-2:x]", "[+1-2]",
		"{}", "{a{b}}", "[1-99999999999999999999]", "[z-a]", "[aa-b]",
	} {
		if _, err := New(pattern, false); err == nil {
			t.Errorf("%s: taken", pattern)
		}
		if g, err := New(pattern, true); err != nil || len(g.parts) != 1 {
			t.Errorf("%s with -g: %v", pattern, err)
		}
	}
}

// A range of a billion takes no more memory than one of two.
func TestURLGlobMemory(t *testing.T) {
	g, err := New("http://h/[1-1000000000]/[1-1000000000]", false)
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1000, func() { g.Next() })
	if allocs > 20 {
		t.Errorf("%v allocations for one URL", allocs)
	}
	if !g.OneOrigin() {
		t.Error("not seen to be of one origin")
	}
}

func TestFillIn(t *testing.T) {
	sets := []string{"one", "two", "3", "4", "5", "6", "7", "8", "9", "ten"}
	for name, want := range map[string]string{
		"f#1": "fone", "#2-#1": "two-one", "#": "#", "a#b": "a#b", "#0": "#0", "#11": "#11", "#10": "ten", "##1": "#one",
		"#99999999999999999999": "#99999999999999999999", "": "",
	} {
		if got := FillIn(name, sets); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestOneOrigin(t *testing.T) {
	for pattern, want := range map[string]bool{
		"http://h/[1-2]": true, "h/[1-2]": true, "http://h[1-2]/": false, "h[1-2]": false, "{http,https}://h/": false,
		"http://h?[1-2]": true,
	} {
		g, err := New(pattern, false)
		if err != nil || g.OneOrigin() != want {
			t.Errorf("%s: want %v (%v)", pattern, want, err)
		}
	}
}

func FuzzURLGlob(f *testing.F) {
	f.Add("http://h/[1-9:2]{a,b}")
	f.Fuzz(func(t *testing.T, pattern string) {
		g, err := New(pattern, false)
		if err != nil {
			return
		}
		var seen []string
		for i := 0; i < 50; i++ {
			u, sets, ok := g.Next()
			if !ok {
				break
			}
			seen = append(seen, u+"\x00"+strings.Join(sets, "\x00"))
		}
		if len(seen) == 0 {
			t.Error("stands for nothing")
		}
		if !strings.Contains(pattern, "{") && len(slices.Compact(seen)) != len(seen) {
			t.Error("the same URL twice in a row")
		}
	})
}

// The words, and mostly the places, are curl's.
func TestURLGlobErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"h/{}":     "empty string within braces in URL position 4",
		"h/{a":     "unmatched brace in URL position 3",
		"h/a}":     "unmatched close brace/bracket in URL position 4",
		"h/{a,{b}": "nested brace in URL position 6",
		"h/{a]b}":  "unexpected close bracket in URL position 5",
		"h/[x-1]":  "bad range in URL position 3",
	} {
		if _, err := New(pattern, false); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", pattern, err, want)
		}
	}
}
