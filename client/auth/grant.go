package auth

import "time"

// Grant is what stands behind an access token that an authorization server has
// issued, RFC 6749: from whom it is, and how the next one is got. The access
// token itself is Credential.Secret. It is part of what is stored, and of no
// index.
type Grant struct {
	Issuer        string // the server's identifier, RFC 8414 section 2
	TokenEndpoint string // where the token came from; the only place that Refresh goes to
	Revocation    string // where tokens are given back, RFC 7009; may be empty
	Resource      string // whom the token is for, RFC 8707 section 2; may be empty
	Scope         string // what was granted, RFC 6749 section 3.3
	Subject       string // whose it is, when the server has said so

	ClientID     string
	ClientSecret Secret
	ClientAuth   string // how the client proves itself: "none", "client_secret_basic", "client_secret_post"

	// Own tells that the token is the client's own, RFC 6749 section 4.4: the
	// client's secret gets the next one.
	Own bool

	Type    string    // as received, RFC 6749 section 7.1: "Bearer" or "DPoP"
	Refresh Secret    // empty: the token cannot be refreshed
	Expires time.Time // of the access token; zero when the server has not said
	Key     Secret    // of a DPoP token, RFC 9449: its private key in PKCS #8
}

// Refreshable reports whether the next token can be had without a person.
func (g *Grant) Refreshable() bool { return g != nil && (g.Own || !g.Refresh.Empty()) }
