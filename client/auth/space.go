package auth

// Space is a protection space, RFC 9110 section 11.5: who asks, at which
// origin, under which realm. It is comparable and serves as a map key.
//
// Realm is the server's text: opaque octets, possibly hostile, never printed
// unclean. An absent realm (HasRealm false) is another space than an empty one.
//
// Resource tells apart the protected resources of one origin (RFC 9728): it is
// the URL of the metadata that the challenge names, as it is written there, or
// empty.
type Space struct {
	Party    *Party
	Origin   Origin
	Realm    string
	HasRealm bool
	Resource string
}
