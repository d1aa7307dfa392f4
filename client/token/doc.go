// Package token gets the tokens that a Bearer challenge tells where to get: so
// far those of container registries, as the distribution project's "Token
// Authentication Specification" has them.
//
// A challenge such as
//
//	Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull"
//
// is answered with a token from that realm: anonymously first, then for the
// account that is stored for the space, or that a person names. The password is
// what is stored; tokens live for the run.
//
// Departures from the specification:
//
//   - What several scopes in one challenge are separated by, it does not say:
//     spaces, as in RFC 6749 section 3.3. Each goes in a parameter of its own.
//   - Which of GET and POST a server takes, it does not say. GET is tried first,
//     the form (its "OAuth2 Token Authentication") after 404 or 405.
//   - A realm is followed only where a service, or a scope of a registry, stands
//     beside it: elsewhere a URL may be mere text.
//
// Whom a secret may be sent to is the business of trust.go, and of the
// dialogue, which asks a person where Traits.Issuer is another host.
package token
