package cli

import (
	"net/url"
	"strings"
)

// sibling reads a URL that is like t but for its path, or returns nil when it
// takes readURL: of the thousand URLs of a pattern the authority need be looked at
// once. A path that is plain means the same to every parser.
func (t *target) sibling(typed string) *target {
	if t == nil || t.before == "" {
		return nil
	}
	path, ok := strings.CutPrefix(typed, t.before)
	if !ok || !isPlainPath(path) {
		return nil
	}
	s := &struct {
		target
		url url.URL
	}{*t, *t.url}
	s.url.Path, s.url.RawPath, s.url.RawQuery, s.url.ForceQuery = path, "", "", false
	s.target.url, s.target.typed = &s.url, &s.url
	return &s.target
}

// beforePath returns the scheme and the authority of a URL as typed, or "" when there
// is a userinfo.
func beforePath(typed string) string {
	start := strings.Index(typed, "://") + len("://")
	end := strings.IndexAny(typed[start:], "/?#@")
	if end < 0 {
		return typed
	}
	if end += start; typed[end] == '@' {
		return ""
	}
	return typed[:end]
}

// isPlainPath reports whether all of s is a path, in which no octet is encoded or
// would be, and no segment is empty or made of dots.
//
//	plain-path = 1*( "/" ( ALPHA / DIGIT / "_" / "-" ) *( ALPHA / DIGIT / "_" / "-" / "." / "~" ) ) [ "/" ]
func isPlainPath(s string) bool {
	if s == "" || s[0] != '/' {
		return false
	}
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', c == '_', c == '-':
		case c != '.' && c != '~' && c != '/', s[i-1] == '/':
			return false
		}
	}
	return true
}
