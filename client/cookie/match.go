package cookie

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// covers tells whether the cookie goes to the host (RFC 6265 section 5.1.3).
func (c *cookie) covers(host string) bool {
	return c.domain == host || c.wide && within(host, c.domain)
}

// within tells whether the host is the domain, or a name below it. An address is
// below nothing.
func within(host, domain string) bool {
	if host == domain {
		return true
	}
	above, ok := strings.CutSuffix(host, domain)
	return ok && strings.HasSuffix(above, ".") && !isIP(host)
}

// covers tells whether a cookie of the path goes to a request's path (RFC 6265
// section 5.1.4).
func covers(path, request string) bool {
	rest, ok := strings.CutPrefix(orRoot(request), bare(path))
	return ok && (rest == "" || rest[0] == '/')
}

// bare is the path without its last slash.
func bare(path string) string { return strings.TrimSuffix(orRoot(path), "/") }

// orRoot returns a path that begins with a slash.
func orRoot(path string) string {
	if path == "" || path[0] != '/' {
		return "/"
	}
	return path
}

// defaultPath is the path of a cookie that names none (RFC 6265 section 5.1.4),
// with the slash at its end.
func defaultPath(request string) string {
	request = orRoot(request)
	return request[:strings.LastIndexByte(request, '/')+1]
}

// normal returns the domain as hosts are compared, or "" for what is no domain: a
// file may hold anything.
func normal(domain string) string {
	name := strings.ToLower(strings.TrimPrefix(domain, "."))
	if strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		var err error
		if name, err = idna.Lookup.ToASCII(name); err != nil {
			return ""
		}
	}
	if strings.HasPrefix(name, ".") || strings.Contains(name, "..") || strings.ContainsAny(name, "#:") && !isIP(name) {
		return ""
	}
	return name
}

// isPublicSuffix tells of a domain under which anybody may register a name.
func isPublicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}
