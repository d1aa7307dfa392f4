package mask

import (
	"net/url"
	"strings"
)

// URL returns what is shown of a URL: no userinfo, and no value of a name that
// stands for a secret.
func (m *Mask) URL(u *url.URL) string {
	v := *u
	v.User, v.RawQuery = nil, m.Query(v.RawQuery)
	return m.Text(v.String())
}

// TypedURL is URL for the text that a user typed. What stands before the last "@"
// ahead of the path is userinfo, whatever else it is.
func (m *Mask) TypedURL(text string) string {
	start := strings.Index(text, "://") + len("://")
	if start < len("://") {
		start = 0
	}
	end := strings.IndexAny(text[start:], "/?#")
	if end < 0 {
		end = len(text) - start
	}
	if at := strings.LastIndexByte(text[start:start+end], '@'); at >= 0 {
		text = text[:start] + text[start+at+1:]
	}
	address, fragment, hasFragment := strings.Cut(text, "#")
	address, query, hasQuery := strings.Cut(address, "?")
	if hasQuery {
		address += "?" + m.Query(query)
	}
	if hasFragment {
		address += "#" + m.Query(fragment)
	}
	return m.Text(address)
}

// Query returns what is shown of a query, or of a fragment that is like one.
func (m *Mask) Query(text string) string {
	if m.Off {
		return text
	}
	return maskQuery(text)
}

func maskQuery(query string) string {
	if query == "" {
		return ""
	}
	pairs := strings.Split(query, "&")
	for i, p := range pairs {
		name, value, ok := strings.Cut(p, "=")
		plain, err := url.QueryUnescape(name)
		if ok && value != "" && err == nil && maskedNames[strings.ToLower(plain)] {
			pairs[i] = name + "=" + Placeholder
		}
	}
	return strings.Join(pairs, "&")
}

// Hidden is shown in place of a value that is a secret by its place.
func (m *Mask) Hidden(value string) string {
	if m.Off {
		return value
	}
	return Placeholder
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// Pairs returns the pairs of a query or a form, decoded and masked.
func (m *Mask) Pairs(query string) []Pair {
	list := []Pair{}
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescaped(name), unescaped(value)
		if maskedNames[strings.ToLower(name)] && value != "" {
			value = m.Hidden(value)
		}
		list = append(list, Pair{m.Text(name), m.Text(value)})
	}
	return list
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
