package netrc

import (
	"fmt"
	"strings"
)

// SyntaxError says where a file breaks the grammar. It holds none of the file's
// text.
type SyntaxError struct {
	Line   int // from 1
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Parse reads the text of a file. The error is a *SyntaxError.
func Parse(text string) (*File, error) {
	r := &reader{s: strings.TrimPrefix(text, "\ufeff"), line: 1}
	f := &File{}
	var now *Entry // the entry that fields belong to
	for last := false; ; {
		word, ok, err := r.word()
		if err != nil || !ok {
			return f, err
		}
		switch word {
		case "machine":
			name, ok, err := r.value()
			if err != nil || !ok {
				return f, err
			}
			if name == "" {
				return f, r.fault("a machine without a name")
			}
			now = f.add(Entry{Machine: name}, last)
		case "default":
			now = f.add(Entry{}, last)
			last = true
		case "macdef":
			r.macro()
		case "login", "password", "account":
			if err := r.field(now, word); err != nil {
				return f, err
			}
		default:
			return f, r.fault("a word that is no keyword")
		}
	}
}

// add returns the place of a new entry, which counts unless the default has ended
// the file.
func (f *File) add(e Entry, ended bool) *Entry {
	if ended {
		return &e
	}
	f.entries = append(f.entries, e)
	return &f.entries[len(f.entries)-1]
}

// reader goes through a file from its start.
type reader struct {
	s    string
	i    int
	line int
}

// field reads the value of a keyword into the entry, when there is one.
func (r *reader) field(e *Entry, word string) error {
	value, ok, err := r.value()
	if err != nil || !ok {
		return err
	}
	switch {
	case e == nil:
		return r.fault("a " + word + " before any machine")
	case word == "login":
		e.Login, e.hasLogin = value, value != ""
	case word == "password":
		e.Password, e.HasPassword = value, true
	}
	return nil
}

// word returns the next word that is no comment; false at the end.
func (r *reader) word() (string, bool, error) {
	for r.space(); r.i < len(r.s) && r.s[r.i] == '#'; r.space() {
		r.skipLine()
	}
	return r.value()
}

// value returns the next value, whatever it begins with; false at the end.
func (r *reader) value() (string, bool, error) {
	r.space()
	if r.i == len(r.s) {
		return "", false, nil
	}
	if r.s[r.i] == '"' {
		v, err := r.quoted()
		return v, true, err
	}
	start := r.i
	for r.i < len(r.s) && !isSpace(r.s[r.i]) {
		r.i++
	}
	return r.checked(r.s[start:r.i])
}

func (r *reader) quoted() (string, error) {
	var b strings.Builder
	for r.i++; r.i < len(r.s) && r.s[r.i] != '\n'; r.i++ {
		switch c := r.s[r.i]; {
		case c == '"':
			r.i++
			v, _, err := r.checked(b.String())
			return v, err
		case c == '\\' && r.i+1 < len(r.s):
			r.i++
			b.WriteByte(unescape(r.s[r.i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", r.fault("a quote that is not closed")
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// checked refuses control characters: no scheme of HTTP may send them, RFC 7617
// section 2 and RFC 7616 section 4.
func (r *reader) checked(v string) (string, bool, error) {
	if strings.ContainsFunc(v, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return "", false, r.fault("a control character")
	}
	return v, true, nil
}

// macro skips to behind the next empty line.
func (r *reader) macro() {
	for r.i < len(r.s) {
		r.skipLine()
		line, _, _ := strings.Cut(r.s[r.i:], "\n")
		if strings.Trim(line, "\r") == "" {
			return
		}
	}
}

// skipLine goes behind the next line end.
func (r *reader) skipLine() {
	if n := strings.IndexByte(r.s[r.i:], '\n'); n >= 0 {
		r.i += n + 1
		r.line++
		return
	}
	r.i = len(r.s)
}

func (r *reader) space() {
	for ; r.i < len(r.s) && isSpace(r.s[r.i]); r.i++ {
		if r.s[r.i] == '\n' {
			r.line++
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func (r *reader) fault(reason string) error { return &SyntaxError{Line: r.line, Reason: reason} }
