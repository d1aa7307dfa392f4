package client

import (
	"errors"
	"fmt"
	"net/url"

	"getin/client/auth"
)

// Reasons that an Unanswered may wrap, beside those of package auth.
var (
	// ErrNoChallenge: the response asks for authentication and does not say
	// which, or says it in a way that cannot be read.
	ErrNoChallenge = errors.New("no challenge that can be read")

	// ErrNoScheme: none of the schemes offered can be answered.
	ErrNoScheme = errors.New("no offered scheme can be answered")

	// ErrOwnHeader: the request carried credentials that the caller had set by
	// hand. They are final, no dialogue follows.
	ErrOwnHeader = errors.New("the credentials set by hand were refused")

	// ErrSigned: the request was signed, and no dialogue follows.
	ErrSigned = errors.New("the signature was refused")

	// ErrTooManyRounds: the server kept asking.
	ErrTooManyRounds = errors.New("the server kept asking")

	// ErrDowngradedRedirect: a redirect went from https to http, and a secret
	// does not follow there.
	ErrDowngradedRedirect = errors.New("redirected from https to http")
)

var (
	// ErrBodySpent: the request's body had to be sent again and could not be.
	ErrBodySpent = errors.New("the request body cannot be sent again")

	// ErrRedirect: a redirect that is not followed: too many, or to somewhere
	// that is no http or https URL.
	ErrRedirect = errors.New("redirect")

	// ErrTooManyRedirects wraps ErrRedirect.
	ErrTooManyRedirects = fmt.Errorf("%w: too many", ErrRedirect)

	// ErrRedirectScheme and ErrRedirectUser wrap ErrRedirect: it leads to where
	// Policy.RedirectTo does not allow, or has a user in its URL although
	// Policy.RefuseUserinfo.
	ErrRedirectScheme = fmt.Errorf("%w: a scheme that is not allowed", ErrRedirect)
	ErrRedirectUser   = fmt.Errorf("%w: a user in the URL", ErrRedirect)
)

// Unanswered tells why a 401 or 407 was handed to the caller. The response goes
// with it, its body open.
type Unanswered struct {
	Party  *auth.Party
	Target *url.URL // what was asked for, without userinfo

	// Challenges are those that could be read; Syntax is what was wrong with
	// the others, or nil.
	Challenges []auth.Challenge
	Syntax     error

	// Space is the one that an answer was sought for; zero when none was.
	Space auth.Space

	// Sent tells that a credential was sent and refused.
	Sent bool

	// Tunnel: a proxy was asked for a tunnel, so that the response is its own.
	Tunnel bool

	// Reason wraps one of the reasons above or of package auth.
	Reason error
}

func (e *Unanswered) Error() string {
	return fmt.Sprintf("%s: %d: %v", e.Target.Redacted(), e.Party.Status, e.Reason)
}

func (e *Unanswered) Unwrap() error { return e.Reason }
