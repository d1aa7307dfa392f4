package prompt

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// However a terminal's bytes are split into reads, the line is the same.
func TestEditorDoesNotCareAboutReads(t *testing.T) {
	keys := "pä\x1b[200~one\r\ntwo\x1b[201~\x1b[1;5D\x1bOC\x7f€ x  \x17\x1b[999999999999~z\x1b\x1b[A!"
	whole := editor{}
	whole.feed([]byte(keys))
	if got := string(whole.text); got != "päonetw€ z!" {
		t.Errorf("in one: %q", got)
	}
	single := editor{}
	for i := range len(keys) {
		single.feed([]byte(keys[i : i+1]))
	}
	if got := string(single.text); got != string(whole.text) {
		t.Errorf("byte by byte: %q", got)
	}
}

func TestEditorStopsAtAMeaning(t *testing.T) {
	for _, c := range []struct {
		keys, text, rest string
		k                key
	}{
		{"ab\rcd", "ab", "cd", enter},
		{"ab\r\ncd", "ab", "cd", enter},
		{"ab\n\ncd", "ab", "\ncd", enter},
		{"ab\r\rcd", "ab", "\rcd", enter},
		{"ab\x03cd", "ab", "cd", interrupt},
		{"\x04cd", "", "cd", decline},
		{"ab\x1acd", "ab", "cd", suspend},
		{"ab\x1b\rcd", "ab", "cd", enter},
		{"ab\x1b[\rcd", "ab", "cd", enter},
		{"ab\x1b[2\x03cd", "ab", "cd", interrupt},
		{"abcd", "abcd", "", more},
	} {
		var e editor
		rest, k := e.feed([]byte(c.keys))
		if string(e.text) != c.text || string(rest) != c.rest || k != c.k {
			t.Errorf("%q: text %q, rest %q, key %d", c.keys, e.text, rest, k)
		}
	}
}

// The bell rings for what is refused, and for nothing else.
func TestEditorRings(t *testing.T) {
	for keys, want := range map[string]bool{
		"abc\x7f\x15\x17":                 false,
		"\x1b[A\x1bOB\x1b[200~a\x1b[201~": false,
		"\x1b[200~a\r\n\x1b[201~":         false,
		"\x1b[200~a\nb\x1b[201~":          true,
		"\x1b[200~\x7f\x1b[201~":          true,
		"a\x04":                           true,
		"\x00":                            true,
		"\t":                              true,
		"\x0c":                            true,
		"\x1c":                            true,
		"\x1bx":                           true,
	} {
		var e editor
		e.feed([]byte(keys))
		if e.rang != want {
			t.Errorf("%q: %v", keys, e.rang)
		}
	}
}

// paper is the least of a terminal: one row, on which backspace, carriage return
// and characters do what they do everywhere.
type paper struct {
	t    *testing.T
	cols int
	row  []string // a cell each; a wide character's second is ""
	at   int
}

func (p *paper) write(s string) {
	p.t.Helper()
	for _, r := range s {
		switch {
		case r == '\b':
			p.at--
		case r == '\r':
			p.at = 0
		case r == '\a':
		case r < ' ':
			p.t.Fatalf("%q was written", r)
		case isMark(r):
			p.row[p.at-1-p.back()] += string(r)
		default:
			p.put(string(r), cellsSlowly(string(r)))
		}
		if p.at < 0 || p.at >= p.cols {
			p.t.Fatalf("the cursor left the line: column %d of %d", p.at, p.cols)
		}
	}
}

// back returns 1 when the cell before the cursor is a wide character's second.
func (p *paper) back() int {
	if p.row[p.at-1] == "" {
		return 1
	}
	return 0
}

func (p *paper) put(s string, cells int) {
	p.t.Helper()
	if p.at+cells > p.cols {
		p.t.Fatalf("%q does not fit at column %d of %d", s, p.at, p.cols)
	}
	p.row[p.at] = s
	if cells == 2 {
		p.row[p.at+1] = ""
	}
	p.at += cells
}

