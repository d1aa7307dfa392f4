package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"getin/client/auth"
)

// value is what lies in a keyring item or in the vault: the credential, and the
// whole key, which is compared on reading.
type value struct {
	Version int    `json:"v"`
	Party   string `json:"party"`
	Origin  string `json:"origin"`
	Realm   []byte `json:"realm"` // base64: realms are octets; null when absent
	Unbound bool   `json:"unbound,omitempty"`
	Kind    string `json:"kind"`
	Account string `json:"account"`
	User    []byte `json:"user,omitempty"` // base64, instead of Account when that is not UTF-8
	Secret  string `json:"secret,omitempty"`
	Octets  []byte `json:"octets,omitempty"` // base64, instead of Secret when that is not UTF-8

	Resource string      `json:"resource,omitempty"` // of the space
	Scope    string      `json:"scope,omitempty"`
	Grant    *grantValue `json:"grant,omitempty"`
}

// valueVersion is the version of value that this program writes. A greater one
// is refused rather than misread.
const valueVersion = 1

// Encode returns what a store is to keep for the key. The result holds the
// secret in clear.
func Encode(k Key, c auth.Credential) ([]byte, error) {
	if c.Secret.Wiped() || c.Grant != nil && c.Grant.Refresh.Wiped() {
		// A save that comes after the end of the run must not save nothing.
		return nil, fmt.Errorf("%w: the secret was wiped", ErrUnavailable)
	}
	v := value{
		Version: valueVersion, Party: k.Space.Party.Name, Origin: k.Space.Origin.String(),
		Kind: string(k.Kind), Unbound: k.Unbound, Resource: k.Space.Resource, Scope: k.Scope, Grant: grantToValue(c.Grant),
	}
	if utf8.ValidString(k.Account) {
		v.Account = k.Account
	} else {
		v.User = []byte(k.Account)
	}
	if s := c.Secret.Reveal(); utf8.ValidString(s) {
		v.Secret = s
	} else {
		v.Octets = []byte(s)
	}
	if k.Space.HasRealm {
		v.Realm = append([]byte{}, k.Space.Realm...)
	}
	// Without the escapes that only web pages need: they take six octets for
	// one, and keyrings have little room.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding a credential: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Decode reads what Encode wrote for the same key. Anything else, a value moved
// from another key among it, is an error that wraps ErrDamaged. No error holds
// any of the value.
func Decode(k Key, b []byte) (auth.Credential, error) {
	v, err := readValue(b)
	if err != nil {
		return auth.Credential{}, err
	}
	want := k.Space
	if v.Party != want.Party.Name || v.Origin != want.Origin.String() || v.Kind != string(k.Kind) ||
		v.account() != k.Account || v.Unbound != k.Unbound || v.Resource != want.Resource || v.Scope != k.Scope || (v.Realm != nil) != want.HasRealm || string(v.Realm) != want.Realm {
		return auth.Credential{}, fmt.Errorf("%w: the value belongs to another key", ErrDamaged)
	}
	secret := v.Secret
	if v.Octets != nil {
		secret = string(v.Octets)
	}
	return auth.Credential{User: v.account(), Secret: auth.NewSecret(secret), Grant: v.Grant.grant()}, nil
}

// DecodeKey returns the key that the value says it belongs to. It is for those
// who list what lies somewhere; who looks for a credential knows its key. The
// error is one of Decode's.
func DecodeKey(b []byte) (Key, error) {
	v, err := readValue(b)
	if err != nil {
		return Key{}, err
	}
	o, err := auth.ParseOrigin(v.Origin)
	p := auth.PartyNamed(v.Party)
	if err != nil || p == nil || v.Kind == "" {
		return Key{}, fmt.Errorf("%w: the value belongs to no key", ErrDamaged)
	}
	return Key{
		Space: auth.Space{Party: p, Origin: o, Realm: string(v.Realm), HasRealm: v.Realm != nil, Resource: v.Resource},
		Kind:  auth.Kind(v.Kind), Account: v.account(), Unbound: v.Unbound, Scope: v.Scope,
	}, nil
}

func readValue(b []byte) (value, error) {
	var v value
	if err := json.Unmarshal(b, &v); err != nil {
		return value{}, fmt.Errorf("%w: not a getin value", ErrDamaged)
	}
	if v.Version != valueVersion {
		return value{}, fmt.Errorf("%w: value of version %d, this program knows %d", ErrDamaged, v.Version, valueVersion)
	}
	return v, nil
}

func (v *value) account() string {
	if v.User != nil {
		return string(v.User)
	}
	return v.Account
}
