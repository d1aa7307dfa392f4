package auth

import "strings"

// String writes the challenge as it could stand in a field: names in lower
// case, every value quoted, parameters separated by comma and space. For a
// challenge that ParseChallenges returned, parsing it again gives the same. It
// is not fit for a terminal: the values are the server's.
func (c Challenge) String() string {
	if c.Token68 != "" {
		return c.Scheme + " " + c.Token68
	}
	parts := make([]string, len(c.Params))
	for i, p := range c.Params {
		parts[i] = p.Name + "=" + Quote(p.Value)
	}
	return strings.TrimSuffix(c.Scheme+" "+strings.Join(parts, ", "), " ")
}

// Quote returns s as a quoted-string, RFC 9110 section 5.6.4. Octets that none
// can hold (control octets but HTAB) are left out, so that whatever is quoted
// stays on its line; who must not lose them looks for them first.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if isControl(s[i]) {
			continue
		}
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}
