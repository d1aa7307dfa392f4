package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"getin/store"
)

// contents is what vault.age holds. The name of the version tells getin's files
// from others.
type contents struct {
	Version int                        `json:"getin-vault"`
	Entries map[string]json.RawMessage `json:"entries"`
}

// version is the version of contents that this program writes.
const version = 1

// wipe overwrites the entries.
func (c *contents) wipe() {
	for _, b := range c.Entries {
		clear(b)
	}
}

// maxVault bounds the file that is read into memory: 16 MiB, room for some
// 20,000 entries of 800 octets.
const maxVault = 16 << 20

// contents decrypts vault.age.
func (v *Vault) contents(ids []*age.X25519Identity) (contents, error) {
	path := v.path(VaultFile)
	b, err := readFile(path, maxVault, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return contents{}, fmt.Errorf("vault: %w: no %s: make a vault with getin store init", store.ErrUnavailable, path)
	}
	if err != nil {
		return contents{}, err
	}
	plain, err := decrypt(b, ids)
	defer clear(plain)
	if wrong := (*age.NoIdentityMatchError)(nil); errors.As(err, &wrong) {
		return contents{}, fmt.Errorf("vault: %w: %s was encrypted to another identity (opened by %s)", store.ErrDamaged, path, v.openedBy())
	}
	if err != nil {
		return contents{}, fmt.Errorf("vault: %w: %s: %v", store.ErrDamaged, path, err)
	}
	return parse(path, plain)
}

func decrypt(b []byte, ids []*age.X25519Identity) ([]byte, error) {
	all := make([]age.Identity, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	r, err := age.Decrypt(bytes.NewReader(b), all...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// parse reads the JSON. Its errors tell nothing of what is in it.
func parse(path string, plain []byte) (contents, error) {
	var c contents
	if err := json.Unmarshal(plain, &c); err != nil || c.Version == 0 {
		return contents{}, fmt.Errorf("vault: %w: %s holds something else than a vault", store.ErrDamaged, path)
	}
	if c.Version != version {
		return contents{}, fmt.Errorf("vault: %w: %s is of version %d, this program knows %d", store.ErrDamaged, path, c.Version, version)
	}
	return c, nil
}

// write encrypts c and puts it in the place of vault.age. The lock must be
// held: other writers' leavings are cleared away.
func (v *Vault) write(ids []*age.X25519Identity, c contents) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer clear(plain)
	var b bytes.Buffer
	to := make([]age.Recipient, len(ids))
	for i, id := range ids {
		to[i] = id.Recipient()
	}
	w, err := age.Encrypt(&b, to...)
	if err == nil {
		_, err = w.Write(plain)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if b.Len() > maxVault {
		return fmt.Errorf("vault: %w: %s would be larger than %d octets", store.ErrTooLarge, v.path(VaultFile), maxVault)
	}
	return v.put(VaultFile, b.Bytes())
}

// put writes a file of mode 0600 beside the old one, brings it to the disk and
// renames it over the old one. The lock must be held.
func (v *Vault) put(name string, b []byte) error {
	v.sweep()
	f, err := os.CreateTemp(v.dir, tempPattern)
	if err != nil {
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	testOnlyStep("made")
	_, err = f.Write(b)
	testOnlyStep("unsynced")
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	testOnlyStep("written")
	if err == nil {
		err = replace(f.Name(), v.path(name))
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error that matters is the first one
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	testOnlyStep("renamed")
	if err := syncFolder(v.dir); err != nil {
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	return nil
}

// testOnlyStep is called between the steps of a write.
var testOnlyStep = func(string) {}

// sweep removes what writers left that died while they held the lock. What
// cannot be removed does no harm.
func (v *Vault) sweep() {
	files, _ := os.ReadDir(v.dir)
	for _, f := range files {
		if old, _ := filepath.Match(tempPattern, f.Name()); old {
			_ = os.Remove(v.path(f.Name()))
		}
	}
}
