package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"filippo.io/age"

	"getin/store"
)

// maxIdentity bounds the identity file: 64 KiB, where one identity with its
// comments takes 190 octets.
const maxIdentity = 64 << 10

// identities reads the identity file. One that others may read is refused, as
// ssh refuses such a key.
func (v *Vault) identities() ([]*age.X25519Identity, error) {
	path := v.path(IdentityFile)
	b, err := readFile(path, maxIdentity, 0o077)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("vault: %w: no %s: make a vault with getin store init", store.ErrUnavailable, path)
	}
	if err != nil {
		return nil, err
	}
	all, err := age.ParseIdentities(bytes.NewReader(b))
	if err != nil {
		// Not %v: the parser's words may hold the line that it could not read.
		return nil, fmt.Errorf("vault: %w: %s is not an age identity file", store.ErrDamaged, path)
	}
	var ids []*age.X25519Identity
	for _, id := range all {
		if x, ok := id.(*age.X25519Identity); ok {
			ids = append(ids, x)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("vault: %w: %s holds no X25519 identity", store.ErrDamaged, path)
	}
	return ids, nil
}

// makeIdentity writes a new identity file in the form of age-keygen, unless
// there is one.
func (v *Vault) makeIdentity() error {
	if err := v.checkFolder(); err != nil {
		return err
	}
	if _, err := os.Lstat(v.path(IdentityFile)); err == nil {
		return nil
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	text := fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), id.Recipient(), id)
	return v.put(IdentityFile, []byte(text))
}
