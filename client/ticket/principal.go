//go:build !windows

package ticket

import (
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Name types, RFC 4120 section 6.2. Who compares names passes over them.
const (
	ntPrincipal = 1 // a person
	ntService   = 2 // krbtgt
	ntHost      = 3 // a service at a host
)

// principal is a name in a realm, RFC 4120 section 6.
type principal struct {
	kind  int64
	parts []string
	realm string
}

// parsePrincipal reads "alice", "alice/admin" or "alice@REALM". A backslash
// quotes what follows it.
func parsePrincipal(s, realm string) principal {
	p := principal{kind: ntPrincipal, realm: realm}
	part, quoted, inRealm := strings.Builder{}, false, false
	end := func() { p.parts = append(p.parts, part.String()); part.Reset() }
	for _, c := range s {
		switch {
		case quoted:
			part.WriteRune(c)
			quoted = false
		case c == '\\':
			quoted = true
		case c == '/' && !inRealm:
			end()
		case c == '@' && !inRealm:
			end()
			inRealm = true
		default:
			part.WriteRune(c)
		}
	}
	if !inRealm {
		end()
	} else if part.Len() > 0 {
		p.realm = part.String()
	}
	return p
}

// grantor is the name of the service of a realm that grants tickets for a
// realm: its own, or another that it trusts.
func grantor(forRealm, inRealm string) principal {
	return principal{kind: ntService, parts: []string{"krbtgt", forRealm}, realm: inRealm}
}

func (p principal) name() string { return strings.Join(p.parts, "/") }

func (p principal) String() string { return p.name() + "@" + p.realm }

func (p principal) equal(q principal) bool {
	return p.realm == q.realm && slices.Equal(p.parts, q.parts)
}

// forRealm returns the realm that tickets of p are for, "" when p grants none.
func (p principal) forRealm() string {
	if len(p.parts) == 2 && p.parts[0] == "krbtgt" {
		return p.parts[1]
	}
	return ""
}

// salt is what a password is salted with when the realm does not say, RFC 4120
// section 4.
func (p principal) salt() string { return p.realm + strings.Join(p.parts, "") }

// addName writes
//
//	PrincipalName ::= SEQUENCE {
//		name-type   [0] Int32,
//		name-string [1] SEQUENCE OF KerberosString }
func addName(b *builder, tag uint8, p principal) {
	b.AddASN1(explicit(tag), func(b *builder) {
		addSequence(b, func(b *builder) {
			addInt(b, 0, p.kind)
			b.AddASN1(explicit(1), func(b *builder) {
				addSequence(b, func(b *builder) {
					for _, part := range p.parts {
						addGeneral(b, part)
					}
				})
			})
		})
	})
}

// name reads a PrincipalName; the realm comes from elsewhere.
func (r *reader) name(n uint8, realm string) principal {
	in := &reader{in: r.inner(n, der.SEQUENCE), bad: r.bad}
	p := principal{kind: in.int(0), realm: realm}
	list := cryptobyte.String(in.inner(1, der.SEQUENCE))
	for !in.bad && !list.Empty() {
		var part cryptobyte.String
		if !list.ReadASN1(&part, generalString) {
			in.bad = true
		}
		p.parts = append(p.parts, string(part))
	}
	r.bad = r.bad || in.bad
	return p
}
