package keyring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"getin/client/auth"
	"getin/store"
)

// MaxValue is the longest value, in octets, that is handed to a keyring.
// Windows takes 2,560 (CRED_MAX_CREDENTIAL_BLOB_SIZE, 5*512); macOS is given a
// line of 4,096, of which some 3,000 are left by base64 and by the names. Below
// both there is room for what a later version may add to the value.
const MaxValue = 2400

const (
	// personWait is how long an interactive call waits for a person: about as
	// long as it takes to find the dialog behind other windows and a password.
	personWait = 60 * time.Second

	// noticeAfter is when an interactive call says that it waits. A machine is
	// done by then; what takes longer is a person.
	noticeAfter = 2 * time.Second

	// answerWait is how long the service itself may take for an answer. The
	// longest that is no fault is its start by the D-Bus: 1 to 2 s on slow
	// machines.
	answerWait = 5 * time.Second

	// lateWait is how long a call waits for an earlier one that outlasted its
	// context. A keyring that works answers within 20 ms; this is ten times it.
	lateWait = 200 * time.Millisecond
)

// Keyring is the platform's keyring as a store. The zero value is ready to use
// and opens no dialog. It may be used by many goroutines at once and must not
// be copied; there should be one in a process.
type Keyring struct {
	// Interactive allows the service to ask a person to unlock the keyring.
	// Calls then take up to 60 s. Without it a locked keyring is
	// store.ErrLocked within milliseconds, and no call takes more than 10 s.
	Interactive bool

	// Waiting, when not nil, is called once by each interactive call that has
	// not come back after 2 s, from a goroutine of its own, which may be a
	// little late.
	Waiting func()

	// Large is the folder of the files for values that are too large for a
	// keyring's item, which then holds the file's key. "": there is none.
	Large string

	mu     sync.Mutex
	out    int           // calls that were abandoned and have not come back
	back   chan struct{} // closed when out is 0 again
	dead   error         // the service has once not answered at all
	dialog chan struct{} // holds a token while a dialog is open; made when needed
}

var _ store.Store = (*Keyring)(nil)

// Get returns the credential, or an error that wraps store.ErrNotFound,
// ErrLocked, ErrDenied, ErrUnavailable, or ErrDamaged for an item that is not
// what was put.
func (k *Keyring) Get(ctx context.Context, key store.Key) (auth.Credential, error) {
	return k.get(ctx, key, k.Interactive)
}

// Put stores the credential. Its errors are those of Get, and one that wraps
// store.ErrTooLarge for a value of more than MaxValue octets where there is no
// folder Large.
func (k *Keyring) Put(ctx context.Context, key store.Key, c auth.Credential) error {
	return k.put(ctx, key, c, k.Interactive)
}

// Delete removes the credential. Its errors are those of Get.
func (k *Keyring) Delete(ctx context.Context, key store.Key) error {
	return k.remove(ctx, key, k.Interactive)
}

// Quiet returns the same keyring for calls that must open no dialog, whatever
// Interactive says. What one of the two learns about a service that does not
// answer, both know.
func (k *Keyring) Quiet() store.Store { return quiet{k} }

type quiet struct{ k *Keyring }

func (q quiet) Get(ctx context.Context, key store.Key) (auth.Credential, error) {
	return q.k.get(ctx, key, false)
}

func (q quiet) Put(ctx context.Context, key store.Key, c auth.Credential) error {
	return q.k.put(ctx, key, c, false)
}

func (q quiet) Delete(ctx context.Context, key store.Key) error {
	return q.k.remove(ctx, key, false)
}

func (k *Keyring) get(ctx context.Context, key store.Key, interactive bool) (auth.Credential, error) {
	value, err := k.value(ctx, key, interactive)
	if err != nil {
		return auth.Credential{}, err
	}
	b := []byte(value)
	if sealed, ok := readStub(b); ok {
		b, err = k.unseal(sealed)
		defer clear(b)
	}
	var c auth.Credential
	if err == nil {
		c, err = store.Decode(key, b)
	}
	if err != nil {
		return auth.Credential{}, fmt.Errorf("keyring: %w", err)
	}
	return c, nil
}

