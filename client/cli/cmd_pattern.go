package cli

import (
	"strings"

	"getin/store/index"
)

// leastDigits is how much of an ID must be given: what a table shows at least.
const leastDigits = 4

// matchesAll reports whether every pattern matches the entry. A pattern with "*"
// or "?" must match the whole of a field, any other occurs somewhere in one, in
// any letter case. Fields are the origin, in three spellings, the realm, the
// account and the scheme; an ID is matched from its start.
func matchesAll(patterns []string, e *index.Entry) bool {
	fields := []string{
		e.Space.Origin.String(), originText(e), e.Space.Origin.Host,
		e.Space.Realm, e.Account, schemeText(e),
	}
	for _, p := range patterns {
		if !matchesAny(strings.ToLower(p), fields) && !namesID(p, e) {
			return false
		}
	}
	return true
}

func matchesAny(pattern string, fields []string) bool {
	for _, f := range fields {
		f = strings.ToLower(f)
		if strings.ContainsAny(pattern, "*?") && wildcard(pattern, f) || strings.Contains(f, pattern) {
			return true
		}
	}
	return false
}

// namesID reports whether the word is the start of the entry's ID.
func namesID(word string, e *index.Entry) bool {
	return len(word) >= leastDigits && strings.HasPrefix(e.ID, strings.ToLower(word))
}

// wildcard reports whether the pattern is all of s: "*" is any number of octets, "?" is one character, the
// octets of one that is no ASCII included.
func wildcard(pattern, s string) bool {
	p, t := []rune(pattern), []rune(s)
	star, from := -1, 0 // the last "*", and what it has taken so far
	i, k := 0, 0
	for k < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, k
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[k]):
			i++
			k++
		case star >= 0:
			from++
			i, k = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
