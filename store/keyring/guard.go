package keyring

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"getin/store"
)

type result struct {
	value string
	err   error
}

// guard calls f in a goroutine of its own, and comes back when f does or the
// context ends. A panic of f is an error. The value comes through a channel, so
// that a late one is nobody's.
func (k *Keyring) guard(ctx context.Context, f func() (string, error)) (string, error) {
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{err: fmt.Errorf("%w: the keyring service went away (%v)", store.ErrUnavailable, p)}
			}
			done <- r
		}()
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		return r.value, explain(r.err)
	case <-ctx.Done():
		k.abandon(done)
		return "", unanswered(ctx.Err())
	}
}

// abandon counts a call as out until it comes back.
func (k *Keyring) abandon(done <-chan result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.out == 0 {
		k.back = make(chan struct{})
	}
	k.out++
	go func() {
		<-done
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.out--; k.out == 0 {
			close(k.back)
		}
	}()
}

// hung returns why a call would be in vain, or nil. An earlier call that was
// abandoned is given a moment, lest one that was only late spoils the next.
func (k *Keyring) hung(ctx context.Context) error {
	k.mu.Lock()
	out, back, dead := k.out, k.back, k.dead
	k.mu.Unlock()
	if out == 0 || dead != nil {
		return dead
	}
	select {
	case <-back:
		return nil
	case <-time.After(lateWait):
	case <-ctx.Done():
	}
	return fmt.Errorf("keyring: %w: an earlier call has not come back", store.ErrUnavailable)
}

// unanswered is the error of a call that ended with its context.
func unanswered(err error) error {
	return fmt.Errorf("keyring: %w: no answer in time: %w", store.ErrUnavailable, err)
}

// explain turns an error of go-keyring or the D-Bus into one that wraps one of
// the store's. One that does already is kept.
func explain(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{
		store.ErrNotFound, store.ErrLocked, store.ErrUnavailable, store.ErrTooLarge, store.ErrDenied, store.ErrDamaged,
	} {
		if errors.Is(err, known) {
			return fmt.Errorf("keyring: %w", err)
		}
	}
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return fmt.Errorf("keyring: %w", store.ErrNotFound)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fmt.Errorf("keyring: %w", store.ErrTooLarge)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unanswered(err)
	case strings.Contains(err.Error(), "failed to unlock correct collection"):
		return fmt.Errorf("keyring: %w", store.ErrLocked)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("keyring: %w: %v", securityExit(exit.ExitCode()), err)
	}
	return fmt.Errorf("keyring: %w: %v", kindOf(err), err)
}

// securityExit tells what an exit status of macOS' security(1) means: it is the
// low octet of an OSStatus of SecBase.h.
func securityExit(status int) error {
	switch status {
	case 36: // errSecInteractionNotAllowed, -25308
		return store.ErrLocked
	case 44: // errSecItemNotFound, -25300
		return store.ErrNotFound
	case 51, 128: // errSecAuthFailed, -25293; userCanceledErr, -128
		return store.ErrDenied
	default:
		return store.ErrUnavailable
	}
}

// Status tells how the keyring is.
type Status struct {
	Reachable  bool   // there is a service, and it answers
	Service    string // its name, for people: "gnome-keyring-daemon"
	Collection string // the keyring in it that getin uses; "" when there is but one
	Locked     bool
	Err        error // what calls would answer now, without a dialog; nil when all is well
}

// Status asks the keyring how it is, and opens no dialog. It takes 5 s at most.
func (k *Keyring) Status(ctx context.Context) Status {
	ctx, cancel := context.WithTimeout(ctx, testOnlyAnswerWait)
	defer cancel()
	if err := k.hung(ctx); err != nil {
		return Status{Err: err}
	}
	s := k.status(ctx)
	s.Err = explain(s.Err)
	return s
}
