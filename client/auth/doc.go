// Package auth is the vocabulary of HTTP authentication, RFC 9110 section 11,
// written as Go types: what a server or proxy asks (Challenge), where the
// answer is valid (Space), what a person holds (Credential, Secret), and how
// one scheme turns the one into an answer to the other (Scheme, Exchange).
//
// It imports nothing of net/http: a scheme sees a Message and a Credential,
// asks nobody and fetches nothing.
//
// Departures from the standard:
//
//   - RFC 9110 section 11.3 calls the field value "credentials". Here that is
//     what Exchange.Answer returns, so that Credential is free to mean what the
//     user holds.
//   - A broken field line does not spoil its siblings: ParseChallenges returns
//     what the well-formed lines say beside the error. Nothing is guessed.
//   - A field line of more than 100 KiB is not read.
//   - RFC 7616 section 3.3 calls the URIs of domain prefixes. Covers stops at a
//     segment boundary, so that "/app" does not reach "/application".
//   - Section 3.3 also lets domain name other servers. Prefixes ignores those,
//     and adds the resource that was challenged if domain leaves it out.
package auth
