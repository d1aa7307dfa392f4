// Package glob reads URLs that stand for many, as curl does: lists {a,b} and ranges
// [1-9], [01-10:2], [a-z]. What they stand for in a URL is #1, #2 … in a file name.
package glob

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Glob is a URL with lists {a,b} and ranges [1-9], [01-10:2], [a-z] in it, as
// curl reads them. Its URLs are made one at a time: [1-1000000000] takes no
// more memory than [1-2].
type Glob struct {
	parts []part // text and sets in turn, beginning and ending with text
	left  bool   // next has a URL to give
}

// part is a text, a list or a range.
type part struct {
	text string
	list []string // nil: no list

	// A range: from first to last by step; numbers are padded to width with
	// zeros, letters are single octets.
	ranged            bool
	letters           bool
	first, last, step uint64
	width             int

	at uint64 // the current member: an index of list, or a value of the range
}

// New reads the pattern. With off it is one URL, as it stands.
func New(pattern string, off bool) (*Glob, error) {
	g := &Glob{left: true}
	if off {
		g.parts = []part{{text: pattern}}
		return g, nil
	}
	var text strings.Builder
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		switch c := rest[0]; {
		case c == '\\' && len(rest) > 1 && strings.IndexByte("[]{}", rest[1]) >= 0:
			text.WriteByte(rest[1])
			i += 2
		case c == '[' && literal(rest) > 0:
			n := literal(rest)
			text.WriteString(rest[:n])
			i += n
		case c == '[' || c == '{':
			set, n, err := readSet(rest)
			if err != nil {
				return nil, fmt.Errorf("%w in URL position %d", err, i+n+1)
			}
			g.parts = append(g.parts, part{text: text.String()}, set)
			text.Reset()
			i += n
		case c == ']' || c == '}':
			return nil, fmt.Errorf("unmatched close brace/bracket in URL position %d", i+1)
		default:
			text.WriteByte(c)
			i++
		}
	}
	g.parts = append(g.parts, part{text: text.String()})
	return g, nil
}

// literal returns the length of what is no range at the start of s: an IPv6
// address in brackets, or "[]", which is common in queries; or 0.
func literal(s string) int {
	if strings.HasPrefix(s, "[]") {
		return 2
	}
	return literalAddress(s)
}

// literalAddress returns the length of the IPv6 address in brackets at the
// start of s, or 0.
func literalAddress(s string) int {
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return 0
	}
	inside, _, _ := strings.Cut(s[1:end], "%") // a zone is for the URL's reader
	if a, err := netip.ParseAddr(inside); err != nil || !a.Is6() {
		return 0
	}
	return end + 1
}

// errRange is a range that cannot be read.
var errRange = errors.New("bad range")

// readSet reads the list or range at the start of s, and returns its length, or
// with an error how far it was read.
func readSet(s string) (part, int, error) {
	if s[0] == '{' {
		return readList(s)
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return part{}, 0, errRange
	}
	p, ok := readRange(s[1:end])
	if !ok {
		return p, 0, errRange
	}
	return p, end + 1, nil
}

// readList reads the list at the start of s. A backslash takes the meaning from
// what follows it.
func readList(s string) (part, int, error) {
	var words []string
	var word strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			word.WriteByte(s[i])
		case c == '{' || c == '[':
			return part{}, i, errors.New("nested brace")
		case c == ']':
			return part{}, i, errors.New("unexpected close bracket")
		case c == '}' && i == 1:
			return part{}, i, errors.New("empty string within braces")
		case c == '}':
			return part{list: append(words, word.String())}, i + 1, nil
		case c == ',':
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteByte(c)
		}
	}
	return part{}, 0, errors.New("unmatched brace")
}

// maxLetters is how far apart two letters may be: curl's "z" - "a", with which
// "[Z-a]" is a range and "[A-z]" is none.
const maxLetters = 'z' - 'a'

