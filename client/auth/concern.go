package auth

// Concern is a reason not to send an answer, put to whoever may consent: what
// is remembered, a switch, or a person.
type Concern struct {
	Risk  Risk
	Query Query
	User  string // of the credential that would be sent; may be empty

	// Stronger is, for Downgrade, the strength that was accepted before.
	Stronger Strength

	// Issuer is, for Elsewhere, who would get the secret.
	Issuer Origin

	// Key is, for Unverified, the SHA-256 of the peer's public key
	// (SubjectPublicKeyInfo) in the form "sha256//BASE64", as --pinnedpubkey
	// takes it.
	Key string
	// Why is, for Unverified, what the certificate check said.
	Why error
}

// Risk is what a Concern is about.
type Risk int

// The risks of RULES R6, R7 and R8, and that of SECURITY D2: a challenge names
// who is to get the secret.
const (
	ClearText  Risk = iota + 1 // the secret would cross a network unencrypted
	Unverified                 // the TLS peer's certificate is not verified
	Downgrade                  // a stronger scheme was accepted here before
	Elsewhere                  // the secret would go to a token server at another host
)
