// Package token gets the tokens that a Bearer challenge tells where to get.
//
// A registry of images names a token server, as the distribution project's
// "Token Authentication Specification" has it:
//
//	Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull"
//
// It is answered with a token from that realm: anonymously first, then for the
// account that is stored for the space, or that a person names. The password is
// what is stored; a token that lives for more than a minute is kept beside it.
//
// Every other protected resource names its metadata (RFC 9728), or has them at
// the well-known place, and these the authorization server:
//
//	Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource",scope="read"
//
// What is held for the resource answers, refreshed where it is over; else a
// person signs in (oauth.go is the order, consent.go the question). What is
// stored then is the token, with all that stands behind it: auth.Grant.
//
//	discover.go   the way from the challenge to the server; metadata.go reads
//	trust.go      who may be asked anything at all
//	endpoint.go   a form, and what comes back; words.go the errors
//	signin.go     in a browser (pkce.go, loopback.go), or with a code (device.go)
//	register.go   who getin is for the server; service.go, a client on its own
//	granted.go    the answer, and what a refusal of it means
//	dpop.go       a token bound to a key; dpop_scheme.go, the answer with a proof
//
// Departures from the distribution specification:
//
//   - What several scopes in one challenge are separated by, it does not say:
//     spaces, as in RFC 6749 section 3.3. Each goes in a parameter of its own.
//   - Which of GET and POST a server takes, it does not say. GET is tried first,
//     the form (its "OAuth2 Token Authentication") after 404 or 405.
//   - A realm is followed only where a service, or a scope of a registry, stands
//     beside it: elsewhere a URL may be mere text.
//
// Departures from RFC 9728:
//
//   - Section 3.3 wants the resource of metadata that a challenge names to be
//     the URL that was requested. Servers name what the URL is a part of: it must
//     be of that origin, and at or below that path.
//   - Of several authorization servers the first that has metadata is taken.
//
// Departures from the standards of the sign-in:
//
//   - A server whose metadata do not name S256 gets no authorization request,
//     though some that say nothing know it: without PKCE a code can be stolen.
//   - A client registers with redirect URIs that have no port (RFC 8252 section
//     7.3); servers that compare them to the letter refuse the sign-in.
//
// Whom a secret may be sent to is the business of trust.go, and of the
// dialogue, which asks a person where Traits.Issuer is another host.
package token
