// Package transfer puts the bodies of responses where they belong: it finds the
// name of a file (-O, -J), opens it with the care that the name's origin asks
// for, and copies. It knows no authentication: whether a response is worth
// keeping is decided before.
//
// Standards: Content-Disposition is read by RFC 6266, its extended parameters
// by RFC 8187.
//
// Departures:
//
//   - RFC 6266 section 4.1 has no empty parameter; one is allowed here, as RFC
//     9110 section 5.6.6 does and many servers send ("filename=a;").
//   - A filename parameter that is not UTF-8 is read as ISO 8859-1, which is
//     what RFC 9110 section 5.5 says of octets beyond ASCII.
package transfer
