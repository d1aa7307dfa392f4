package mask

import (
	"bytes"
	"mime"
	"strings"
)

// Stream masks a body that comes in pieces (rule R16): live secrets, though
// a piece end within one, and the values of names that stand for secrets, where
// the body is a form or JSON. It holds back no more than what may be the
// beginning of a secret. It belongs to one body and one goroutine.
type Stream struct {
	mask  *Mask
	names *nameMask // nil: the body has none
	held  []byte
}

// Stream returns one for the body behind a head, whose media type tells how to
// read it.
func (m *Mask) Stream(head string) *Stream { return newStream(m, MediaType(head)) }

func newStream(m *Mask, mediaType string) *Stream {
	return &Stream{mask: m, names: newNameMask(mediaType)}
}

// Write takes the next piece, and returns what can be shown.
func (s *Stream) Write(p []byte) []byte {
	if s.mask.Off {
		return p
	}
	if s.names != nil {
		p = s.names.write(p)
	}
	shown, held := s.mask.cut(append(s.held, p...), false)
	s.held = bytes.Clone(held)
	return shown
}

// Flush returns the rest, when the body has ended. A nil stream has none.
func (s *Stream) Flush() []byte {
	if s == nil {
		return nil
	}
	shown, _ := s.mask.cut(s.held, true)
	s.held = nil
	return shown
}

// cut masks the live secrets in b. At what may be the beginning of one, unless
// that is the end of everything, it stops, and returns the rest as it is.
func (m *Mask) cut(b []byte, end bool) (shown, rest []byte) {
	forms := m.allForms()
	if len(forms) == 0 {
		return b, nil
	}
	var first [256]bool
	for _, f := range forms {
		first[f[0]] = true
	}
	for i := 0; i < len(b); {
		n, more := 0, false
		if first[b[i]] {
			n, more = secretAt(b[i:], forms)
		}
		switch {
		case more && !end:
			return shown, b[i:]
		case n > 0:
			shown = append(shown, Placeholder...)
			i += n
		default:
			shown = append(shown, b[i])
			i++
		}
	}
	return shown, nil
}

// secretAt returns the length of the longest of the forms that b begins with, and
// whether a longer one may begin there. The forms come longest first.
func secretAt(b []byte, forms []string) (n int, more bool) {
	for _, f := range forms {
		if len(f) > len(b) {
			more = more || f[:len(b)] == string(b)
		} else if n == 0 && f == string(b[:len(f)]) {
			n = len(f)
		}
	}
	return n, more
}

// nameMask replaces the values of names that stand for secrets, in the syntax of
// one media type.
type nameMask struct {
	step func(*nameMask, byte)
	out  []byte

	name   []byte // being read, cut at maxMaskedName
	state  byte
	secret bool // the value that is being read, or comes next, is one
	quoted bool // of JSON: the octet before was a backslash
	tail   []byte
	until  string // of a part: what it ends before
}

// maxMaskedName is how much of a name is looked at, in octets: longer than any
// of the table in every spelling ("%70" for "p").
const maxMaskedName = 100

func newNameMask(mediaType string) *nameMask {
	kind, params, err := mime.ParseMediaType(mediaType)
	switch {
	case err != nil:
		return nil
	case kind == "application/x-www-form-urlencoded":
		return &nameMask{step: formStep}
	case kind == "multipart/form-data" && params["boundary"] != "":
		return &nameMask{step: partStep, state: inPartHead, until: "\r\n--" + params["boundary"]}
	case kind == "application/json", kind == "text/json", strings.HasSuffix(kind, "+json"):
		return &nameMask{step: jsonStep}
	}
	return nil
}

func (m *nameMask) write(p []byte) []byte {
	m.out = make([]byte, 0, len(p)+len(Placeholder))
	for _, c := range p {
		m.step(m, c)
	}
	return m.out
}

func (m *nameMask) note(c byte) {
	if len(m.name) < maxMaskedName {
		m.name = append(m.name, c)
	}
}
