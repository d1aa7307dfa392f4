package prompt

import (
	"bytes"
	"unicode/utf8"
)

// key is what a typed byte means beyond itself.
type key int

const (
	more      key = iota // nothing yet: the line goes on
	enter                // the line is whole
	interrupt            // ^C
	decline              // ^D on an empty line
	suspend              // ^Z
)

// The keys that an editor knows, as bytes.
const (
	ctrlC, ctrlD, ctrlH  = 0x03, 0x04, 0x08
	ctrlU, ctrlW, ctrlZ  = 0x15, 0x17, 0x1a
	lineFeed, carriage   = '\n', '\r'
	escape, del, lastCtl = 0x1b, 0x7f, 0x1f
)

// sequence is how far an escape sequence has come, ECMA-48 sections 5.3 and 5.4.
type sequence int

const (
	none   sequence = iota
	begun           // ESC
	csi             // ESC [, parameters, final byte
	single          // ESC O, one byte: function keys, VT100
)

// maxParameters, in bytes, is how much of a control sequence is looked at.
// "200" and "201" are the longest that mean something here.
const maxParameters = 8

// editor makes a line out of the bytes that a terminal sends. It is pure: it
// reads nothing and writes nothing.
type editor struct {
	text    []byte   // the line so far
	rang    bool     // something was refused; the bell is due
	seq     sequence // in an escape sequence
	params  []byte   // of a control sequence
	pasting bool     // between the paste brackets
	broken  bool     // a line end was dropped from what is being pasted
}

// feed takes bytes until one of them means something to the caller. It returns
// that meaning and the bytes that were not taken.
func (e *editor) feed(p []byte) (rest []byte, k key) {
	for i, c := range p {
		switch {
		case c == ctrlC:
			return p[i+1:], interrupt
		case e.seq != none:
			if e.inSequence(c) {
				continue
			}
		}
		if k := e.take(c); k != more {
			return afterEnter(c, p[i+1:]), k
		}
	}
	return nil, more
}

// afterEnter drops the second half of CR LF, so that it does not answer the next
// question.
func afterEnter(c byte, rest []byte) []byte {
	if c == carriage && len(rest) > 0 && rest[0] == lineFeed {
		return rest[1:]
	}
	return rest
}

func (e *editor) take(c byte) key {
	switch {
	case c == escape:
		e.seq = begun
	case e.pasting:
		e.paste(c)
	case c > lastCtl && c != del:
		e.text = append(e.text, c)
	default:
		return e.control(c)
	}
	return more
}

// paste takes a byte from between the brackets, where no key has a function.
func (e *editor) paste(c byte) {
	switch {
	case c == carriage || c == lineFeed:
		e.broken = true
	case c > lastCtl && c != del:
		e.text = append(e.text, c)
		e.rang = e.rang || e.broken
		e.broken = false
	default:
		e.rang = true
	}
}

func (e *editor) control(c byte) key {
	switch c {
	case carriage, lineFeed:
		return enter
	case ctrlZ:
		return suspend
	case ctrlD:
		if len(e.text) == 0 {
			return decline
		}
		e.rang = true
	case ctrlH, del:
		e.text = e.text[:lastRune(e.text)]
	case ctrlW:
		e.text = e.text[:lastWord(e.text)]
	case ctrlU:
		e.text = e.text[:0]
	default:
		e.rang = true
	}
	return more
}

// inSequence takes a byte of an escape sequence and reports whether it was one.
// ESC before anything but "[" and "O" was the key alone, and the byte counts.
func (e *editor) inSequence(c byte) bool {
	switch e.seq {
	case begun:
		switch c {
		case '[':
			e.seq, e.params = csi, e.params[:0]
		case 'O':
			e.seq = single
		default:
			e.alone()
			return false
		}
	case csi:
		return e.inControl(c)
	default:
		e.seq = none
	}
	return true
}

// inControl takes a byte of a control sequence, ECMA-48 section 5.4:
//
//	CSI P...P I...I F    P = 0x30-0x3F, I = 0x20-0x2F, F = 0x40-0x7E
//
// Any other byte breaks the sequence off, and counts for itself.
func (e *editor) inControl(c byte) bool {
	switch {
	case c >= 0x20 && c <= 0x3f:
		if len(e.params) < maxParameters {
			e.params = append(e.params, c)
		}
		return true
	case c < 0x40 || c > 0x7e:
		e.alone()
		return false
	}
	e.seq = none
	if c == '~' && string(e.params) == "200" {
		e.pasting = true
	}
	if c == '~' && string(e.params) == "201" {
		e.pasting, e.broken = false, false
	}
	return true
}

// alone ends a sequence that was none: somebody pressed the escape key.
func (e *editor) alone() {
	e.rang = e.rang || e.seq != none
	e.seq = none
}

// lastRune returns where the last character of b starts; a byte that is not
// UTF-8 is one by itself.
func lastRune(b []byte) int {
	_, n := utf8.DecodeLastRune(b)
	return len(b) - n
}

// lastWord returns where the last word of b starts, as ^W has it: the blanks
// after it go as well.
func lastWord(b []byte) int {
	return bytes.LastIndexByte(bytes.TrimRight(b, " "), ' ') + 1
}
