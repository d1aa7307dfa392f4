package auth

// Observer is implemented by an Exchange that servers speak to in fields of their
// own (DPoP-Nonce, RFC 9449 section 8.2).
type Observer interface {
	// Observe is called with each response to Answer, before anything else is.
	// field returns the first value of a field, or "".
	Observe(field func(name string) string)
}