// value returns what the item holds.
func (k *Keyring) value(ctx context.Context, key store.Key, interactive bool) (string, error) {
	return k.do(ctx, key, interactive, func(service, user string) (string, error) {
		return keyring.Get(service, user)
	})
}

func (k *Keyring) put(ctx context.Context, key store.Key, c auth.Credential, interactive bool) error {
	b, err := store.Encode(key, c)
	if err != nil {
		return err
	}
	defer clear(b)
	if len(b) > MaxValue {
		return k.putLarge(ctx, key, b, interactive)
	}
	if err := k.set(ctx, key, b, interactive); err != nil {
		return err
	}
	k.sweep(ctx, key, interactive)
	return nil
}

func (k *Keyring) set(ctx context.Context, key store.Key, b []byte, interactive bool) error {
	_, err := k.do(ctx, key, interactive, func(service, user string) (string, error) {
		return "", set(service, user, string(b))
	})
	return err
}

func (k *Keyring) remove(ctx context.Context, key store.Key, interactive bool) error {
	_, err := k.do(ctx, key, interactive, func(service, user string) (string, error) {
		return "", remove(service, user)
	})
	if err != nil {
		return err
	}
	k.sweep(ctx, key, interactive)
	return nil
}

// errNotDone is what a call of go-keyring comes to that was reported as done
// and was not: so it tells of a dialog that was dismissed.
var errNotDone = fmt.Errorf("%w: the keyring's dialog was dismissed", store.ErrDenied)

// set stores a value and looks whether it is there. What it looks for is that
// the old one is gone: another process may have put a third one meanwhile.
func set(service, user, value string) error {
	if !dismissalsPass {
		return keyring.Set(service, user, value)
	}
	before, err := keyring.Get(service, user)
	if err == nil && before == value {
		return nil
	}
	if err := keyring.Set(service, user, value); err != nil {
		return err
	}
	after, err := keyring.Get(service, user)
	if errors.Is(err, keyring.ErrNotFound) || err == nil && after == before && after != value {
		return errNotDone
	}
	return err
}

// remove deletes a value and looks whether it is gone.
func remove(service, user string) error {
	if err := keyring.Delete(service, user); err != nil || !dismissalsPass {
		return err
	}
	if _, err := keyring.Get(service, user); err == nil {
		return errNotDone
	}
	return nil
}

// do runs one call of go-keyring, f, once the service is known to be there and
// open.
func (k *Keyring) do(ctx context.Context, key store.Key, interactive bool, f func(service, user string) (string, error)) (string, error) {
	return k.call(ctx, key.Service(), key.User(), interactive, f)
}

// call is do for an item of that name.
func (k *Keyring) call(ctx context.Context, service, user string, interactive bool, f func(service, user string) (string, error)) (string, error) {
	if strings.ContainsFunc(service+user, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		// On macOS a line end would begin another command of security(1).
		return "", fmt.Errorf("keyring: %w: a control character in the origin", store.ErrDenied)
	}
	limit := 2 * testOnlyAnswerWait // the ask, and the call itself
	if interactive {
		limit = testOnlyPersonWait
		if k.Waiting != nil {
			defer time.AfterFunc(testOnlyNoticeAfter, k.Waiting).Stop()
		}
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := limited.Err(); err != nil {
		return "", unanswered(err)
	}
	if err := k.hung(limited); err != nil {
		return "", err
	}
	if err := k.ready(limited, interactive, service, user); err != nil {
		return "", explain(err)
	}
	if err := limited.Err(); err != nil {
		return "", unanswered(err)
	}
	return k.guard(limited, func() (string, error) { return f(service, user) })
}

// Hooks for tests, which have less time than people.
var (
	testOnlyAnswerWait  = answerWait
	testOnlyPersonWait  = personWait
	testOnlyNoticeAfter = noticeAfter
)
