// Package nethttp sends requests over net/http's Transport, HTTP/1.1 only (RFC
// 9112), and fills the client.Wire that travels with them. It authenticates
// nobody and follows no redirect.
//
// What it adds to the Transport: names below localhost never reach a resolver
// (RULES R6); an unverified TLS peer is told of and may not change during a run
// (RULES R7); the CA bundle is read once and beside the connecting; a proxy's
// refusal of CONNECT is a response like any other, so that it can be answered;
// a large body of known length goes from socket to file inside the kernel.
//
// Departures from the standards, and from curl:
//
//   - Request fields go in net/http's order and spelling, whatever Wire.Fields
//     says. The head of the response is exact.
//   - The default CA directories are not read when a CA bundle file is found.
//     crypto/x509 reads both, which on Debian is each certificate twice. The
//     certificates that are only in the directory are then unknown, until
//     SSL_CERT_DIR names it.
//   - HTTP/2 is not offered (ALPN is "http/1.1").
//   - From the environment, only http_proxy in lower case is taken for http:
//     HTTP_PROXY may be a request's field in a CGI program ("httpoxy",
//     CVE-2016-5385). Hosts on the loopback are never proxied by the
//     environment's word.
package nethttp
