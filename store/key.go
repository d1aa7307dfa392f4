package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/url"

	"getin/client/auth"
)

// Key names one stored credential: a protection space, the kind of credential,
// and the account.
type Key struct {
	Space   auth.Space
	Kind    auth.Kind
	Account string

	// Scope is what a token of kind Access was issued for; else "".
	Scope string

	// Unbound: no realm is known yet (RULES R14). That is another key than one
	// of a space whose challenge names none.
	Unbound bool
}

// maxUser is the longest user name, in octets, that is handed to a keyring as
// it is; a longer one is hashed. (Windows limits target and user together to
// 512 UTF-16 units; the service takes up to about 300 of them.)
const maxUser = 200

// maxOrigin is the longest origin, in octets, that stands in a service name in
// full: "https://", a host name of 253 octets (RFC 1035 section 2.3.4) and
// ":65535" are 267. Longer ones, which no name can have, are cut, so that no
// URL makes a name longer than platforms take; the hash tells them apart.
const maxOrigin = 267

// sum hashes the fields, each preceded by its length, so that no two tuples
// collide by moving a separator.
func sum(fields ...string) string {
	h := sha256.New()
	var n [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (k Key) tuple() []string {
	present := "absent"
	switch {
	case k.Unbound:
		present = "unbound"
	case k.Space.HasRealm:
		present = "present"
	}
	// A grant has one entry, however wide its scope grows: but for kind Access the
	// last field stays empty, and is hashed so that keys remain what they are.
	return []string{k.Space.Party.Name, k.Space.Origin.String(), present, k.Space.Realm, string(k.Kind), k.Space.Resource, k.Scope}
}

// Service returns the name under which a platform's keyring files the
// credential: the origin to read, and a hash that no realm text can forge.
func (k Key) Service() string {
	who := "getin "
	if k.Space.Party == auth.Proxy {
		who += "proxy "
	}
	origin := k.Space.Origin.String()
	if len(origin) > maxOrigin {
		origin = origin[:maxOrigin] + "..."
	}
	return who + origin + " " + sum(k.tuple()...)[:32]
}

// User returns the account in a form that every keyring takes: percent-encoded,
// and hashed when that is longer than 200 octets. An empty account is "-",
// which no account encodes to: "-" itself becomes "%2D". Nor does any encode to
// what a hash begins with, for "=" would be "%3D".
func (k Key) User() string {
	switch k.Account {
	case "":
		return "-"
	case "-":
		return "%2D"
	}
	u := url.QueryEscape(k.Account)
	if len(u) > maxUser {
		return "sha256=" + sum(k.Account)
	}
	return u
}

// ID returns the entry's identity: 64 hex digits, of which people type the
// first few.
func (k Key) ID() string { return sum(append(k.tuple(), k.Account)...) }
