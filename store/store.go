package store

import (
	"context"
	"errors"

	"getin/client/auth"
)

// Store keeps credentials, each under its key. Implementations may be used by
// many goroutines and many processes at once, honour the context, and return
// errors that wrap one of the sentinels below.
type Store interface {
	// Get returns the credential, or an error that wraps ErrNotFound.
	Get(context.Context, Key) (auth.Credential, error)

	// Put stores the credential, replacing what was there. The credential's
	// User equals the key's Account.
	Put(context.Context, Key, auth.Credential) error

	// Delete removes it. An error that wraps ErrNotFound tells that it was not
	// there.
	Delete(context.Context, Key) error
}

// Lister is a Store that can tell what lies in it.
type Lister interface {
	// List returns the keys of all credentials of ours, in no order. What lies
	// there and cannot be read is left out, and told of by the error, which
	// wraps one of the sentinels below: keys and an error may both come.
	List(context.Context) ([]Key, error)
}

// Merging is a Store that files some keys as one: what is deleted under one of
// them is gone under all.
type Merging interface {
	Same(a, b Key) bool
}

// What a Store may answer. Callers decide by errors.Is.
var (
	ErrNotFound    = errors.New("not found")
	ErrLocked      = errors.New("locked")           // and nobody unlocked it in time
	ErrUnavailable = errors.New("not available")    // no service, no file, no answer
	ErrTooLarge    = errors.New("secret too large") // for this store's items
	ErrDenied      = errors.New("denied")           // the person or the system said no
	ErrDamaged     = errors.New("damaged")          // there, but not what was put
)
