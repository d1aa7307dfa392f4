// Package meter shows on standard error how far transfers are: in rows on a
// terminal, drawn by one goroutine, and in lines now and then elsewhere. A short
// run shows nothing.
package meter
