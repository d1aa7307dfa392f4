package token

import (
	"context"
	"time"

	"getin/client/auth"
)

// Person is whoever signs in. Errors wrap auth.ErrDeclined, auth.ErrCanceled, or
// auth.ErrNobody when it turns out that nobody is there.
type Person interface {
	// Consent asks whether to sign in at all.
	Consent(context.Context, Consent) (bool, error)

	// Browser reports whether there is a browser in which Show can open an
	// address.
	Browser() bool

	// Show shows where to sign in until ctx is done, or the person wants no
	// more, which is an error. After nil the sign-in goes on.
	Show(context.Context, Code) error
}

// Consent is what a person is asked before signing in.
type Consent struct {
	Query    auth.Query // who wants a token, for what
	Issuer   string     // where to sign in
	Resource string     // the identifier of what it is for
	Scope    string     // what is asked for
	Held     string     // what is held already, and is not enough; else ""
}

// Code is where a person signs in. All of it but Issuer is the server's text;
// the addresses are https, or on this machine.
type Code struct {
	Issuer  string
	Address string // to be opened, if User is empty; else where to enter that

	// Of the device flow, RFC 8628 section 3.3. Nobody opens a browser for it
	// but on the person's word (SECURITY I4).
	User     string
	Complete string    // the address with the code in it; may be empty
	Expires  time.Time // the code's time is over then
}
