// Package cookie keeps the cookies of a run: what servers set, what files hold,
// and which of them go to which host. Files are Netscape's format, as curl and
// wget read and write it, or lines of "Set-Cookie:".
//
// Standards: RFC 6265, and where it is stricter its revision,
// draft-ietf-httpbis-rfc6265bis. Public suffixes are those of publicsuffix.org,
// as golang.org/x/net has them.
//
// Departures, each of them curl's:
//
//   - A cookie with no name is dropped, and so is one with a TAB in it, which a
//     file could not hold.
//   - Of cookies with paths of one length those of the longer domain go first,
//     then those of the longer name, then the younger.
//   - A default path is kept with its last slash, and a path with a last slash
//     covers the same path without it.
//   - At most 50 cookies are taken of a response, and 150 sent with a request.
//
// From curl it differs in this:
//
//   - A domain that is a public suffix and the host itself (Domain=localhost)
//     makes a cookie for that host alone, and a file's cookie for a public suffix
//     goes to that host alone.
//   - A file's "Set-Cookie:" that names no domain is for the hosts that its
//     reader names; with curl it goes to every host.
//   - A Path that does not begin with "/" is as good as none. "__Host-" needs
//     one that is written out.
//   - Dates are read by RFC 6265 section 5.1.1, which knows no zones.
//   - Domains are written in lower case, in A-labels, with no dot at the end.
package cookie
