// Package mask keeps the secrets of a run out of what is shown: rule R16 in one
// place. What -v, traces, archives, errors, notices and -w show passes through a
// Mask, which knows the secrets and the names that stand for secrets; a body that
// comes in pieces passes through a Stream.
package mask

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

// Placeholder is shown in place of a secret.
const Placeholder = "[masked]"

// Mask knows the secrets of a run. It keeps them out of what is shown (rule R16)
// and out of core dumps, and wipes them at the end (SECURITY G9). It may be used
// by many goroutines at once.
type Mask struct {
	Off bool // --show-secrets

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

// Expect keeps the memory of the process to itself from now on: a secret is about
// to be in it.
func (m *Mask) Expect() { m.dumps.Do(keepFromDumps) }

// Add makes a secret of the run known.
func (m *Mask) Add(c auth.Credential) {
	m.addGrant(c.Grant)
	h := heldSecret{c.User, c.Secret}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held[h] || c.Secret.Empty() {
		return
	}
	m.Expect()
	if m.held == nil {
		m.held = map[heldSecret]bool{}
	}
	m.held[h] = true
	m.known = append(m.known, h)
}

// addGrant makes what stands behind a token known.
func (m *Mask) addGrant(g *auth.Grant) {
	if g == nil {
		return
	}
	for _, s := range []auth.Secret{g.Refresh, g.ClientSecret, g.Key} {
		m.Add(auth.Credential{Secret: s})
	}
}

// Wipe ends the run for all secrets that are known: nothing is shown, sent or
// stored after it.
func (m *Mask) Wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range m.known {
		h.secret.Wipe()
	}
	m.known, m.held, m.forms, m.seen = nil, nil, nil, 0
}

// allForms returns the forms of the secrets that are known by now. The slice is
// not changed later.
func (m *Mask) allForms() []string {
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

// Text returns s without any live secret.
func (m *Mask) Text(s string) string {
	if m.Off {
		return s
	}
	for _, f := range m.allForms() {
		s = strings.ReplaceAll(s, f, Placeholder)
	}
	return s
}

// Field returns what is shown of a header field's value. The scheme of an
// Authorization is no secret.
func (m *Mask) Field(name, value string) string {
	switch {
	case m.Off:
		return value
	case !maskedFields[strings.ToLower(name)]:
		if u, err := url.Parse(value); err == nil && u.Scheme != "" && u.Host != "" {
			return m.URL(u)
		}
		return m.Text(value)
	case strings.HasSuffix(strings.ToLower(name), "authorization"):
		if scheme, _, ok := strings.Cut(value, " "); ok && auth.IsToken(scheme) {
			return scheme + " " + Placeholder
		}
	}
	return Placeholder
}
