//go:build windows || darwin

package keyring

import (
	"context"
	"errors"
	"runtime"

	"github.com/zalando/go-keyring"

	"getin/store"
)

// dismissalsPass is false: here a call that reports no error was done.
const dismissalsPass = false

// ready does nothing: there is no service to be asked in advance.
func (k *Keyring) ready(context.Context, bool, string, string) error { return nil }

func kindOf(error) error { return store.ErrUnavailable }

// status looks for an item that is never there: that it is not found tells
// that the keyring answers.
func (k *Keyring) status(ctx context.Context) Status {
	s := Status{Service: "Windows Credential Manager"}
	if runtime.GOOS == "darwin" {
		s.Service = "macOS Keychain"
	}
	_, s.Err = k.guard(ctx, func() (string, error) { return keyring.Get("getin status", "-") })
	if errors.Is(s.Err, store.ErrNotFound) {
		s.Err = nil
	}
	s.Reachable = s.Err == nil
	s.Locked = errors.Is(s.Err, store.ErrLocked)
	return s
}
