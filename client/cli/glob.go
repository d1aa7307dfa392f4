package cli

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// urlGlob is a URL with lists {a,b} and ranges [1-9], [01-10:2], [a-z] in it, as
// curl reads them. Its URLs are made one at a time: [1-1000000000] takes no
// more memory than [1-2].
type urlGlob struct {
	parts []globPart // text and sets in turn, beginning and ending with text
	left  bool       // next has a URL to give
}

// globPart is a text, a list or a range.
type globPart struct {
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

// newGlob reads the pattern. With off it is one URL, as it stands.
func newGlob(pattern string, off bool) (*urlGlob, error) {
	g := &urlGlob{left: true}
	if off {
		g.parts = []globPart{{text: pattern}}
		return g, nil
	}
	var text strings.Builder
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		switch c := rest[0]; {
		case c == '\\' && len(rest) > 1 && strings.IndexByte("[]{}", rest[1]) >= 0:
			text.WriteByte(rest[1])
			i += 2
		case c == '[' && literalAddress(rest) > 0:
			n := literalAddress(rest)
			text.WriteString(rest[:n])
			i += n
		case c == '[' || c == '{':
			part, n, err := readSet(rest)
			if err != nil {
				return nil, fmt.Errorf("glob at character %d: %w", i+1, err)
			}
			g.parts = append(g.parts, globPart{text: text.String()}, part)
			text.Reset()
			i += n
		case c == ']' || c == '}':
			return nil, fmt.Errorf("glob at character %d: unmatched %q", i+1, c)
		default:
			text.WriteByte(c)
			i++
		}
	}
	g.parts = append(g.parts, globPart{text: text.String()})
	return g, nil
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

// readSet reads the list or range at the start of s, and returns its length.
func readSet(s string) (globPart, int, error) {
	closing := byte(']')
	if s[0] == '{' {
		closing = '}'
	}
	end := strings.IndexByte(s, closing)
	if end < 0 {
		return globPart{}, 0, fmt.Errorf("%q is not closed", s[0])
	}
	inside := s[1:end]
	if s[0] == '[' {
		p, err := readRange(inside)
		return p, end + 1, err
	}
	if inside == "" || strings.ContainsAny(inside, "{[") {
		return globPart{}, 0, fmt.Errorf("a list must hold words, not %q", inside)
	}
	return globPart{list: strings.Split(inside, ",")}, end + 1, nil
}

// readRange reads what is between brackets:
//
//	range = ( 1*DIGIT "-" 1*DIGIT / ALPHA "-" ALPHA ) [ ":" 1*DIGIT ]
func readRange(s string) (globPart, error) {
	bad := fmt.Errorf("bad range %q", s)
	p := globPart{ranged: true, step: 1}
	span, step, stepped := strings.Cut(s, ":")
	from, to, ok := strings.Cut(span, "-")
	if !ok || from == "" || to == "" {
		return p, bad
	}
	if isLetter(from) && isLetter(to) {
		p.letters, p.first, p.last = true, uint64(from[0]), uint64(to[0])
	} else {
		var err1, err2 error
		p.first, err1 = strconv.ParseUint(from, 10, 64)
		p.last, err2 = strconv.ParseUint(to, 10, 64)
		if err1 != nil || err2 != nil {
			return p, bad
		}
		if from[0] == '0' {
			p.width = len(from)
		}
	}
	if stepped {
		n, err := strconv.ParseUint(step, 10, 64)
		if err != nil || n == 0 {
			return p, bad
		}
		p.step = n
	}
	if p.first > p.last {
		return p, bad
	}
	p.at = p.first
	return p, nil
}

func isLetter(s string) bool {
	return len(s) == 1 && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

// next returns the next URL and what each set stands for in it; ok is false
// when there is none.
func (g *urlGlob) next() (url string, sets []string, ok bool) {
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
func (g *urlGlob) advance() bool {
	for i := len(g.parts) - 1; i >= 0; i-- {
		if g.parts[i].advance() {
			return true
		}
	}
	return false
}

// advance moves to the set's next member, or back to its first and reports
// false.
func (p *globPart) advance() bool {
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

func (p *globPart) word() string {
	switch {
	case p.list != nil:
		return p.list[p.at]
	case p.letters:
		return string(rune(p.at))
	case p.ranged:
		return fmt.Sprintf("%0*d", p.width, p.at)
	}
	return p.text
}

// fillIn replaces #1, #2 … in a file name by what the sets stand for. A number
// without a set stays as it is.
func fillIn(name string, sets []string) string {
	if !strings.Contains(name, "#") {
		return name
	}
	var b strings.Builder
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

// oneOrigin reports whether the sets stand behind the authority, so that every
// URL has the same origin and userinfo.
func (g *urlGlob) oneOrigin() bool {
	first := g.parts[0].text
	if _, rest, ok := strings.Cut(first, "://"); ok {
		first = rest
	}
	return strings.ContainsAny(first, "/?#")
}
