// Package exchange reads the files in which other programs keep passwords, and
// writes some of them. It stores nothing itself, and no error of it holds any of
// a file's text.
//
// Most of these files know no realm: what they hold becomes unbound entries
// (RULES R14). Where a file says neither scheme nor port it is https and 443.
//
// What cannot be taken over is not passed over in silence: Found tells of it in
// Skipped.
package exchange