func newPaper(t *testing.T, cols int) *paper {
	p := &paper{t: t, cols: cols, row: make([]string, cols)}
	for i := range p.row {
		p.row[i] = " "
	}
	return p
}

func (p *paper) String() string { return strings.TrimRight(strings.Join(p.row, ""), " ") }

// shows draws what was typed into an empty field of a line of 80 cells.
func shows(t *testing.T, keys ...string) string {
	t.Helper()
	p, e, f := newPaper(t, 80), editor{}, field{room: 10}
	for _, k := range keys {
		e.feed([]byte(k))
		p.write(f.draw(e.text))
	}
	return p.String()
}

func TestFieldShowsWhatIsTyped(t *testing.T) {
	for _, c := range []struct {
		want string
		keys []string
	}{
		{"bob", []string{"bob"}},
		{"bo", []string{"b", "o", "b", "\x7f"}},
		{"", []string{"bob", "\x15"}},
		{"one two", []string{"one", " ", "tree", "\x17", "two"}},
		{"日", []string{"日本", "\x7f"}},
		{"日a", []string{"日本", "\x7fa"}},
		{"e", []string{"e\u0301", "\x7f"}},
		{"e\u0301", []string{"e", "\u0301"}},
		{`\u009b`, []string{"\u009b"}},
		{"", []string{"\u009b", "\x7f"}},
		{`a\xe4`, []string{"a\xe4"}},
		{"ä", []string{"\xc3", "\xa4"}},
		{"1234567890", []string{"1234567890"}},
		{"…345678901", []string{"12345678901"}},
		{"…bcdefghij", []string{strings.Repeat("a", 100<<10) + "bcdefghij"}},
		{`…\x80\x80`, []string{strings.Repeat("\x80", 1000)}},
		{"1234567890", []string{"12345678901", "\x7f"}},
		{"…日本日本", []string{"日本日本日本"}},
	} {
		if got := shows(t, c.keys...); got != c.want {
			t.Errorf("%q shows %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		question     string
		cells        int
		above, label string
	}{
		{"user", 80, "", "user: "},
		{"user", 22, "", "user: "},
		{"user", 21, "user", "> "},
		{"a\nb", 80, "", `a\nb: `},
		{strings.Repeat("x", 100), 80, strings.Repeat("x", 100), "> "},
	} {
		above, label := layout(c.question, c.cells)
		if above != c.above || label != c.label {
			t.Errorf("%q in %d cells: %q, %q", c.question, c.cells, above, label)
		}
	}
}

// Whatever bytes come, in whatever portions: the line stays in its room, shows
// the end of what the editor holds, and the editor holds no control character.
func FuzzEditor(f *testing.F) {
	f.Add([]byte("pä\x1b[200~one\r\ntwo\x1b[201~\x7f\x17日本e\u0301"), uint8(3), uint8(12))
	f.Add([]byte("\x1b[\x1b\x1bO\x00\xff\xfe\u202e"), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, keys []byte, step, room uint8) {
		if len(keys) > 4<<10 {
			return // nothing new in so many, and a draw for each of them
		}
		label := "user: "
		room = max(room, 2)
		p := newPaper(t, len(label)+int(room)+1)
		p.write(label)
		var e editor
		fl := field{room: int(room)}
		for len(keys) > 0 {
			n := min(int(step)+1, len(keys))
			rest := keys[:n]
			for len(rest) > 0 {
				rest, _ = e.feed(rest)
			}
			keys = keys[n:]
			p.write(fl.draw(e.text))
		}
		if bytes.ContainsFunc(e.text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("the text is %q", e.text)
		}
		whole := escaped(string(e.text))
		row := strings.TrimPrefix(p.String(), strings.TrimRight(label, " "))
		shown, cut := strings.CutPrefix(strings.TrimLeft(row, " "), ellipsis)
		if !cut && strings.TrimSpace(whole) != strings.TrimSpace(shown) {
			t.Errorf("%q is shown as %q", whole, shown)
		}
		if !utf8.ValidString(row) {
			t.Errorf("the screen has %q", row)
		}
	})
}
