package prompt

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// minField, in cells, is the least room for an answer beside its label. Where
// the label leaves less it goes on lines of its own.
const minField = 16

// maxUnit, in bytes, is the longest text that draws one unit: a character and
// its marks, of at most utf8.UTFMax bytes each.
const maxUnit = utf8.UTFMax * (1 + maxMarks)

// layout splits a question into a text that stands above and the label that the
// answer follows. Only the label is bounded: it is drawn again and must not
// wrap.
func layout(question string, cells int) (above, label string) {
	label = escaped(question) + ": "
	if Cells(label)+minField <= cells {
		return "", label
	}
	return escaped(question), "> "
}

// field draws an answer that is being typed: as much of its end as there is room
// for, so that it never wraps. Backspaces and blanks are all it needs of a
// terminal.
type field struct {
	room  int    // cells, at least 2
	shown []unit // what stands there now
}

// draw returns what turns the text that stands there into the new one.
func (f *field) draw(text []byte) string {
	next := f.visible(text)
	same := 0
	for same < min(len(next), len(f.shown)) && next[same] == f.shown[same] {
		same++
	}
	old, fresh := cellsIn(f.shown[same:]), cellsIn(next[same:])
	f.shown = next
	var b strings.Builder
	b.WriteString(strings.Repeat("\b", old))
	for _, u := range next[same:] {
		b.WriteString(u.text)
	}
	if extra := old - fresh; extra > 0 {
		b.WriteString(strings.Repeat(" ", extra) + strings.Repeat("\b", extra))
	}
	return b.String()
}

// visible returns the end of text that fits, marked when something is before it.
func (f *field) visible(text []byte) []unit {
	tail := text
	if most := (f.room + 1) * maxUnit; len(tail) > most {
		tail = tail[len(tail)-most:]
		for range utf8.UTFMax - 1 { // the most that can be left of a character
			if !utf8.RuneStart(tail[0]) {
				tail = tail[1:]
			}
		}
	}
	all := slices.Collect(units(string(tail)))
	if cellsIn(all) <= f.room && len(tail) == len(text) {
		return all
	}
	used, from := 1, len(all) // 1: the ellipsis
	for from > 0 && used+all[from-1].cells <= f.room {
		from--
		used += all[from].cells
	}
	return append([]unit{{ellipsis, 1}}, all[from:]...)
}

func cellsIn(all []unit) int {
	n := 0
	for _, u := range all {
		n += u.cells
	}
	return n
}
