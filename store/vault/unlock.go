package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"getin/store"
)

// Errors of Unlock.
var (
	// ErrNotLocked: the vault's identity lies open, beside it or elsewhere.
	ErrNotLocked = errors.New("the vault has no pass phrase")

	// ErrNowhereToKeep: this system keeps nothing for a time.
	ErrNowhereToKeep = errors.New("there is no kernel keyring here to keep a key in for a time")
)

// Unlock asks for the pass phrase and gives the opened identity to the kernel,
// which keeps it in memory that is never swapped out, for this user's processes,
// and forgets it after that time or at Lock.
func (v *Vault) Unlock(ctx context.Context, keep time.Duration) error {
	if err := v.checkFolder(); err != nil {
		return err
	}
	if v.key.Source != nil || v.exists(IdentityFile) {
		return ErrNotLocked
	}
	if _, err := os.Lstat(v.path(SealedFile)); err != nil {
		return v.noIdentity()
	}
	ids, err := v.unseal(ctx)
	if err != nil {
		return err
	}
	if _, err := v.contents(ids); err != nil {
		return err // it would open nothing
	}
	var lines []string
	for _, id := range ids {
		lines = append(lines, id.String()+"\n")
	}
	text := []byte(strings.Join(lines, ""))
	defer clear(text)
	if err := retain(v.kernelName(), text, keep); err != nil {
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	return nil
}

// Lock makes the kernel forget the identity, and reports whether it knew it.
func (v *Vault) Lock() (bool, error) { return forget(v.kernelName()) }

// kernelName names the vault in the kernel's keyring.
func (v *Vault) kernelName() string {
	sum := sha256.Sum256([]byte(v.dir))
	return "getin vault " + hex.EncodeToString(sum[:16])
}
