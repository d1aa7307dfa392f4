package authtest

import (
	"fmt"
	"strings"
)

// quote writes a quoted-string, RFC 9110 section 5.6.4:
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func join(scheme string, params []string) string {
	return strings.TrimSpace(scheme + " " + strings.Join(params, ", "))
}

// cutScheme returns what follows the auth-scheme, and whether it is this one.
func cutScheme(credentials, scheme string) (string, bool) {
	name, rest, _ := strings.Cut(credentials, " ")
	return strings.TrimLeft(rest, " "), strings.EqualFold(name, scheme)
}

// param is one auth-param of credentials, and how it was written: RFC 7616
// section 3.4 says of each whether it is a token or a quoted-string.
type param struct {
	value  string
	quoted bool
}

// readParams reads the list of auth-params, RFC 9110 section 11.2:
//
//	auth-param = token BWS "=" BWS ( token / quoted-string )
func readParams(s string) (map[string]param, error) {
	params := map[string]param{}
	for s = strings.Trim(s, " \t,"); s != ""; s = strings.TrimLeft(s, " \t,") {
		name, rest, has := strings.Cut(s, "=")
		if !has {
			return nil, fmt.Errorf("parameter %q has no value", s)
		}
		name = strings.ToLower(strings.TrimRight(name, " \t"))
		p, rest, err := readValue(strings.TrimLeft(rest, " \t"))
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", name, err)
		}
		if _, twice := params[name]; twice {
			return nil, fmt.Errorf("parameter %s occurs twice", name)
		}
		params[name] = p
		s = strings.TrimLeft(rest, " \t")
		if s != "" && s[0] != ',' {
			return nil, fmt.Errorf("no comma after parameter %s", name)
		}
	}
	return params, nil
}

func readValue(s string) (param, string, error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		return param{value: s[:end]}, s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return param{value: b.String(), quoted: true}, s[i+1:], nil
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return param{}, "", fmt.Errorf("unterminated quoted-string")
}
