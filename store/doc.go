// Package store finds, keeps and forgets credentials. It says under which key a
// credential is filed (Key), what a place that keeps them must do (Store), and
// holds the policy of a run: which secret answers which question, what is saved
// and what is remembered (Wallet; RULES R2 to R5 and R9 to R13).
//
// The places themselves are packages below: keyring, vault, session, and helper,
// which is other programs'. What is remembered beside the secrets, and is none,
// lies in index.
package store
