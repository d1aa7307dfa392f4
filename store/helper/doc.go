// Package helper speaks the protocols by which programs hand each other
// credentials, both ways.
//
// Served (Server): git-credential, docker-credential-helpers, GOAUTH, Bazel's
// and cargo's helpers, askpass, and a netrc of one entry. An answer is given only
// when one entry, of the kind that the tool can use, covers the URL and the user,
// over https or to a loopback host, and nobody is asked (RULES R15).
//
// Consumed (Program): git-credential-NAME and docker-credential-NAME, as a source
// and as a store.
//
// Departures:
//
//   - Of one account the entry that was saved last speaks for the origin when one
//     of the two is unbound; otherwise several entries are none.
//   - A password that a stronger scheme has proven is not given to a tool that
//     would send it by Basic (RULES R8).
//   - git's store makes nothing when the value lies in an entry of that origin
//     and account already: git sends back what it was given.
//   - docker's erase and cargo's logout carry no value to compare. They touch what
//     was stored by the same protocol for that very URL.
//   - A program that is consumed knows no realms: it keeps one secret for an
//     origin and an account, and that of a second realm replaces the first.
package helper
