package auth

import (
	"errors"
	"fmt"
)

// What may keep a credential from being had or sent. A wallet wraps these, a
// dialogue decides by them.
var (
	// ErrNoCredential: nothing is held for the space, and asking a person was
	// not allowed by the query.
	ErrNoCredential = errors.New("no credential")

	// ErrNobody: nothing is held, and there is nobody to ask: no terminal, no
	// askpass program, or --no-prompt.
	ErrNobody = errors.New("nobody to ask")

	// ErrDeclined: a person was asked and declined (^D), or has used up the
	// tries.
	ErrDeclined = errors.New("declined")

	// ErrCanceled: a person was asked and interrupted the program (^C).
	ErrCanceled = errors.New("interrupted")

	// ErrRefusedBefore: what is stored was refused in earlier runs so often
	// that it is not sent without a person.
	ErrRefusedBefore = errors.New("the stored credential was refused before")

	// ErrStore: the credential that is needed lies in a store that cannot be
	// read now (locked, unreachable, damaged).
	ErrStore = errors.New("credential store")

	// ErrNotAllowed: policy forbids the answer, and nobody consented: clear
	// text, an unverified peer, a weaker scheme than before.
	ErrNotAllowed = errors.New("not allowed")

	// ErrServerUnverified: a response claimed to prove knowledge of the secret
	// and did not (a wrong rspauth, RFC 7616 section 3.5).
	ErrServerUnverified = errors.New("the server did not prove that it knows the secret")

	// ErrFinal: what the user gave for this run is all that may be sent, and it
	// was refused, or is not what is asked for.
	ErrFinal = errors.New("what was given is final")

	// ErrRefused: whoever makes of the credential what the scheme answers with
	// (a Kerberos realm, a token server) does not accept it.
	ErrRefused = errors.New("refused")

	// ErrCannotStart: the scheme cannot answer here and now, whoever were
	// asked; another one may (rule R9). It costs no try.
	ErrCannotStart = errors.New("cannot start")

	// ErrCredential: a scheme cannot send this credential: a control byte, a
	// colon in a Basic user-id, a name that the demanded charset lacks.
	ErrCredential = errors.New("credential cannot be sent")
)

// SyntaxError says where a challenge field breaks the grammar of RFC 9110
// section 11.6.1.
type SyntaxError struct {
	Line   int    // which field line, from 0
	Offset int    // octets from the start of that line's value, from 0, each obs-fold being one
	Reason string // "unterminated quoted-string"
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("challenge field %d, octet %d: %s", e.Line+1, e.Offset+1, e.Reason)
}
