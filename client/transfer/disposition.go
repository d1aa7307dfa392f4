package transfer

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errDisposition = errors.New("malformed Content-Disposition")

// parseDisposition returns the file name that a Content-Disposition value
// suggests, as it stands there, and "" when there is none. RFC 6266 section
// 4.1:
//
//	content-disposition = "Content-Disposition" ":"
//	                       disposition-type *( ";" disposition-parm )
//	disposition-type    = "inline" | "attachment" | disp-ext-type
//	filename-parm       = "filename" "=" value | "filename*" "=" ext-value
//
// The parameter filename* is preferred (section 4.3); one that cannot be
// decoded counts as absent.
func parseDisposition(s string) (string, error) {
	r := &reader{s: s}
	r.space()
	if r.token() == "" {
		return "", errDisposition
	}
	seen := map[string]string{}
	quoted := map[string]bool{}
	for r.space(); r.s != ""; r.space() {
		if !r.accept(';') {
			return "", errDisposition
		}
		r.space()
		if r.s == "" || r.s[0] == ';' {
			continue
		}
		name, value, isQuoted, ok := r.parameter()
		if _, twice := seen[name]; !ok || twice {
			return "", errDisposition
		}
		seen[name], quoted[name] = value, isQuoted
	}
	if ext, ok := seen["filename*"]; ok {
		if quoted["filename*"] {
			return "", errDisposition
		}
		if name, ok := extValue(ext); ok {
			return name, nil
		}
	}
	return text(seen["filename"]), nil
}

// reader reads a field value from its front.
type reader struct{ s string }

func (r *reader) space() { r.s = strings.TrimLeft(r.s, " \t") }

func (r *reader) accept(c byte) bool {
	if r.s == "" || r.s[0] != c {
		return false
	}
	r.s = r.s[1:]
	return true
}

// token reads RFC 9110 section 5.6.2:
//
//	token = 1*tchar
//	tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." /
//	        "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
func (r *reader) token() string {
	i := 0
	for i < len(r.s) && tchar(r.s[i]) {
		i++
	}
	t := r.s[:i]
	r.s = r.s[i:]
	return t
}

func tchar(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// parameter reads RFC 9110 section 5.6.6, with the space around "=" of RFC 2616
// that RFC 6266 still has:
//
//	parameter       = parameter-name "=" parameter-value
//	parameter-value = ( token / quoted-string )
func (r *reader) parameter() (name, value string, quoted, ok bool) {
	name = strings.ToLower(r.token())
	r.space()
	if name == "" || !r.accept('=') {
		return "", "", false, false
	}
	r.space()
	if r.accept('"') {
		value, ok = r.quoted()
		return name, value, true, ok
	}
	value = r.token()
	return name, value, false, value != ""
}

// quoted reads the rest of a quoted-string, RFC 9110 section 5.6.4:
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
//	quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
func (r *reader) quoted() (string, bool) {
	var b strings.Builder
	for i := 0; i < len(r.s); i++ {
		switch c := r.s[i]; c {
		case '"':
			r.s = r.s[i+1:]
			return b.String(), true
		case '\\':
			i++
			if i == len(r.s) {
				return "", false
			}
			b.WriteByte(r.s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// extValue decodes RFC 8187 section 3.2.1:
//
//	ext-value   = charset  "'" [ language ] "'" value-chars
//	value-chars = *( pct-encoded / attr-char )
//
// with charset UTF-8, which section 3.2 asks for, or ISO-8859-1, which RFC 5987
// asked for.
func extValue(s string) (string, bool) {
	charset, rest, ok := strings.Cut(s, "'")
	_, chars, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 {
		return "", false
	}
	octets, ok := unpercent(chars)
	switch {
	case !ok:
		return "", false
	case strings.EqualFold(charset, "UTF-8"):
		return octets, utf8.ValidString(octets)
	case strings.EqualFold(charset, "ISO-8859-1"):
		return latin1(octets), true
	}
	return "", false
}

// unpercent undoes percent-encoding, once.
func unpercent(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if len(s)-i < 3 || !hex(s[i+1]) || !hex(s[i+2]) {
				return "", false
			}
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
		} else if c == '\'' || c == '*' {
			return "", false // a tchar, but no attr-char
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

func hex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// text reads octets as UTF-8, or else as ISO 8859-1.
func text(octets string) string {
	if utf8.ValidString(octets) {
		return octets
	}
	return latin1(octets)
}

func latin1(octets string) string {
	r := make([]rune, len(octets))
	for i := range r {
		r[i] = rune(octets[i])
	}
	return string(r)
}
