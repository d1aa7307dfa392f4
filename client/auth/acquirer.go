package auth

import "context"

// Acquirer is implemented by a Scheme that gets credentials which nobody types,
// or makes of what is held what it can answer with: a ticket of a password, an
// access token of a refresh token.
type Acquirer interface {
	// Acquire returns the credential to begin with; q tells for which challenge
	// of which space, and whether a person may be asked to sign in somewhere.
	// have is what the wallet holds for the space. Without a secret it holds
	// nothing, and User, when it is set, is the account that the credential has
	// to be for. What is made of a secret and kept by the scheme itself (a
	// ticket) returns have.
	//
	// need asks the wallet for the credential of another space, such as the
	// password that a token server wants. It asks no person unless its Query
	// says so, and settles nothing.
	//
	// An error wraps ErrNoCredential when there is nothing to get one from, and
	// a person may be asked for one; ErrDeclined and ErrCanceled when a person
	// would not sign in; ErrRefused when whoever issues has refused have;
	// ErrCannotStart when neither would help.
	Acquire(ctx context.Context, q Query, have Credential, need func(context.Context, Query) (Credential, error)) (Credential, error)
}

// Holder is implemented by an Acquirer that can tell whose credential Acquire
// would return when the wallet holds nothing, as far as that can be told without
// asking anybody. account is as the User of Acquire's have, and errors are those
// of Acquire.
type Holder interface {
	Held(at Space, account string) (user string, err error)
}
