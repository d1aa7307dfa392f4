package store

import (
	"context"

	"getin/client/auth"
)

// Person is whoever can be asked: a terminal, an askpass program. It sees to it
// that one question is put at a time. Errors wrap auth.ErrDeclined (^D),
// auth.ErrCanceled (^C), or auth.ErrNobody when it turns out that nobody is
// there.
type Person interface {
	// Credential asks for a user name and a secret.
	Credential(context.Context, Question) (auth.Credential, error)

	// Account lets the person choose one of the accounts that are stored for
	// the query's space. "" stands for another one, which is then asked for.
	Account(context.Context, auth.Query, []string) (string, error)

	// Consent asks whether an answer may go out in spite of the concern.
	Consent(context.Context, auth.Concern) (Answer, error)
}

// Answer is what a person says to a Concern.
type Answer int

// The answers. Always is remembered for the space in later runs; the others
// hold for this run.
const (
	No Answer = iota
	Once
	Always
)

// Question is what Person.Credential asks.
type Question struct {
	// Query tells who asks and for what. When its Redirected is set, the
	// question names both origins (RULES R5).
	Query auth.Query

	User  string // to be offered as the user name; may be empty
	Fixed bool   // the person may not change User

	Left    int  // answers that may still be refused, this one among them; at least 1
	Refused bool // the last answer given in this run was refused

	// Again is to be called once the terminal's lock is held: another process
	// may have stored the credential in the meantime (RULES R11). When it
	// returns true, its credential is the one to return, without a question. It
	// may call the keyring; it is never nil.
	Again func(context.Context) (auth.Credential, bool)
}
