package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"getin/store"
	"getin/store/vault"
)

// stub is what an item holds whose value is too large: the age identity that
// opens the file with the value, and the ID of the key, which names the file.
// Whose the value is, the value itself says; that is compared on reading.
type stub struct {
	Version  int    `json:"getin-large"`
	ID       string `json:"id"`
	Identity string `json:"identity"`
}

// stubVersion is the version of stub that this program writes and reads.
const stubVersion = 1

// idDigits is the length of an ID (store.Key.ID).
const idDigits = 64

// readStub reports whether the item's value is a stub.
func readStub(b []byte) (stub, bool) {
	var s stub
	err := json.Unmarshal(b, &s)
	return s, err == nil && s.Version == stubVersion && len(s.ID) == idDigits
}

func (k *Keyring) singles() vault.Singles { return vault.Singles{Dir: k.Large} }

// unseal returns the value whose stub the item holds.
func (k *Keyring) unseal(s stub) ([]byte, error) {
	if k.Large == "" {
		return nil, fmt.Errorf("%w: the secret lies in a file, and there is no home folder to find it in", store.ErrUnavailable)
	}
	return k.singles().Read(s.ID, s.Identity)
}

// putLarge writes the value into a file of its own and then the file's key into
// the item, so that at any moment the item opens a file that is whole. What the
// item opened before goes last.
func (k *Keyring) putLarge(ctx context.Context, key store.Key, b []byte, interactive bool) error {
	if k.Large == "" {
		return fmt.Errorf("keyring: %w: %d octets with what goes with it, and keyrings take %d", store.ErrTooLarge, len(b), MaxValue)
	}
	files, id := k.singles(), key.ID()
	unlock, err := files.Lock(ctx, id)
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	defer unlock()
	identity, err := files.Write(id, b)
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	testOnlyStep("file written")
	item, err := json.Marshal(stub{stubVersion, id, identity})
	if err != nil {
		return err
	}
	defer clear(item)
	if err := k.set(ctx, key, item, interactive); err != nil {
		// A keyring that was only slow may yet have the key: the file stays.
		if errors.Is(err, store.ErrLocked) || errors.Is(err, store.ErrDenied) {
			files.Drop(id, identity)
		}
		return err
	}
	testOnlyStep("item put")
	files.Sweep(id, identity)
	return nil
}

// sweep removes the files of the key that its item does not open. An item whose
// state cannot be learnt leaves them: they are opened by nobody.
func (k *Keyring) sweep(ctx context.Context, key store.Key, interactive bool) {
	id := key.ID()
	if k.Large == "" || !k.singles().Any(id) {
		return
	}
	unlock, err := k.singles().Lock(ctx, id)
	if err != nil {
		return
	}
	defer unlock()
	value, err := k.value(ctx, key, interactive)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return
	}
	s, _ := readStub([]byte(value))
	k.singles().Sweep(id, s.Identity)
}

// testOnlyStep is called between the steps of a large put.
var testOnlyStep = func(string) {}
