package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"getin/client/auth"
)

// version is what this program writes. A greater one is not touched.
const version = 1

// Errors of reading. Callers decide by errors.Is.
var (
	// ErrNewer: the file was written by a newer program. It is left as it is.
	ErrNewer = errors.New("index written by a newer getin")

	// ErrDamaged: the file is no index, or that of another origin.
	ErrDamaged = errors.New("damaged index")
)

type wireFile struct {
	Version   int            `json:"v"`
	Party     string         `json:"party"`
	Origin    string         `json:"origin"`
	Entries   []object       `json:"entries,omitempty"`
	Consents  []object       `json:"consents,omitempty"`
	Strengths []wireAccepted `json:"strengths,omitempty"`

	Clients map[string]string `json:"clients,omitempty"`
}

type wireAccepted struct {
	Prefix   string `json:"prefix"`
	Strength string `json:"strength"`
}

// wireRealm is a realm, octets that are UTF-8 as a string, others in base64 (no
// realm has neither), and the resource in it.
type wireRealm struct {
	Realm  *string `json:"realm,omitempty"`
	Octets []byte  `json:"realm_octets,omitempty"`

	Resource string `json:"resource,omitempty"`
}

type wireEntry struct {
	wireRealm
	ID            string    `json:"id"`
	Kind          string    `json:"kind"`
	Account       string    `json:"account"`
	AccountOctets []byte    `json:"account_octets,omitempty"` // instead, when that is not UTF-8
	Store         string    `json:"store"`
	State         State     `json:"state"`
	Unbound       string    `json:"unbound,omitempty"`
	Strength      string    `json:"strength,omitempty"`
	Charset       string    `json:"charset,omitempty"`
	Domain        string    `json:"domain,omitempty"`
	Prefixes      []string  `json:"prefixes,omitempty"`
	Last          string    `json:"last,omitempty"`
	Expires       time.Time `json:"expires,omitzero"`
	Default       bool      `json:"default,omitempty"`
	Saved         time.Time `json:"saved,omitzero"`
	Used          time.Time `json:"used,omitzero"`
	RefusedAt     time.Time `json:"refused_at,omitzero"`
	Refused       int       `json:"refused,omitempty"`
	Issuer        string    `json:"issuer,omitempty"`
	Scope         string    `json:"scope,omitempty"`
	Refreshable   bool      `json:"refreshable,omitempty"`
}

type wireConsent struct {
	wireRealm
	ClearText bool     `json:"cleartext,omitempty"`
	Keys      []string `json:"keys,omitempty"`
	Issuers   []string `json:"issuers,omitempty"`
}

// encode returns the file's text.
func encode(f File) ([]byte, error) {
	w := wireFile{Version: version, Party: f.Party.Name, Origin: f.Origin.String(), Clients: f.Clients}
	for _, e := range f.Entries {
		o, err := join(entryToWire(e), e.extra)
		if err != nil {
			return nil, err
		}
		w.Entries = append(w.Entries, o)
	}
	for _, c := range f.Consents {
		if c.empty() {
			continue
		}
		o, err := join(wireConsent{realmToWire(c.Space), c.ClearText, c.Keys, c.Issuers}, c.extra)
		if err != nil {
			return nil, err
		}
		w.Consents = append(w.Consents, o)
	}
	for _, a := range f.Strengths {
		w.Strengths = append(w.Strengths, wireAccepted{a.Prefix, a.Strength.String()})
	}
	return join(w, f.extra)
}

// decode reads what encode wrote for that party and origin.
func decode(text []byte, p *auth.Party, o auth.Origin) (File, error) {
	f := File{Party: p, Origin: o}
	if w, ok := readPlain(text); ok && w.Party == p.Name && w.Origin == o.String() {
		return w.file(p, o)
	}
	if err := checkVersion(text); err != nil {
		return f, err
	}
	var w wireFile
	rest, err := split(text, &w)
	if err != nil {
		return f, err
	}
	if w.Party != p.Name || w.Origin != o.String() {
		return f, fmt.Errorf("%w: not that of %s", ErrDamaged, o)
	}
	read := File{Party: p, Origin: o, Clients: w.Clients, extra: rest}
	for _, text := range w.Entries {
		e, err := entryFromWire(text, p, o)
		if err != nil {
			return f, err
		}
		read.Entries = append(read.Entries, e)
	}
	for _, text := range w.Consents {
		var c wireConsent
		rest, err := split(text, &c)
		if err != nil {
			return f, err
		}
		read.Consents = append(read.Consents, Consent{c.space(p, o), c.ClearText, c.Keys, c.Issuers, rest})
	}
	read.Strengths = strengths(w.Strengths)
	return read, nil
}

