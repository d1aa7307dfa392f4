package token

import (
	"context"
	"time"

	"getin/client/auth"
)

// Use is what the user says about how to get tokens. The zero value leaves it all
// to the servers.
type Use struct {
	ClientID  string // --oauth-client-id; "": one that is registered
	Scope     string // --oauth-scope; "": what the challenge or the resource says
	NoBrowser bool   // --no-browser
}

// Person is whoever signs in. Errors wrap auth.ErrDeclined, auth.ErrCanceled, or
// auth.ErrNobody when it turns out that nobody is there.
type Person interface {
	// Consent asks whether to sign in at all.
	Consent(context.Context, Consent) (bool, error)

	// Show shows a code, and where to enter it. It returns at once.
	Show(context.Context, Code) error

	// Open opens an address in the person's browser, or shows it where there is
	// none. It returns at once.
	Open(ctx context.Context, address string) error
}

// Consent is what a person is asked before signing in.
type Consent struct {
	Query    auth.Query // who wants a token, for what
	Issuer   string     // where to sign in
	Resource string     // the identifier of what it is for
	Scope    string     // what is asked for
	Held     string     // what is held already, and is not enough; else ""
}

// Code is what a person enters elsewhere, RFC 8628 section 3.3. All of it but
// Issuer is the server's text.
type Code struct {
	Issuer   string
	User     string    // the code to be typed
	Address  string    // where
	Complete string    // the address with the code in it; may be empty
	Expires  time.Time // the code's time is over then
}
