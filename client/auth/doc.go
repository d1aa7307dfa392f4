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
package auth
