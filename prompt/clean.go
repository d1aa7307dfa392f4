package prompt

import (
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// ellipsis, one cell wide, stands for what was cut.
const ellipsis = "…"

// maxMarks is how many combining marks a character keeps. Written languages
// stack at most four (Hebrew: a dagesh, a vowel, an accent and a dot); more are
// made to spill over the lines above and below.
const maxMarks = 4

// Clean returns s fit for one line of a terminal, at most cells cells wide. What
// does not print is shown as Go writes it in a string: C0, DEL, C1, line and
// paragraph separators, controls of writing direction, characters without width
// and other invisible ones, spaces but U+0020, private and unassigned code
// points, as \n, \x1b or \u202e; bytes that are not UTF-8 as \xff. A backslash
// stays as it is. What is too long ends in "…".
//
// Origins are not to be cut: the end of a host's name tells whose it is.
func Clean(s string, cells int) string {
	if len(s) <= cells && isPrintingASCII(s) {
		return s
	}
	return fit(units(s), cells)
}

// isPrintingASCII reports whether all of s is printing ASCII, which stays as it is, a
// cell each.
func isPrintingASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Quote returns s between double quotes and fit for a terminal as Clean does it,
// at most cells cells wide with the quotes. Double quotes and backslashes in it
// get a backslash, so that the closing quote is known. Below two cells there is
// no room for anything.
func Quote(s string, cells int) string {
	if cells < 2 {
		return ""
	}
	if len(s) <= cells-2 && isPrintingASCII(s) && !strings.ContainsAny(s, `"\`) {
		return `"` + s + `"`
	}
	return `"` + fit(quoted(units(s)), cells-2) + `"`
}

// unit is what is drawn, cut and erased as a whole: a character with its
// combining marks, or an escape.
type unit struct {
	text  string
	cells int // at least 1
}

// fit joins units until cells are full.
func fit(all iter.Seq[unit], cells int) string {
	if cells <= 0 {
		return ""
	}
	var b strings.Builder
	used, room := 0, 0 // room: the length of b that leaves a cell for the ellipsis
	for u := range all {
		if used+u.cells > cells {
			return b.String()[:room] + ellipsis
		}
		b.WriteString(u.text)
		if used += u.cells; used < cells {
			room = b.Len()
		}
	}
	return b.String()
}

// escaped is Clean without an end.
func escaped(s string) string {
	var b strings.Builder
	for u := range units(s) {
		b.WriteString(u.text)
	}
	return b.String()
}

// Cells returns how many cells s fills once Clean has made it fit, uncut.
func Cells(s string) int {
	if isPrintingASCII(s) {
		return len(s)
	}
	n := 0
	for u := range units(s) {
		n += u.cells
	}
	return n
}

func quoted(all iter.Seq[unit]) iter.Seq[unit] {
	return func(yield func(unit) bool) {
		for u := range all {
			if u.text[0] == '"' || u.text == `\` {
				u = unit{`\` + u.text, u.cells + 1}
			}
			if !yield(u) {
				return
			}
		}
	}
}

// units returns what s looks like on a terminal, from left to right.
func units(s string) iter.Seq[unit] {
	return func(yield func(unit) bool) {
		for len(s) > 0 {
			r, n := utf8.DecodeRuneInString(s)
			u := unitOf(r, s[:n])
			s = s[n:]
			if isPlain(r, n) {
				n = marks(s)
				u.text += s[:n]
				s = s[n:]
			}
			if !yield(u) {
				return
			}
		}
	}
}

// isPlain reports whether a rune of n bytes is shown as it is and may carry
// marks.
func isPlain(r rune, n int) bool {
	return (r != utf8.RuneError || n > 1) && printable(r) && !isMark(r)
}

func unitOf(r rune, octets string) unit {
	if isPlain(r, len(octets)) {
		return unit{octets, cellsOfRune(r)}
	}
	text := spell(r, octets)
	return unit{text, len(text)}
}

// marks returns the length of the combining marks at the start of s that the
// character before them keeps.
func marks(s string) int {
	end := 0
	for range maxMarks {
		r, n := utf8.DecodeRuneInString(s[end:])
		if !isMark(r) || !printable(r) {
			break
		}
		end += n
	}
	return end
}

// spell returns the escape of a rune that is not shown, in ASCII.
func spell(r rune, octets string) string {
	switch {
	case r == utf8.RuneError && len(octets) == 1:
		return fmt.Sprintf(`\x%02x`, octets[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}

// printable reports whether r leaves a trace of its own on a terminal and does
// nothing else. unicode.IsPrint is false for controls, formats, separators,
// private and unassigned code points; what it lets through although invisible
// are the fillers and selectors of the two properties, and the empty Braille
// pattern.
func printable(r rune) bool {
	return unicode.IsPrint(r) &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		r != '\u2800'
}

// isMark reports whether r is drawn over the character before it.
func isMark(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me) }

// cellsOfRune returns the cells of a printable rune that is not a mark, Unicode
// Standard Annex 11. Ambiguous ones count one, as terminals outside of legacy
// East Asian encodings draw them.
func cellsOfRune(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}
