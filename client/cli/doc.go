// Package cli is the program: it reads the command line, joins the packages
// that fetch, ask and keep (wire.go), writes what came, and turns every end into
// an exit code and a sentence.
//
// The flags are one table (flags.go); parsing, --help and the check against
// curl's names are made from it. Names and meanings are curl's wherever curl has
// the flag.
//
// Departures from curl:
//
//   - A challenge is answered; one that stays unanswered is exit 67, and then a
//     file named with -o or -O is left as it was.
//   - A URL without a scheme is https, or http for a loopback host.
//   - -v shows no secret, unless --show-secrets is given.
//   - A bare "%" in a path is sent as "%25", and bytes that RFC 3986 section 2
//     does not allow in a URL are percent-encoded.
//   - A long flag takes its value after "=" as well.
package cli
