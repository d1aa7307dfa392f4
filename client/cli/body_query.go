package cli

import (
	"io"
	"net/url"
	"strings"
)

// queryText is what --url-query and, with -G, the data add to the URL.
func (o *options) queryText(stdin io.Reader) (string, error) {
	data := o.query
	if o.get && len(o.form.parts) == 0 {
		data = append(data[:len(data):len(data)], o.data...)
	}
	b, err := joinData(data, stdin)
	return lowerEscapes(string(b)), err
}

// lowerEscapes puts percent-encodings into lower case, as curl 7.88 does with what
// it adds to a URL.
func lowerEscapes(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	b := []byte(s)
	for ; i+2 < len(b); i++ {
		if b[i] == '%' && isHex(b[i+1]) && isHex(b[i+2]) {
			for _, j := range []int{i + 1, i + 2} {
				if b[j] >= 'A' {
					b[j] |= 0x20
				}
			}
		}
	}
	return string(b)
}

// addQuery adds the data to the URL.
func (p *plan) addQuery(u *url.URL) error {
	if p.query != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += p.query
	}
	for i := 0; i < len(u.RawQuery); i++ {
		if c := u.RawQuery[i]; c <= ' ' || c == 0x7f {
			return badURL("the query holds %q", c)
		}
	}
	return nil
}
