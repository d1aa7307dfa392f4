package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"getin/client/auth"
	"getin/store"
)

// Terms are what a new vault is to be like. At most one of them is given; with
// none the identity lies beside the vault in clear.
type Terms struct {
	// Passphrase seals the identity, which lies beside the vault.
	Passphrase *auth.Secret

	// Identity is the text of the identity file, which lies elsewhere.
	Identity []byte
}

// Init makes a vault in a folder, and the folder if need be: an identity, and
// an empty vault encrypted to it. It overwrites nothing: a vault that is there
// is an error that wraps fs.ErrExist, and an identity that is there without a
// vault is used, unless the terms speak of another.
func Init(ctx context.Context, dir string, t Terms) (*Vault, error) {
	v := Open(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	err := v.locked(ctx, func() error {
		if _, err := os.Lstat(v.path(VaultFile)); err == nil {
			return fmt.Errorf("vault: %s: %w", v.path(VaultFile), fs.ErrExist)
		}
		return v.init(t)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// init makes the files. The lock is held.
func (v *Vault) init(t Terms) error {
	if err := v.checkFolder(); err != nil {
		return err
	}
	text, err := v.firstIdentity(t)
	if err != nil {
		return err
	}
	defer clear(text)
	ids, err := parseIdentities(text, "the identity")
	if err != nil {
		return err
	}
	return v.write(ids, contents{Version: version, Entries: map[string]json.RawMessage{}})
}

// firstIdentity returns the identity file of a new vault, written where the
// terms say.
func (v *Vault) firstIdentity(t Terms) ([]byte, error) {
	clearText, sealed := v.exists(IdentityFile), v.exists(SealedFile)
	switch {
	case t.Identity != nil && (clearText || sealed), t.Passphrase != nil && clearText:
		return nil, fmt.Errorf("vault: %s: %w", v.path(IdentityFile), fs.ErrExist)
	case t.Identity != nil:
		return t.Identity, nil
	case t.Passphrase != nil && sealed:
		b, err := readFile(v.path(SealedFile), maxIdentity, 0o077)
		if err != nil {
			return nil, err
		}
		text, err := openSealed(b, *t.Passphrase)
		if err != nil {
			return nil, fmt.Errorf("vault: %w: %s does not open with that pass phrase", store.ErrDenied, v.path(SealedFile))
		}
		return text, nil
	case sealed:
		return nil, fmt.Errorf("vault: %s: %w", v.path(SealedFile), fs.ErrExist)
	case clearText:
		return readFile(v.path(IdentityFile), maxIdentity, 0o077)
	}
	text, err := identityText()
	if err != nil {
		return nil, err
	}
	if t.Passphrase == nil {
		return text, v.put(IdentityFile, text)
	}
	b, err := seal(text, *t.Passphrase)
	if err == nil {
		err = v.put(SealedFile, b)
	}
	return text, err
}

func (v *Vault) exists(name string) bool {
	_, err := os.Lstat(v.path(name))
	return !errors.Is(err, fs.ErrNotExist)
}
