package auth

import (
	"net/url"
	"strings"
)

// maxPrefixes bounds what one challenge adds to a protection space, in paths:
// as many as an index entry remembers (RULES R13).
const maxPrefixes = 20

// Prefixes returns the path prefixes that the challenge of a server, given in
// response to a request for target, puts into one protection space: the paths
// of target's origin to which the same answer may go unasked. They are in
// normal form, without repetition, at most 20, and may be kept and given to
// Covers in a later run. There are none when target's path can be read in two
// ways. They say nothing about another origin, which the caller compares, nor
// about a proxy, whose space is always all of it.
//
// For Digest that is what the domain parameter lists, RFC 7616 section 3.3,
//
//	domain     = "domain" "=" <"> URI ( 1*SP URI ) <">
//
// less the URIs of other origins: a server must not aim a client's answers at
// somebody else. The resource that was challenged is added, since it
// demonstrably belongs to the space. No domain, or an empty one, is the whole
// origin. For every other scheme it is the directory of target's path, RFC 7617
// section 2.2.
func Prefixes(c Challenge, target *url.URL) []string {
	own, ok := spacePath(target)
	if !ok {
		return nil
	}
	if !c.Is("Digest") {
		return []string{own[:strings.LastIndexByte(own, '/')+1]}
	}
	list, _ := c.Param("domain")
	uris := strings.Fields(list)
	if len(uris) == 0 {
		return []string{"/"}
	}
	return append([]string{own}, ofOrigin(uris, target, own)...)
}

// ofOrigin returns the paths of those URIs that are of target's origin, less
// what own or an earlier one covers.
func ofOrigin(uris []string, target *url.URL, own string) []string {
	origin, err := OriginOf(target)
	if err != nil {
		return nil
	}
	var paths []string
	for _, text := range uris {
		u, err := target.Parse(text)
		if err != nil {
			continue
		}
		o, err := OriginOf(u)
		if err != nil || o != origin {
			continue
		}
		p, ok := spacePath(u)
		if !ok || covered(append(paths, own), p) {
			continue
		}
		if paths = append(paths, p); len(paths) == maxPrefixes-1 {
			break
		}
	}
	return paths
}

// Covers reports whether the path of u lies under the prefix. A prefix that
// ends in "/" covers all below it; any other covers itself and what is below it
// as a directory: "/a" covers "/a" and "/a/b", not "/ab". Query and fragment do
// not matter; the origin is not looked at. A path that servers may read in two
// ways ("/a/..%2fb") is covered by nothing.
func Covers(prefix string, u *url.URL) bool {
	p, ok := spacePath(u)
	return ok && under(prefix, p)
}

func covered(prefixes []string, path string) bool {
	for _, p := range prefixes {
		if under(p, path) {
			return true
		}
	}
	return false
}

func under(prefix, path string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok || !strings.HasPrefix(prefix, "/") {
		return false
	}
	return rest == "" || strings.HasSuffix(prefix, "/") || rest[0] == '/'
}

// spacePath returns the URL's path with needless percent-encoding undone (RFC
// 3986 section 6.2.2) and dot segments removed (section 5.2.4), or false when
// it has none or when a server could come to another result: by decoding "%2F"
// first, by taking "\" for "/", by cutting segments at ";", by merging slashes.
func spacePath(u *url.URL) (string, bool) {
	path := decodeUnreserved(u.EscapedPath())
	if path == "" {
		path = "/"
	}
	if u.Opaque != "" || path[0] != '/' {
		return "", false
	}
	segments := strings.Split(path[1:], "/")
	kept := segments[:0]
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "..":
			if strings.Contains(path, "//") {
				return "", false
			}
			kept = kept[:max(len(kept)-1, 0)]
		case s == ".":
		case hidesDots(s):
			return "", false
		default:
			kept = append(kept, s)
			continue
		}
		if last {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/"), true
}

// separators are made one. Built once: it costs more than all else here.
var separators = strings.NewReplacer("%2F", "/", "%5C", "/", `\`, "/")

// hidesDots reports whether the segment holds a dot segment for a server that
// knows more separators than "/".
func hidesDots(segment string) bool {
	s := separators.Replace(segment)
	for part := range strings.SplitSeq(s, "/") {
		part, _, _ = strings.Cut(part, ";")
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// decodeUnreserved undoes the percent-encoding of unreserved characters and
// writes what remains in upper case. The path is validly encoded.
//
//	unreserved  = ALPHA / DIGIT / "-" / "." / "_" / "~"
func decodeUnreserved(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) {
			b.WriteByte(path[i])
			continue
		}
		code := strings.ToUpper(path[i : i+3])
		if s, err := url.PathUnescape(code); err == nil && isUnreserved(s[0]) {
			code = s
		}
		b.WriteString(code)
		i += 2
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
