package cli

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"

	"getin/client/auth"
)

// masked is shown in place of a secret.
const masked = "[masked]"

// mask knows the secrets of a run. It keeps them out of what is shown (rule R16)
// and out of core dumps, and wipes them at the end (SECURITY G9). It may be used
// by many goroutines at once.
type mask struct {
	off bool // --show-secrets

	dumps sync.Once // kept from them

	mu    sync.Mutex
	known []heldSecret
	held  map[heldSecret]bool // the same, to be found
	seen  int                 // how many of them are among the forms: most runs show nothing
	forms []string            // of every live secret, the longest first
}

// heldSecret is one copy of a secret, and who it is of.
type heldSecret struct {
	user   string
	secret auth.Secret
}

// maskedFields are the fields whose values are never shown.
var maskedFields = map[string]bool{
	"authorization": true, "proxy-authorization": true,
	"authentication-info": true, "proxy-authentication-info": true,
	"cookie": true, "set-cookie": true,
}

// maskedNames are the query and form names whose values are never shown, in
// lower case.
var maskedNames = map[string]bool{
	"password": true, "passwd": true, "pwd": true, "token": true, "access_token": true,
	"refresh_token": true, "id_token": true, "client_secret": true, "code": true,
	"code_verifier": true, "assertion": true, "device_code": true, "api_key": true,
	"apikey": true, "key": true, "secret": true, "signature": true, "sig": true,
	"x-amz-signature": true, "x-amz-security-token": true,
}

// minSecret is the length, in octets, from which a secret is looked for in
// other text. A single letter would be found everywhere, and masking it would
// tell what it is.
const minSecret = 2

// expect keeps the memory of the process to itself from now on: a secret is about
// to be in it.
func (m *mask) expect() { m.dumps.Do(keepFromDumps) }

// add makes a secret of the run known.
func (m *mask) add(c auth.Credential) {
	m.addGrant(c.Grant)
	h := heldSecret{c.User, c.Secret}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held[h] || c.Secret.Empty() {
		return
	}
	m.expect()
	if m.held == nil {
		m.held = map[heldSecret]bool{}
	}
	m.held[h] = true
	m.known = append(m.known, h)
}

// addGrant makes what stands behind a token known.
func (m *mask) addGrant(g *auth.Grant) {
	if g == nil {
		return
	}
	for _, s := range []auth.Secret{g.Refresh, g.ClientSecret, g.Key} {
		m.add(auth.Credential{Secret: s})
	}
}

// wipe ends the run for all secrets that are known: nothing is shown, sent or
// stored after it.
func (m *mask) wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range m.known {
		h.secret.Wipe()
	}
	m.known, m.held, m.forms, m.seen = nil, nil, nil, 0
}

// allForms returns the forms of the secrets that are known by now. The slice is
// not changed later.
func (m *mask) allForms() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == len(m.known) {
		return m.forms
	}
	forms := slices.Clone(m.forms)
	for _, h := range m.known[m.seen:] {
		s := h.secret.Reveal()
		if len(s) < minSecret {
			continue
		}
		forms = append(forms, formsOf(s)...)
		if h.user != "" {
			forms = append(forms, base64.StdEncoding.EncodeToString([]byte(h.user+":"+s)))
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	m.forms, m.seen = slices.Compact(forms), len(m.known)
	return m.forms
}

// formsOf returns the secret raw, percent-encoded, as JSON and in base64.
// Within a longer base64 text the secret begins at one of three bit positions;
// what it spells there without its neighbours' bits is looked for.
func formsOf(s string) []string {
	forms := []string{s, url.QueryEscape(s), url.PathEscape(s)}
	if b, err := json.Marshal(s); err == nil {
		forms = append(forms, string(b[1:len(b)-1]))
	}
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			text := enc.EncodeToString(append(make([]byte, shift), s...))
			from := (shift*8 + 5) / 6      // the first character of the secret's bits alone
			to := (shift + len(s)) * 8 / 6 // the last one
			if to-from >= minEncoded {
				forms = append(forms, text[from:to])
			}
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// minEncoded is the least length of a base64 fragment that is looked for, in
// characters: shorter ones would be found in any text by chance.
const minEncoded = 5

// text returns s without any live secret.
func (m *mask) text(s string) string {
	if m.off {
		return s
	}
	for _, f := range m.allForms() {
		s = strings.ReplaceAll(s, f, masked)
	}
	return s
}

// field returns what is shown of a header field's value. The scheme of an
// Authorization is no secret.
func (m *mask) field(name, value string) string {
	switch {
	case m.off:
		return value
	case !maskedFields[strings.ToLower(name)]:
		if u, err := url.Parse(value); err == nil && u.Scheme != "" && u.Host != "" {
			return m.url(u)
		}
		return m.text(value)
	case strings.HasSuffix(strings.ToLower(name), "authorization"):
		if scheme, _, ok := strings.Cut(value, " "); ok && isToken(scheme) {
			return scheme + " " + masked
		}
	}
	return masked
}

// head returns the lines of a head as they are shown, with the empty one at its
// end. What goes on in a further line (RFC 9112 section 5.2) is shown as little as
// what it goes on.
func (m *mask) head(head string) []string {
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(head, "\r\n", "\n"), "\n"), "\n")
	hidden := false
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case m.off:
		case i == 0:
			lines[i] = m.startLine(line)
		case line == "":
		case line[0] == ' ' || line[0] == '\t':
			if lines[i] = m.text(line); hidden {
				lines[i] = " " + masked
			}
		case ok:
			hidden = maskedFields[strings.ToLower(strings.TrimRight(name, " \t"))]
			lines[i] = name + ": " + m.field(strings.TrimRight(name, " \t"), strings.Trim(value, " \t"))
		default:
			lines[i] = m.text(line)
		}
	}
	return lines
}

// startLine returns what is shown of a request line or a status line.
func (m *mask) startLine(line string) string {
	before, query, ok := strings.Cut(line, "?")
	target, version, _ := strings.Cut(query, " ")
	if !ok || strings.HasPrefix(line, "HTTP/") {
		return m.text(line)
	}
	return m.text(before + "?" + maskQuery(target) + " " + version)
}

// url returns what is shown of a URL: no userinfo, and no value of a name that
// stands for a secret.
func (m *mask) url(u *url.URL) string {
	v := *u
	v.User, v.RawQuery = nil, m.query(v.RawQuery)
	return m.text(v.String())
}

// typedURL is url for the text that a user typed. What stands before the last "@"
// ahead of the path is userinfo, whatever else it is.
func (m *mask) typedURL(text string) string {
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
		address += "?" + m.query(query)
	}
	if hasFragment {
		address += "#" + m.query(fragment)
	}
	return m.text(address)
}

// query returns what is shown of a query, or of a fragment that is like one.
func (m *mask) query(text string) string {
	if m.off {
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
			pairs[i] = name + "=" + masked
		}
	}
	return strings.Join(pairs, "&")
}
