package scram

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// prepare is SASLprep, RFC 4013, which RFC 5802 section 2.2 demands: non-ASCII
// spaces become SPACE, some characters nothing, the rest NFKC; what is then
// prohibited is an error that holds no part of the text. Code points that no
// Unicode has assigned go as they are, as RFC 3454 section 7 has it for a query.
//
// It is not PRECIS (RFC 8265), which normalises to NFC: a server that follows RFC
// 5802 would not come to the same key.
func prepare(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", errors.New("it is not UTF-8")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		text = norm.NFKC.String(strings.Map(mapped, text))
	}
	if strings.ContainsFunc(text, prohibited) {
		return "", errors.New("a character in it that SASLprep prohibits")
	}
	return text, checkBidi(text)
}

// mapped follows RFC 4013 section 2.1: RFC 3454 tables C.1.2 and B.1.
func mapped(r rune) rune {
	switch {
	case r == 0xad, r == 0x34f, r == 0x1806, r >= 0x180b && r <= 0x180d, r >= 0x200b && r <= 0x200d, r == 0x2060,
		r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff:
		return -1
	case r > 0x7f && unicode.Is(unicode.Zs, r):
		return ' '
	}
	return r
}

// prohibited follows RFC 4013 section 2.3: RFC 3454 tables C.2.1 to C.9.
func prohibited(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Co, r):
	case r == 0x6dd, r == 0x70f, r == 0x180e, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x2063:
	case r >= 0x206a && r <= 0x206f, r >= 0xfff9 && r <= 0xfffd, r >= 0x1d173 && r <= 0x1d17a:
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
	case r >= 0x2ff0 && r <= 0x2ffb, r == 0x340, r == 0x341, r == 0x200e, r == 0x200f:
	case r == 0xe0001, r >= 0xe0020 && r <= 0xe007f:
	default:
		return false
	}
	return true
}

// checkBidi follows RFC 3454 section 6: text with a right-to-left character has
// no left-to-right one, and begins and ends with one of its own.
func checkBidi(text string) error {
	isRight := func(r rune) bool {
		p, _ := bidi.LookupString(string(r))
		return p.Class() == bidi.R || p.Class() == bidi.AL
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf && isRight(r) }) {
		return nil
	}
	isLeft := func(r rune) bool {
		p, _ := bidi.LookupString(string(r))
		return p.Class() == bidi.L
	}
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	if strings.ContainsFunc(text, isLeft) || !isRight(first) || !isRight(last) {
		return errors.New("left-to-right and right-to-left mixed as SASLprep prohibits")
	}
	return nil
}
