// Package keypair reads a client's certificate and its private key from files:
// PEM, DER and PKCS #12; keys of PKCS #8 (RFC 5208), PKCS #1 and SEC 1; in clear
// or encrypted, by PBES2 (RFC 8018) or in the older way of PEM (RFC 1421).
//
// It asks nobody: whoever calls it knows where a pass phrase comes from.
//
// Departures:
//
//   - PBES1 (RFC 8018 section 6.1), which OpenSSL has not written since 2010, is
//     read in PKCS #12 alone.
//   - PKCS #12 files are told by their content, too, when no type is given.
package keypair
