package cookie

import (
	"math"
	"strconv"
	"strings"
)

const (
	// maxLine is the longest line with a cookie that is read, in octets: curl's.
	maxLine = 5000

	// maxPair bounds name and value together, in octets (RFC 6265bis section
	// 5.6).
	maxPair = 4096
)

// parsed is a cookie with what only its field says.
type parsed struct {
	cookie
	maxAge  bool // Max-Age was given: Expires is not looked at
	hasPath bool
}

// parse reads the value of a Set-Cookie field, or returns nil.
//
//	set-cookie-string = cookie-pair *( ";" SP cookie-av )
//	cookie-pair       = cookie-name "=" cookie-value
//	cookie-av         = expires-av / max-age-av / domain-av / path-av /
//	                    secure-av / httponly-av / extension-av
//
// What RFC 6265 section 5.2 takes beyond that grammar is taken.
func parse(field string, now int64) *parsed {
	if len(field) > maxLine || strings.ContainsFunc(field, isControl) {
		return nil
	}
	pair, rest, _ := strings.Cut(field, ";")
	name, value, ok := strings.Cut(pair, "=")
	c := &parsed{cookie: cookie{name: trim(name), value: trim(value)}}
	if !ok || !c.wellNamed() {
		return nil
	}
	for rest != "" {
		var attribute string
		attribute, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(attribute, "=")
		c.attribute(strings.ToLower(trim(name)), trim(value), now)
	}
	return c
}

// isControl is every control character but TAB (RFC 6265bis section 5.6, step 1).
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isBreak is what would begin another field or line of a file.
func isBreak(r rune) bool { return r == '\t' || isControl(r) }

func trim(s string) string { return strings.Trim(s, " \t") }

// wellNamed tells whether a file can hold the name and the value.
func (c *cookie) wellNamed() bool {
	return c.name != "" && len(c.name)+len(c.value) <= maxPair && !strings.Contains(c.name+c.value, "\t")
}

// attribute takes one attribute; of several of a name the last counts.
func (c *parsed) attribute(name, value string, now int64) {
	switch name {
	case "secure":
		c.secure = true
	case "httponly":
		c.httpOnly = true
	case "path":
		c.path = strings.Trim(value, `"`)
		c.hasPath = strings.HasPrefix(c.path, "/")
	case "domain":
		if value != "" {
			c.domain, c.tail = value, true
		}
	case "max-age":
		c.age(strings.Trim(value, `"`), now)
	case "expires":
		if at, ok := parseDate(value); ok && !c.maxAge {
			c.expires = max(at, 1) // 0 would be a session's
		}
	}
}

// age takes a Max-Age (RFC 6265 section 5.2.2). curl takes one that cannot be
// read for one that is over.
func (c *parsed) age(value string, now int64) {
	c.maxAge = true
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil && n == math.MaxInt64, n > math.MaxInt64-now:
		c.expires = math.MaxInt64
	case err != nil, n <= 0:
		c.expires = 1
	default:
		c.expires = now + n
	}
}

// settle gives the cookie the host and the path of the request where it names
// none, and tells whether it is the host's to set. An empty host stands for a
// file, whose word counts.
func (c *parsed) settle(host, path string) bool {
	if !c.hasPath {
		c.path = defaultPath(path)
	}
	if strings.ContainsFunc(c.path+c.domain, isBreak) {
		return false
	}
	if !c.tail {
		c.domain = host
		return host != ""
	}
	if c.domain = normal(c.domain); c.domain == "" {
		return false
	}
	c.widen()
	if host == "" {
		return true
	}
	if c.domain == host && !c.wide {
		c.tail = false // the host itself, and nothing below (RFC 6265bis section 5.7, step 9)
	}
	return c.domain == host || c.wide && within(host, c.domain)
}

// widen tells whether a cookie with a domain goes to the names below it.
func (c *cookie) widen() {
	if c.tail = c.tail && !isIP(c.domain); c.tail {
		c.wide = !isPublicSuffix(c.domain)
	}
}

// allowed applies what the attributes and the prefixes of the name demand (RFC
// 6265bis section 5.7, steps 13 and 20 to 21).
func (c *parsed) allowed(confidential bool) bool {
	if c.secure && !confidential {
		return false
	}
	return c.prefixed(c.hasPath)
}

// prefixed tells whether the cookie is what the prefix of its name promises (RFC
// 6265bis section 4.1.3). hasPath tells that the path was written out.
func (c *cookie) prefixed(hasPath bool) bool {
	switch {
	case hasPrefixFold(c.name, "__secure-"):
		return c.secure
	case hasPrefixFold(c.name, "__host-"):
		return c.secure && !c.tail && hasPath && c.path == "/"
	}
	return true
}

func hasPrefixFold(s, lower string) bool {
	return len(s) >= len(lower) && strings.EqualFold(s[:len(lower)], lower)
}
