// Package h1 sends requests over connections of its own, by HTTP/1.1 (RFC 9112),
// and is an http.RoundTripper. It knows no realm: it authenticates nobody,
// follows no redirect, and repeats nothing that was answered.
package h1
