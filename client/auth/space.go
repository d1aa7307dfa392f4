package auth

// Space is a protection space, RFC 9110 section 11.5: who asks, at which
// origin, under which realm. It is comparable and serves as a map key.
//
// Realm is the server's text: opaque octets, possibly hostile, never printed
// unclean. An absent realm (HasRealm false) is another space than an empty one.
type Space struct {
	Party    *Party
	Origin   Origin
	Realm    string
	HasRealm bool
}
