// Package exchange reads the files in which other programs keep passwords, and
// writes some of them.
package exchange
