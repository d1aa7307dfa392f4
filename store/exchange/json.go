package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"getin/client/auth"
	"getin/store"
)

// version is what WriteJSON writes; ReadJSON refuses a greater one.
const version = 1

type wireFile struct {
	Version int        `json:"getin-export"`
	Entries []wireItem `json:"entries"`
}

// wireItem is an item in JSON. What is not UTF-8 stands in base64 under the name
// with "_octets".
type wireItem struct {
	Party         string          `json:"party"`
	Origin        string          `json:"origin"`
	Realm         *string         `json:"realm"` // null: none
	RealmOctets   []byte          `json:"realm_octets,omitempty"`
	Resource      string          `json:"resource,omitempty"`
	Unbound       bool            `json:"unbound,omitempty"`
	Kind          string          `json:"kind"`
	Account       string          `json:"account"`
	AccountOctets []byte          `json:"account_octets,omitempty"`
	Secret        *string         `json:"secret,omitempty"`
	SecretOctets  []byte          `json:"secret_octets,omitempty"`
	Grant         json.RawMessage `json:"grant,omitempty"` // as a store keeps it
	Paths         []string        `json:"paths,omitempty"`
	Scheme        string          `json:"scheme,omitempty"`
	Charset       string          `json:"charset,omitempty"`
	Default       bool            `json:"default,omitempty"`
}

// octets returns s where it is UTF-8, and else its octets.
func octets(s string) (text string, raw []byte) {
	if utf8.ValidString(s) {
		return s, nil
	}
	return "", []byte(s)
}

func orOctets(text string, raw []byte) string {
	if raw != nil {
		return string(raw)
	}
	return text
}

// WriteJSON returns the items as JSON, with their secrets or without.
func WriteJSON(items []Item, secrets bool) ([]byte, error) {
	f := wireFile{Version: version, Entries: []wireItem{}}
	for _, i := range items {
		s := i.Key.Space
		w := wireItem{
			Party: s.Party.Name, Origin: s.Origin.String(), Resource: s.Resource, Unbound: i.Key.Unbound, Kind: string(i.Key.Kind), Paths: i.Paths,
			Scheme: i.Strength.String(), Charset: i.Charset, Default: i.Default,
		}
		w.Account, w.AccountOctets = octets(i.Key.Account)
		if s.HasRealm {
			text, raw := octets(s.Realm)
			w.Realm, w.RealmOctets = &text, raw
		}
		if secrets {
			text, raw := octets(i.Secret.Reveal())
			w.Secret, w.SecretOctets = &text, raw
			var err error
			if w.Grant, err = store.MarshalGrant(i.Grant); err != nil {
				return nil, fmt.Errorf("json: %w", err)
			}
		}
		f.Entries = append(f.Entries, w)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("json: %w", err)
	}
	return b.Bytes(), nil
}

// ReadJSON reads what WriteJSON wrote.
func ReadJSON(text string) (Found, error) {
	var w wireFile
	if err := json.Unmarshal([]byte(text), &w); err != nil || w.Version < 1 {
		return Found{}, fmt.Errorf("%w: no JSON of getin's export", ErrFormat)
	}
	if w.Version > version {
		return Found{}, fmt.Errorf("%w: written by a newer getin", ErrFormat)
	}
	var f Found
	for n, e := range w.Entries {
		what := fmt.Sprintf("entry %d", n+1)
		o, err := auth.ParseOrigin(e.Origin)
		party := auth.PartyNamed(e.Party)
		known := slices.Contains([]auth.Kind{auth.Password, auth.Token, auth.Key}, auth.Kind(e.Kind))
		grant, bad := store.UnmarshalGrant(e.Grant)
		switch {
		case err != nil || party == nil || !known || bad != nil:
			f.skip(what, "its origin, party, kind or grant is not known")
			continue
		case e.Secret == nil:
			f.skip(what, "it holds no secret")
			continue
		}
		k := store.Key{
			Space: auth.Space{Party: party, Origin: o, Resource: e.Resource}, Kind: auth.Kind(e.Kind), Account: orOctets(e.Account, e.AccountOctets), Unbound: e.Unbound,
		}
		if e.Realm != nil && !e.Unbound {
			k.Space.Realm, k.Space.HasRealm = orOctets(*e.Realm, e.RealmOctets), true
		}
		f.add(Item{
			Key: k, Secret: auth.NewSecret(orOctets(*e.Secret, e.SecretOctets)), Grant: grant, Paths: e.Paths,
			Strength: auth.StrengthNamed(e.Scheme), Charset: e.Charset, Default: e.Default,
		})
	}
	return f, nil
}
