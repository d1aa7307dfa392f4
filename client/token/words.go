package token

import (
	"fmt"

	"getin/client/auth"
)

// Error is what an authorization server answers instead of a token, RFC 6749
// sections 4.1.2.1 and 5.2.
type Error struct {
	Issuer      string
	Code        string // as received
	Description string // error_description: the server's text, to be cleaned
}

// Error returns the code in words, ours; the server's own are not in it.
func (e *Error) Error() string {
	if w, ok := wordsFor(e.Code); ok {
		return fmt.Sprintf("%s: %s", e.Issuer, w.text)
	}
	return fmt.Sprintf("%s: no token: %s", e.Issuer, shown(e.Code))
}

// Unwrap tells what the error means for who asked: auth.ErrDeclined,
// auth.ErrRefused when a grant or a secret is worthless, else
// auth.ErrCannotStart.
func (e *Error) Unwrap() error {
	if w, ok := wordsFor(e.Code); ok && w.kind != nil {
		return w.kind
	}
	return auth.ErrCannotStart
}

// Hint says what the user can do about it, or is "".
func (e *Error) Hint() string {
	w, _ := wordsFor(e.Code)
	return w.hint
}

type words struct {
	text, hint string
	kind       error // nil: auth.ErrCannotStart
}

// wordsFor knows the registered errors (IANA, "OAuth Extensions Error") that an
// authorization server answers with.
func wordsFor(code string) (words, bool) {
	switch code {
	case "invalid_request":
		return words{"the request for a token is not as the server wants it", "", nil}, true
	case "invalid_client":
		return words{"the server does not know this client, or does not take its secret", "--oauth-client-id names the client that the server has registered", nil}, true
	case "invalid_grant":
		return words{"the sign-in is over: expired, revoked, or used before", "getin login URL signs in anew", auth.ErrRefused}, true
	case "unauthorized_client":
		return words{"this client may not sign in in this way", "--oauth-client-id names another client", nil}, true
	case "unsupported_grant_type":
		return words{"the server does not give tokens in this way", "", nil}, true
	case "invalid_scope":
		return words{"the server does not know the scope, or does not give it to this client", "--oauth-scope names what is asked for", nil}, true
	case "invalid_target":
		return words{"the server gives no tokens for this resource", "", nil}, true
	case "access_denied":
		return words{"the sign-in was declined", "", auth.ErrDeclined}, true
	case "expired_token":
		return words{"the code has expired before anybody entered it", "getin login URL gets another", auth.ErrDeclined}, true
	case "authorization_pending":
		return words{"nobody has entered the code yet", "", nil}, true
	case "slow_down":
		return words{"the server is asked too often", "", nil}, true
	case "server_error":
		return words{"the server has failed", "try again later", nil}, true
	case "temporarily_unavailable":
		return words{"the server is busy or down for now", "try again later", nil}, true
	case "unsupported_response_type":
		return words{"the server does not sign in with a code", "--no-browser signs in with a device code, where the server has that", nil}, true
	case "login_required":
		return words{"the server wants somebody to log in", "", nil}, true
	case "interaction_required":
		return words{"the server wants to ask somebody", "", nil}, true
	case "consent_required":
		return words{"the server wants somebody's consent", "", nil}, true
	case "invalid_dpop_proof":
		return words{"the server does not accept the proof of the token's key", "is the clock of this machine right?", nil}, true
	case "use_dpop_nonce":
		return words{"the server wants its own nonce in the proof of the token's key", "", nil}, true
	case "invalid_redirect_uri":
		return words{"the server does not take an address on this machine", "--oauth-client-id names a client that may have one", nil}, true
	case "invalid_client_metadata":
		return words{"the server does not register this client", "--oauth-client-id names one that it knows", nil}, true
	}
	return words{}, false
}