func strengths(list []wireAccepted) (read []Accepted) {
	for _, a := range list {
		// A name that this program does not know is a scheme that it cannot
		// compare; what it cannot compare it cannot guard.
		if s := auth.StrengthNamed(a.Strength); s != 0 {
			read = append(read, Accepted{a.Prefix, s})
		}
	}
	return read
}

// checkVersion looks at the version alone: the rest of what a newer program
// wrote may have any shape.
func checkVersion(text []byte) error {
	var w struct {
		Version int `json:"v"`
	}
	err := json.Unmarshal(text, &w)
	switch {
	case w.Version > version:
		return fmt.Errorf("%w: version %d, this program knows %d", ErrNewer, w.Version, version)
	case err != nil:
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	case w.Version != version:
		return fmt.Errorf("%w: no version", ErrDamaged)
	}
	return nil
}

func entryToWire(e Entry) wireEntry {
	w := wireEntry{
		wireRealm: realmToWire(e.Space), ID: e.ID, Kind: string(e.Kind), Account: e.Account, Store: e.Store,
		State: e.State, Unbound: e.Unbound, Strength: e.Strength.String(), Charset: e.Charset, Domain: e.Domain, Prefixes: e.Prefixes,
		Last: e.Last, Expires: e.Expires.UTC(), Default: e.Default, Saved: e.Saved.UTC(), Used: e.Used.UTC(), RefusedAt: e.RefusedAt.UTC(),
		Refused: e.Refused, Issuer: e.Issuer, Scope: e.Scope, Refreshable: e.Refreshable,
	}
	if !utf8.ValidString(e.Account) {
		w.Account, w.AccountOctets = "", []byte(e.Account)
	}
	return w
}

func entryFromWire(text object, p *auth.Party, o auth.Origin) (Entry, error) {
	var w wireEntry
	rest, err := split(text, &w)
	if err != nil {
		return Entry{}, err
	}
	e, err := entryOf(&w, p, o)
	e.extra = rest
	return e, err
}

// entryOf returns the entry that is written so.
func entryOf(w *wireEntry, p *auth.Party, o auth.Origin) (Entry, error) {
	if len(w.ID) != idDigits || w.Store == "" || w.State != Pending && w.State != Saved {
		return Entry{}, fmt.Errorf("%w: entry without identity or state", ErrDamaged)
	}
	e := Entry{
		ID: w.ID, Space: w.space(p, o), Kind: auth.Kind(w.Kind), Account: w.Account, Store: w.Store, State: w.State, Unbound: w.Unbound,
		Strength: auth.StrengthNamed(w.Strength), Charset: w.Charset, Domain: w.Domain, Prefixes: w.Prefixes,
		Last: w.Last, Expires: w.Expires, Default: w.Default, Saved: w.Saved, Used: w.Used, RefusedAt: w.RefusedAt, Refused: w.Refused,
		Issuer: w.Issuer, Scope: w.Scope, Refreshable: w.Refreshable,
	}
	if w.AccountOctets != nil {
		e.Account = string(w.AccountOctets)
	}
	return e, nil
}

func realmToWire(s auth.Space) wireRealm {
	w := wireRealm{Resource: s.Resource}
	switch {
	case !s.HasRealm:
	case utf8.ValidString(s.Realm):
		w.Realm = &s.Realm
	default:
		w.Octets = []byte(s.Realm)
	}
	return w
}

func (w wireRealm) space(p *auth.Party, o auth.Origin) auth.Space {
	s := auth.Space{Party: p, Origin: o, Resource: w.Resource}
	switch {
	case w.Octets != nil:
		s.Realm, s.HasRealm = string(w.Octets), true
	case w.Realm != nil:
		s.Realm, s.HasRealm = *w.Realm, true
	}
	return s
}
