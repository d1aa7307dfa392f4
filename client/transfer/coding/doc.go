// Package coding takes the content codings off a response's body (RFC 9110
// section 8.4): gzip and deflate (RFC 9110 section 8.4.1), br (RFC 7932) and
// zstd (RFC 8878, in windows of at most 8 MiB, as RFC 9659 wants). It reads as
// the body comes and holds no more of it than its codings' windows: 32 KiB, 16
// MiB with br, 8 MiB with zstd, for each of at most five codings.
//
// Departures:
//
//   - deflate is read with the zlib format (RFC 1950), as RFC 9110 section
//     8.4.1.2 says, and without it, as some servers send it. No stream is both.
//   - An empty body is empty in every coding.
//
// From curl it differs in this: gzip may have several members (RFC 1952 section
// 2.2), a body that ends within a coding is an error, and so is a zstd window of
// more than 8 MiB.
package coding
