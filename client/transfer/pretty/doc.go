// Package pretty lays JSON (RFC 8259) out for people who read it on a terminal:
// a line for each member and element, in colours. It works as the text comes, in
// bounded memory, and changes nothing but white space between tokens: numbers,
// escapes, the order and the repetition of members stay. What is no JSON passes
// as it is, from the first character that cannot stand where it does.
//
// Whatever would act on the terminal instead of being shown is written as an
// escape: \u001b in a string, where that is the same string, and outside.
package pretty
