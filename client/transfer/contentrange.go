package transfer

import (
	"strconv"
	"strings"
)

// span is what a Content-Range says, in octets; -1 stands for what it leaves
// out.
type span struct{ first, last, length int64 }

// parseContentRange reads RFC 9110 section 14.4, for bytes.
//
//	Content-Range     = range-unit SP ( range-resp / unsatisfied-range )
//	range-resp        = incl-range "/" ( complete-length / "*" )
//	incl-range        = first-pos "-" last-pos
//	unsatisfied-range = "*/" complete-length
func parseContentRange(value string) (s span, ok bool) {
	unit, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	incl, length, ok := strings.Cut(rest, "/")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return span{}, false
	}
	s = span{-1, -1, -1}
	if length != "*" {
		if s.length, ok = digits(length); !ok {
			return span{}, false
		}
	}
	if incl == "*" {
		return s, length != "*"
	}
	first, last, ok := strings.Cut(incl, "-")
	if !ok {
		return span{}, false
	}
	var ok1, ok2 bool
	s.first, ok1 = digits(first)
	s.last, ok2 = digits(last)
	if !ok1 || !ok2 || s.last < s.first || s.length >= 0 && s.last >= s.length {
		return span{}, false
	}
	return s, true
}

// digits reads 1*DIGIT.
func digits(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && s[0] != '+' && s[0] != '-'
}