// readRange reads what is between brackets:
//
//	range = ( 1*DIGIT "-" 1*DIGIT / ALPHA "-" ALPHA ) [ ":" 1*DIGIT ]
//
// The step must lead to a second member, unless there is one only.
func readRange(s string) (part, bool) {
	p := part{ranged: true, step: 1}
	span, step, stepped := strings.Cut(s, ":")
	from, to, ok := strings.Cut(span, "-")
	if !ok {
		return p, false
	}
	if isLetter(from) && isLetter(to) {
		p.letters, p.first, p.last = true, uint64(from[0]), uint64(to[0])
	} else {
		var err1, err2 error
		p.first, err1 = strconv.ParseUint(from, 10, 64)
		p.last, err2 = strconv.ParseUint(to, 10, 64)
		if err1 != nil || err2 != nil {
			return p, false
		}
		if from[0] == '0' {
			p.width = len(from)
		}
	}
	if stepped {
		n, err := strconv.ParseUint(step, 10, 64)
		if err != nil {
			return p, false
		}
		p.step = n
	}
	p.at = p.first
	far := p.last - p.first
	switch {
	case p.first > p.last, p.letters && far > maxLetters:
		return p, false
	case far == 0:
		return p, p.step == 1
	}
	return p, p.step > 0 && p.step <= far
}

func isLetter(s string) bool {
	return len(s) == 1 && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

// Next returns the next URL and what each set stands for in it; ok is false
// when there is none.
func (g *Glob) Next() (url string, sets []string, ok bool) {
	if !g.left {
		return "", nil, false
	}
	var b strings.Builder
	for i := range g.parts {
		word := g.parts[i].word()
		if g.parts[i].list != nil || g.parts[i].ranged {
			sets = append(sets, word)
		}
		b.WriteString(word)
	}
	g.left = g.advance()
	return b.String(), sets, true
}

// advance moves to the next combination, the last set fastest.
func (g *Glob) advance() bool {
	for i := len(g.parts) - 1; i >= 0; i-- {
		if g.parts[i].advance() {
			return true
		}
	}
	return false
}

// advance moves to the set's next member, or back to its first and reports
// false.
func (p *part) advance() bool {
	switch {
	case p.ranged && p.last-p.at >= p.step:
		p.at += p.step
		return true
	case p.list != nil && p.at+1 < uint64(len(p.list)):
		p.at++
		return true
	}
	p.at = 0
	if p.ranged {
		p.at = p.first
	}
	return false
}

func (p *part) word() string {
	switch {
	case p.list != nil:
		return p.list[p.at]
	case p.letters:
		return string(rune(p.at))
	case p.ranged:
		digits := strconv.FormatUint(p.at, 10)
		return strings.Repeat("0", max(p.width-len(digits), 0)) + digits
	}
	return p.text
}

// FillIn replaces #1, #2 … in a file name by what the sets stand for. A number
// without a set stays as it is.
func FillIn(name string, sets []string) string {
	if !strings.Contains(name, "#") {
		return name
	}
	var b strings.Builder
	b.Grow(2 * len(name))
	for i := 0; i < len(name); {
		if name[i] != '#' {
			b.WriteByte(name[i])
			i++
			continue
		}
		end := i + 1
		for end < len(name) && name[end] >= '0' && name[end] <= '9' {
			end++
		}
		k, err := strconv.Atoi(name[i+1 : end])
		if err != nil || k < 1 || k > len(sets) {
			b.WriteByte(name[i])
			i++
			continue
		}
		b.WriteString(sets[k-1])
		i = end
	}
	return b.String()
}

// OneOrigin reports whether the sets stand behind the authority, so that every
// URL has the same origin and userinfo.
func (g *Glob) OneOrigin() bool {
	first := g.parts[0].text
	if _, rest, ok := strings.Cut(first, "://"); ok {
		first = rest
	}
	return strings.ContainsAny(first, "/?#")
}
