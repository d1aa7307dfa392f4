package mask

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/textproto"
	"net/url"
	"strings"
)

// The states of a nameMask.
const (
	outside    byte = iota // of JSON: between strings; of a form: in a name
	inString               // of JSON
	behindName             // of JSON: a string that may be a name was read
	beforeData             // of JSON: its colon was read, too
	inValue
	inPartHead
)

// formStep reads one octet of a form.
//
//	form = name "=" value *( "&" name "=" value )
func formStep(m *nameMask, c byte) {
	switch {
	case c == '&':
		m.state, m.name = outside, m.name[:0]
	case m.state == inValue:
		if m.secret {
			return
		}
	case c == '=':
		name, err := url.QueryUnescape(string(m.name))
		m.state, m.secret = inValue, err == nil && maskedNames[strings.ToLower(name)]
		if m.secret {
			m.out = append(m.out, '=')
			m.out = append(m.out, Placeholder...)
			return
		}
	default:
		m.note(c)
	}
	m.out = append(m.out, c)
}

// jsonStep reads one octet of JSON (RFC 8259): enough of it to find strings,
// and those that are names. A value that is an object or an array is looked into.
func jsonStep(m *nameMask, c byte) {
	white := c == ' ' || c == '\t' || c == '\n' || c == '\r'
	switch m.state {
	case inString:
		m.jsonString(c)
		return
	case inValue: // of a number or a word
		if strings.IndexByte(",}] \t\n\r", c) < 0 {
			return
		}
		m.state = outside
	case behindName:
		if c == ':' {
			m.state = beforeData
		} else if !white {
			m.state = outside
		}
	case beforeData:
		if white {
			break
		}
		m.state = outside
		secret := m.jsonNamed()
		if c != '"' && c != '{' && c != '[' && secret {
			m.state = inValue
			m.out = append(m.out, Placeholder...)
			return
		}
		m.secret = secret && c == '"'
	}
	if c == '"' {
		m.state, m.quoted, m.name = inString, false, m.name[:0]
		m.out = append(m.out, c)
		if m.secret {
			m.out = append(m.out, Placeholder...)
		}
		return
	}
	m.out = append(m.out, c)
}

// jsonString reads one octet of a string.
func (m *nameMask) jsonString(c byte) {
	ends := c == '"' && !m.quoted
	m.quoted = c == '\\' && !m.quoted
	if !ends {
		m.note(c)
	}
	if !m.secret || ends {
		m.out = append(m.out, c)
	}
	if ends {
		m.state = behindName
		if m.secret {
			m.state, m.secret = outside, false
		}
	}
}

// jsonNamed tells whether the string read last is a name that stands for a
// secret.
func (m *nameMask) jsonNamed() bool {
	var name string
	err := json.Unmarshal([]byte(`"`+string(m.name)+`"`), &name)
	return err == nil && maskedNames[strings.ToLower(name)]
}

// partStep reads one octet of a multipart form (RFC 7578): heads of parts as they
// are, and the content of those whose name stands for a secret not at all.
func partStep(m *nameMask, c byte) {
	m.tail = append(m.tail, c)
	if m.state == inPartHead {
		m.out = append(m.out, c)
		if bytes.HasSuffix(m.tail, []byte("\r\n\r\n")) || len(m.tail) > maxPartHead {
			m.state, m.secret = inValue, partNamed(string(m.tail))
			if m.tail = m.tail[:0]; m.secret {
				m.out = append(m.out, Placeholder...)
			}
		}
		return
	}
	if !m.secret {
		m.out = append(m.out, c)
	}
	if n := len(m.tail) - len(m.until); n > 0 {
		m.tail = m.tail[:copy(m.tail, m.tail[n:])]
	}
	if string(m.tail) == m.until {
		if m.secret {
			m.out = append(m.out, m.until...)
		}
		m.state, m.secret, m.tail = inPartHead, false, m.tail[:0]
	}
}

// maxPartHead bounds the head of a part, in octets; what is longer is content.
const maxPartHead = 16 << 10

// partNamed tells whether a part's head names a secret.
func partNamed(head string) bool {
	for _, line := range strings.Split(head, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if textproto.CanonicalMIMEHeaderKey(name) != "Content-Disposition" {
			continue
		}
		_, params, err := mime.ParseMediaType(value)
		if err == nil && maskedNames[strings.ToLower(params["name"])] {
			return true
		}
	}
	return false
}
