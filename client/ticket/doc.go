// Package ticket gets Kerberos tickets (RFC 4120) and makes of them the tokens
// that prove a client to a service and a service to the client (RFC 4121), for
// the Negotiate scheme: from the ticket cache that kinit fills, or with a
// password from the KDC. What it gets stays in memory.
//
// On Windows the system does the same (SSPI), and knows its user's tickets; it
// takes no password there.
//
// Departures:
//
//   - Realms are asked over TCP alone, which RFC 4120 section 7.2.2 has every
//     KDC listen on.
//   - Only the AES encryption types are asked for; RC4 and DES are not (RFC 8429).
//   - Of ticket caches FILE and DIR can be read, not KEYRING, KCM and API.
//   - The service is looked for under the host's name as it was typed first, and
//     under its canonical name only when the realm does not know it; MIT Kerberos
//     asks the DNS first.
//   - Of preauthentication there is the encrypted timestamp: no FAST, no PKINIT.
//   - Credentials are not delegated.
package ticket
