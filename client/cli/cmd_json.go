package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"getin/store/index"
)

// entryJSON is an entry as "realms --json" writes it. What is not known is null;
// names are never left out.
type entryJSON struct {
	ID          string     `json:"id"`
	Party       string     `json:"party"`
	Origin      string     `json:"origin"`
	Realm       *string    `json:"realm"`        // null: none, or no UTF-8
	RealmOctets []byte     `json:"realm_octets"` // base64, for a realm that is no UTF-8
	Unbound     *string    `json:"unbound"`      // no realm is known yet, and this is who made the entry
	Kind        string     `json:"kind"`
	Scheme      *string    `json:"scheme"` // the strongest that was accepted
	Account     string     `json:"account"`
	Default     bool       `json:"default"`
	Store       string     `json:"store"`
	State       string     `json:"state"`
	Saved       *time.Time `json:"saved"`
	Used        *time.Time `json:"used"`
	Expires     *time.Time `json:"expires"`
	Refused     int        `json:"refused"`
	RefusedAt   *time.Time `json:"refused_at"`
	Paths       []string   `json:"paths"`
	Last        *string    `json:"last"`
	Resource    *string    `json:"resource"` // a URL of metadata, RFC 9728
	Issuer      *string    `json:"issuer"`   // null: nobody has issued it as a token
	Scope       *string    `json:"scope"`
	Refreshable bool       `json:"refreshable"`
	Secret      *string    `json:"secret,omitempty"` // with --reveal only
}

func entryToJSON(e *index.Entry) entryJSON {
	out := entryJSON{
		ID: e.ID, Party: e.Space.Party.Name, Origin: e.Space.Origin.String(), Kind: string(e.Kind), Unbound: known(e.Unbound),
		Scheme: known(e.Strength.String()), Account: e.Account, Default: e.Default, Store: e.Store,
		State: string(e.State), Saved: moment(e.Saved), Used: moment(e.Used), Expires: moment(e.Expires),
		Refused: e.Refused, RefusedAt: moment(e.RefusedAt), Paths: e.Prefixes, Last: known(e.Last),
		Resource: known(e.Space.Resource), Issuer: known(e.Issuer), Scope: known(e.Scope), Refreshable: e.Refreshable,
	}
	switch {
	case !e.Space.HasRealm:
	case utf8.ValidString(e.Space.Realm):
		out.Realm = &e.Space.Realm
	default:
		out.RealmOctets = []byte(e.Space.Realm)
	}
	if out.Paths == nil {
		out.Paths = []string{}
	}
	return out
}

func entriesToJSON(list []*index.Entry) []entryJSON {
	out := make([]entryJSON, len(list))
	for i, e := range list {
		out[i] = entryToJSON(e)
	}
	return out
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// moment is a time in UTC, to the second, or nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// writeJSON writes v, indented.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	if _, err := io.WriteString(w, escapeUnseen(b.String())); err != nil {
		return &writeError{err}
	}
	return nil
}

// escapeUnseen writes what does not print as JSON's escapes, so that a server's
// words move no cursor and turn no line round; a reader of JSON gets the same
// string. Outside of strings JSON has printing characters and line ends only.
func escapeUnseen(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
