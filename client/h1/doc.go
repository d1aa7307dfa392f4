// Package h1 sends requests over connections of its own, by HTTP/1.1 (RFC 9112),
// and is an http.RoundTripper. It knows no realm: it authenticates nobody,
// follows no redirect, and repeats nothing that was answered.
//
// A request and its response are served on the caller's goroutine. One more is
// started only for a request's body that may not fit the socket, because the
// answer may come before all of it is sent (sender); and one reads the CA
// certificates beside the connecting (roots). Contexts and times end a wait by
// deadlines on the socket. What *http.Request cannot say and *http.Response
// cannot tell is in the Wire of the request's context.
//
// A connection is kept for requests of the same origin, the same way through
// proxies, the same TLS and the same lane (key); one that is leased (Lease) for
// nobody else. Before it is used again it is looked at; a request goes out a second time only when its connection was kept
// from before, died without an octet, and the request does no harm twice (RFC
// 9110 section 9.2.2) or was never written.
//
// Whoever wants to know what passes gives the Wire a Tap. Its bodies pass through
// this process; without one nothing is spent on it.
//
// # How responses are read
//
// To the letter of RFC 9112 section 6.3, and where a recipient has a choice:
//
//   - Lines of a head or a trailer section may end with a bare LF; lines of
//     chunks may not (section 2.2).
//   - A bare CR and a NUL are refused, not replaced (section 2.2; RFC 9110
//     section 5.5). Other controls and octets beyond ASCII pass.
//   - White space before a colon is dropped, as a proxy must do (section 5.1).
//   - A folded line is unfolded (section 5.2); one before the first field is
//     refused.
//   - Several equal lengths count as one; every other list, sign or overflow is
//     refused. A length beside chunks is passed over; so is HTTP/1.0 beside
//     chunks; and the connection is closed after either (section 6.1).
//   - A transfer coding other than chunked was not asked for, and is refused.
//   - HTTP/0.9, and a reply that does not begin with "HTTP/", is refused at its
//     first octets.
//   - A body that ends with the connection is whole only after the closure
//     alert, where there is TLS (section 9.8).
//   - An informational response is read like any other head; 101 is final.
//
// # Differences from net/http.ReadResponse
//
// FuzzResponse compares both on the same octets. They differ in this:
//
//   - Bare CR and NUL in a head: net/http takes them.
//   - Status line: net/http takes status 000 to 099, any version ("HTTP/2.0"),
//     and refuses nothing before the first line end. 101 has a body here, until
//     the connection ends.
//   - "Name : value": net/http keeps the field under the name "Name ", where
//     nobody finds it, and takes other names that are no tokens.
//   - Folds: net/http leaves a space for one at the end of a value.
//   - "Content-Length: 2, 2": refused there. Of several equal fields, net/http
//     keeps one in the header.
//   - "Transfer-Encoding: identity", an empty one, or several lines: refused
//     there. A coding other than chunked is an error in both.
//   - Chunks in HTTP/1.0: net/http takes the chunk lines for content. Old
//     servers mean them.
//   - Chunk sizes: net/http refuses more than 16 digits, zeros too, and white
//     space before an extension, which the grammar has (BWS).
//   - Chunk extensions: net/http takes a bare CR and a NUL in them.
//   - Trailer lines may end with LF here. Fields of a trailer that would change
//     the framing are dropped here.
//   - A length beside chunks: net/http keeps the connection.
//   - Limits: 300 KiB and 5000 fields a head here; http.Transport counts octets
//     alone.
//
// # Departures from the standards, and from curl
//
//   - Host is first, always. Content-Length stands before the Content-Type that
//     closes the fields, as in curl; Proxy-Connection, which curl adds, was never
//     a standard (RFC 9112 appendix C.2.2).
//   - curl takes Content-Lengths that overflow as none, and folded or odd lines
//     as they come.
//   - curl repeats any request on a dead connection; a POST is not repeated
//     here once it was written (RFC 9112 section 9.3.1).
//   - The default CA directories are not read when a CA bundle file is found.
//     crypto/x509 reads both, which on Debian is each certificate twice. The
//     certificates that are only in the directory are then unknown, until
//     SSL_CERT_DIR names it.
//   - HTTP/2 is net/http's, on a connection of ours. It is offered when TLS.HTTP2
//     says so, and spoken with a server that refuses HTTP/1.1 in ALPN; the order
//     and the spelling of fields are then lost. Leased connections use it only
//     in a tunnel, when the lease is for that alone.
//   - TLS sessions are resumed within one Engine and one TLS, for the same host
//     and port. Early data is never sent.
//   - From the environment, only http_proxy in lower case is taken for http:
//     HTTP_PROXY may be a request's field in a CGI program ("httpoxy",
//     CVE-2016-5385).
//   - The proxy behind a SOCKS proxy is told nothing of what is for that one;
//     curl 7.88 tells it the user and the password.
//   - A folder of CA certificates needs no names made of hashes: all in it are
//     trusted, as by crypto/x509.
//   - The client's certificate is shown whatever the authorities are that the
//     server names, as by curl; crypto/tls would look at them.
package h1
