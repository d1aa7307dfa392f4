package pretty

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxDepth is how deep brackets are followed; what lies deeper passes as it
	// is. An indent is then 1 KiB at most.
	maxDepth = 512

	// flushAt is how much is gathered before it is written, in octets: one
	// character may make a line of a whole indent.
	flushAt = 32 << 10
)

// The colours, as ECMA-48 section 8.3.117 (SGR) has them.
const (
	ofKey    = "\x1b[1;34m" // bold blue
	ofString = "\x1b[32m"   // green
	ofNumber = "\x1b[36m"   // cyan
	ofWord   = "\x1b[35m"   // true, false and null: magenta
	ofNone   = "\x1b[0m"
)

// place is what may come next.
type place int

const (
	value    place = iota // a value
	first                 // a value, or "]"
	firstKey              // a name, or "}"
	key                   // a name
	colon
	next // "," or the end of what the last bracket began
)

// token is what the writer is in the middle of.
type token int

const (
	none token = iota
	quoted
	word    // a number, or true, false, null
	foreign // what is no JSON
)

// Writer writes JSON to another writer. It belongs to one goroutine. Close it at
// the end.
type Writer struct {
	To     io.Writer
	Colors bool

	out     []byte // to be written
	rest    []byte // the beginning of a character
	open    []byte // the brackets that are open
	place   place
	in      token
	name    bool // the string is a name
	escaped bool // a backslash was the last of it
	line    bool // the next token begins a line
	cr      bool // the last of what is foreign was a CR
	colored bool
	wrote   bool // something
}

// Write implements io.Writer. An error is To's.
func (w *Writer) Write(p []byte) (int, error) {
	data := p
	if len(w.rest) > 0 {
		data = append(w.rest, p...)
	}
	for len(data) > 0 && utf8.FullRune(data) {
		r, n := utf8.DecodeRune(data)
		w.take(r, data[:n])
		data = data[n:]
		if len(w.out) >= flushAt {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	w.rest = append([]byte(nil), data...)
	return len(p), w.flush()
}

// Close ends the last line, and the colour.
func (w *Writer) Close() error {
	for _, c := range w.rest {
		w.take(utf8.RuneError, []byte{c})
	}
	w.rest = nil
	if w.cr {
		w.text(`\r`)
	}
	w.plain()
	if w.wrote && w.in != foreign {
		w.text("\n")
	}
	return w.flush()
}

func (w *Writer) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	_, err := w.To.Write(w.out)
	w.out = w.out[:0]
	return err
}

func (w *Writer) text(s string) { w.out = append(w.out, s...) }

func (w *Writer) color(c string) {
	if w.Colors {
		w.text(c)
		w.colored = true
	}
}

func (w *Writer) plain() {
	if w.colored {
		w.text(ofNone)
		w.colored = false
	}
}

// take takes one character, which octets are of.
func (w *Writer) take(r rune, octets []byte) {
	switch w.in {
	case quoted:
		w.inString(r, octets)
		return
	case foreign:
		w.passForeign(r, octets)
		return
	case word:
		if !strings.ContainsRune(" \t\r\n,:]}[{\"", r) {
			w.show(r, octets)
			return
		}
		w.endValue()
	}
	switch r {
	case ' ', '\t', '\r', '\n':
	default:
		w.begins(r, octets)
	}
}

// begins takes the first character of a token.
//
//	value  = false / null / true / object / array / number / string
//	object = "{" [ member *( "," member ) ] "}"
//	member = string ":" value
//	array  = "[" [ value *( "," value ) ] "]"
func (w *Writer) begins(r rune, octets []byte) {
	isValue := w.place == value || w.place == first
	switch {
	case isValue && (r == '{' || r == '[') && len(w.open) < maxDepth:
		w.begin()
		w.push(byte(r))
	case isValue && r == '"':
		w.begin()
		w.string(false)
	case isValue && (r == '-' || '0' <= r && r <= '9'):
		w.word(ofNumber, octets)
	case isValue && (r == 't' || r == 'f' || r == 'n'):
		w.word(ofWord, octets)
	case r == '"' && (w.place == key || w.place == firstKey):
		w.begin()
		w.string(true)
	case r == ':' && w.place == colon:
		w.text(": ")
		w.place = value
	case r == ',' && w.place == next:
		w.text(",")
		w.line = true
		if w.place = value; w.inObject() {
			w.place = key
		}
	case r == '}' && w.inObject() && (w.place == next || w.place == firstKey),
		r == ']' && len(w.open) > 0 && !w.inObject() && (w.place == next || w.place == first):
		w.pop(byte(r))
	default:
		w.begin()
		w.in = foreign
		w.passForeign(r, octets)
	}
}

func (w *Writer) inObject() bool { return len(w.open) > 0 && w.open[len(w.open)-1] == '{' }

// begin begins a line, where the token does.
func (w *Writer) begin() {
	if w.line {
		w.indent()
	}
	w.line, w.wrote = false, true
}

func (w *Writer) indent() {
	w.text("\n")
	for range w.open {
		w.text("  ")
	}
}

func (w *Writer) push(bracket byte) {
	w.out = append(w.out, bracket)
	w.open = append(w.open, bracket)
	w.line = true
	if w.place = first; bracket == '{' {
		w.place = firstKey
	}
}

func (w *Writer) pop(bracket byte) {
	w.open = w.open[:len(w.open)-1]
	if w.place == next {
		w.indent()
	}
	w.out = append(w.out, bracket)
	w.endValue()
}

func (w *Writer) word(color string, octets []byte) {
	w.begin()
	w.color(color)
	w.out = append(w.out, octets...)
	w.in = word
}

func (w *Writer) string(name bool) {
	w.in, w.name = quoted, name
	if name {
		w.color(ofKey)
	} else {
		w.color(ofString)
	}
	w.text(`"`)
}

func (w *Writer) inString(r rune, octets []byte) {
	w.show(r, octets)
	switch {
	case w.escaped:
		w.escaped = false
	case r == '\\':
		w.escaped = true
	case r == '"' && w.name:
		w.plain()
		w.in, w.place = none, colon
	case r == '"':
		w.endValue()
	}
}

// endValue says what comes after a value: at the top another one may.
func (w *Writer) endValue() {
	w.plain()
	w.in, w.place, w.line = none, next, false
	if len(w.open) == 0 {
		w.place, w.line = value, true
	}
}

// passForeign passes what is no JSON. Its lines may end as they like.
func (w *Writer) passForeign(r rune, octets []byte) {
	if w.cr && r == '\n' {
		w.text("\r")
	} else if w.cr {
		w.text(`\r`)
	}
	if w.cr = r == '\r'; w.cr {
		return
	}
	if r == '\n' || r == '\t' {
		w.out = append(w.out, octets...)
		return
	}
	w.show(r, octets)
}

// show writes a character as it is, or its escape.
func (w *Writer) show(r rune, octets []byte) {
	switch {
	case r == utf8.RuneError && len(octets) == 1:
		w.out = fmt.Appendf(w.out, `\x%02x`, octets[0])
	case unicode.IsPrint(r):
		w.out = append(w.out, octets...)
	case r > 0xffff:
		hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
		w.out = fmt.Appendf(w.out, `\u%04x\u%04x`, hi, lo)
	default:
		w.out = fmt.Appendf(w.out, `\u%04x`, r)
	}
}
