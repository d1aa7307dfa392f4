package auth_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
)

// A second reader of the challenge grammar, slow and literal: each rule of RFC
// 9110 is one line, and a rule yields every way in which it can match.

// match is a way to match: where it ends and what it means.
type match struct {
	end  int
	said string
}

// rule yields all distinct matches in s from i on.
type rule func(s string, i int) map[match]bool

func octet(in func(c byte) bool) rule {
	return func(s string, i int) map[match]bool {
		if i < len(s) && in(s[i]) {
			return map[match]bool{{i + 1, s[i : i+1]}: true}
		}
		return nil
	}
}

func char(c byte) rule { return octet(func(d byte) bool { return d == c }) }

func oneOf(chars string) rule {
	return octet(func(c byte) bool { return strings.IndexByte(chars, c) >= 0 })
}

func span(from, to byte) rule { return octet(func(c byte) bool { return from <= c && c <= to }) }

func nothing(_ string, i int) map[match]bool { return map[match]bool{{i, ""}: true} }

func alt(rules ...rule) rule {
	return func(s string, i int) map[match]bool {
		all := map[match]bool{}
		for _, r := range rules {
			maps.Copy(all, r(s, i))
		}
		return all
	}
}

func opt(r rule) rule { return alt(nothing, r) }

func seq(rules ...rule) rule {
	return func(s string, i int) map[match]bool {
		now := nothing(s, i)
		for _, r := range rules {
			next := map[match]bool{}
			for m := range now {
				for n := range r(s, m.end) {
					next[match{n.end, m.said + n.said}] = true
				}
			}
			now = next
		}
		return now
	}
}

// many matches r any number of times. r never matches the empty string.
func many(r rule) rule {
	return func(s string, i int) map[match]bool {
		all := nothing(s, i)
		for now := all; len(now) > 0; {
			next := map[match]bool{}
			for m := range now {
				for n := range r(s, m.end) {
					if x := (match{n.end, m.said + n.said}); !all[x] {
						next[x] = true
					}
				}
			}
			maps.Copy(all, next)
			now = next
		}
		return all
	}
}

func some(r rule) rule { return seq(r, many(r)) }

// as changes what a rule's match means.
func as(r rule, f func(string) string) rule {
	return func(s string, i int) map[match]bool {
		all := map[match]bool{}
		for m := range r(s, i) {
			all[match{m.end, f(m.said)}] = true
		}
		return all
	}
}

func mute(r rule) rule { return as(r, func(string) string { return "" }) }

// mark puts a sign, which no octet of a valid field is, before a piece.
func mark(sign string, f func(string) string) func(string) string {
	return func(s string) string { return sign + f(s) }
}

func same(s string) string { return s }

// list is #element as a recipient has to take it, RFC 9110 section 5.6.1.2:
//
//	#element => [ element ] *( OWS "," OWS [ element ] )
func list(element rule) rule {
	return seq(opt(element), many(seq(ows, mute(char(',')), ows, opt(element))))
}

var (
	alpha   = alt(span('A', 'Z'), span('a', 'z'))
	digit   = span('0', '9')
	vchar   = span(0x21, 0x7e)
	obsText = span(0x80, 0xff)
	sp      = char(' ')
	htab    = char('\t')
	ows     = mute(many(alt(sp, htab)))
	bws     = ows
	tchar   = alt(oneOf("!#$%&'*+-.^_`|~"), digit, alpha)
	token   = some(tchar)

	qdtext       = alt(htab, sp, char(0x21), span(0x23, 0x5b), span(0x5d, 0x7e), obsText)
	quotedPair   = seq(mute(char('\\')), alt(htab, sp, vchar, obsText))
	quotedString = seq(mute(char('"')), many(alt(qdtext, quotedPair)), mute(char('"')))

	authScheme = as(token, mark("\x01", strings.ToLower))
	token68    = as(seq(some(alt(alpha, digit, oneOf("-._~+/"))), many(char('='))), mark("\x02", same))
	authParam  = seq(as(token, mark("\x03", strings.ToLower)), bws, mute(char('=')), bws,
		as(alt(token, quotedString), mark("\x04", same)))
	challenge       = seq(authScheme, opt(seq(mute(some(sp)), alt(token68, list(authParam)))))
	wwwAuthenticate = list(challenge)
)

// readSlowly returns what the field line means, and whether it is valid. The
// grammar must give one meaning only.
func readSlowly(t *testing.T, line string) (string, bool) {
	line = strings.Trim(line, " \t") // field-line = field-name ":" OWS field-value OWS
	meanings := map[string]bool{}
	for m := range wwwAuthenticate(line, 0) {
		if m.end == len(line) {
			meanings[m.said] = true
		}
	}
	if len(meanings) > 1 {
		t.Fatalf("%q is ambiguous: %q", line, slices.Collect(maps.Keys(meanings)))
	}
	for said := range meanings {
		return said, !repeats(said)
	}
	return "", false
}

// repeats reports whether a challenge names a parameter twice, RFC 9110 section
// 11.2.
func repeats(said string) bool {
	for c := range strings.SplitSeq(said, "\x01") {
		seen := map[string]bool{}
		for _, p := range strings.Split(c, "\x03")[1:] {
			name, _, _ := strings.Cut(p, "\x04")
			if seen[name] {
				return true
			}
			seen[name] = true
		}
	}
	return false
}

// said writes challenges as the slow reader does.
func said(list []auth.Challenge) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString("\x01" + c.Scheme)
		if c.Token68 != "" {
			b.WriteString("\x02" + c.Token68)
		}
		for _, p := range c.Params {
			b.WriteString("\x03" + p.Name + "\x04" + p.Value)
		}
	}
	return b.String()
}

// slowMost is the longest line, in octets, that the slow reader is given: it
// takes time of a high power of the length.
const slowMost = 40

func checkLine(t *testing.T, line string) {
	got, err := auth.ParseChallenges([]string{line})
	if err != nil && got != nil {
		t.Fatalf("%q: challenges %v beside %v", line, got, err)
	}
	for _, c := range got {
		again, err := auth.ParseChallenges([]string{c.String()})
		if err != nil || len(again) != 1 || said(again) != said([]auth.Challenge{c}) {
			t.Fatalf("%q: %q reads as %v, %v", line, c.String(), again, err)
		}
	}
	if len(line) > slowMost || strings.Contains(line, "\n") {
		return
	}
	want, ok := readSlowly(t, line)
	if ok != (err == nil) || ok && said(got) != want {
		t.Fatalf("%q: %q, %v; the grammar says %q, %v", line, said(got), err, want, ok)
	}
}

func TestVectorsByTheLetter(t *testing.T) {
	for _, c := range readCases[challengeCase](t, "testdata/challenges.json") {
		for _, v := range c.values() {
			checkLine(t, v)
		}
	}
}

// TestShortLinesByTheLetter tries every line of up to five octets that can be
// made of the characters that matter.
func TestShortLinesByTheLetter(t *testing.T) {
	lines := []string{""}
	for range 5 {
		var longer []string
		for _, l := range lines {
			for _, c := range `a =,"\/` {
				longer = append(longer, l+string(c))
			}
		}
		lines = longer
		for _, l := range lines {
			checkLine(t, l)
			if len(l) < 5 {
				checkLine(t, "A "+l)
				checkLine(t, "A a=b"+l)
			}
		}
	}
}

func FuzzParseChallenges(f *testing.F) {
	for _, c := range readCases[challengeCase](f, "testdata/challenges.json") {
		for _, v := range c.values() {
			f.Add(v)
		}
	}
	f.Fuzz(checkLine)
}
