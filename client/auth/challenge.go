package auth

import "strings"

// Challenge is one challenge of a field value, RFC 9110 section 11.3:
//
//	challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//
// Token68 and Params exclude each other; both empty is a bare scheme.
type Challenge struct {
	Scheme  string  // in lower case
	Token68 string  // as received
	Params  []Param // in the order received
}

// Param is one auth-param, RFC 9110 section 11.2.
type Param struct {
	Name  string // in lower case
	Value string // octets, unquoted and unescaped
}

// Param returns the value of the named parameter (lower case) and whether it
// was there at all.
func (c Challenge) Param(name string) (string, bool) {
	for _, p := range c.Params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// Space returns the protection space that the challenge speaks of.
func (c Challenge) Space(p *Party, o Origin) Space {
	realm, has := c.Param("realm")
	resource, _ := c.Param("resource_metadata")
	if strings.ContainsFunc(resource, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		resource = "" // no URL, RFC 3986 section 2
	}
	return Space{Party: p, Origin: o, Realm: realm, HasRealm: has, Resource: resource}
}

// Is reports whether the challenge is of the named scheme, compared without
// regard to case (RFC 9110 section 11.1).
func (c Challenge) Is(name string) bool { return strings.EqualFold(c.Scheme, name) }
