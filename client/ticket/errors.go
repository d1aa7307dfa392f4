package ticket

import (
	"errors"
	"fmt"

	"getin/client/auth"
)

// What may keep a ticket from being had, for who gives advice. They are wrapped
// by errors that wrap one of auth's too.
var (
	ErrNoTicket    = errors.New("no ticket")                // nobody is logged in
	ErrSkew        = errors.New("clocks differ")            // ours and the realm's
	ErrRealm       = errors.New("unknown realm")            // no KDC is known
	ErrUnreachable = errors.New("KDC cannot be reached")    // it is known, and does not answer
	ErrService     = errors.New("unknown service")          // the realm knows no such server
	ErrExpired     = errors.New("the password has expired") // or the account is locked
)

// failure is an error in plain words, with what it means to a dialogue and to
// who gives advice.
type failure struct {
	text string
	is   []error
}

func (f *failure) Error() string   { return "kerberos: " + f.text }
func (f *failure) Unwrap() []error { return f.is }

// cannotStart is an error that neither a person nor another secret would mend.
func cannotStart(advice error, format string, args ...any) error {
	return &failure{fmt.Sprintf(format, args...), []error{auth.ErrCannotStart, advice}}
}
