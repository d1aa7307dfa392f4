package auth

// Widener is implemented by an Exchange whose credential may be had for more
// than it allows now.
type Widener interface {
	// Widens reports whether the challenge, of a 403, says that the credential
	// is good and does not allow enough (RFC 6750 section 3.1).
	Widens(Challenge) bool
}
