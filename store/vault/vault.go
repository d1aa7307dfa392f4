package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"getin/client/auth"
	"getin/store"
)

// The names in a vault's folder.
const (
	IdentityFile = "identity.txt"
	SealedFile   = "identity.age"
	VaultFile    = "vault.age"
	lockFile     = "vault.lock"
	tempPattern  = "vault-*.tmp"
)

// lockWait is how long a writer waits for others at most. Writing takes a few
// milliseconds: even a hundred processes at once are done by then.
const lockWait = 10 * time.Second

// testOnlyLockWait lets a test wait for less.
var testOnlyLockWait = lockWait

// lockRetry is the pause between two attempts at the lock, about as long as one
// write takes.
const lockRetry = 5 * time.Millisecond

// Vault is the store in one folder. It may be used by many goroutines and many
// processes at once. Every call opens the files anew. Between two of them nothing
// is kept in memory but an identity that a person was asked for, or that came
// from elsewhere.
type Vault struct {
	dir string
	key Key
}

var (
	_ store.Store  = (*Vault)(nil)
	_ store.Lister = (*Vault)(nil)
)

// Open returns the vault in a folder. It touches no file: that there is a vault
// shows when it is used.
func Open(dir string) *Vault { return Key{}.Open(dir) }

// Open returns the vault in a folder, to be opened with the key.
func (k Key) Open(dir string) *Vault {
	if k.Opened == nil {
		k.Opened = &Opened{}
	}
	return &Vault{dir, k}
}

// Quiet returns the same vault for calls that must ask nobody. What one of the
// two has opened, both have.
func (v *Vault) Quiet() *Vault {
	q := *v
	q.key.Passphrase = nil
	return &q
}

// Get returns the credential, or an error that wraps store.ErrNotFound,
// store.ErrUnavailable when there is no vault or it must not be used as it
// lies, or store.ErrDamaged when it cannot be read.
func (v *Vault) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	if err := ended(ctx); err != nil {
		return auth.Credential{}, err
	}
	_, c, err := v.read(ctx)
	if err != nil {
		return auth.Credential{}, err
	}
	defer c.wipe()
	b, ok := c.Entries[k.ID()]
	if !ok {
		return auth.Credential{}, fmt.Errorf("vault: %w", store.ErrNotFound)
	}
	got, err := store.Decode(k, b)
	if err != nil {
		return auth.Credential{}, fmt.Errorf("vault: %w", err)
	}
	return got, nil
}

// Put stores the credential. Errors are those of Get but store.ErrNotFound, and
// store.ErrUnavailable when the file could not be written or other processes
// held it for 10 s. Whatever the error, no entry is lost.
func (v *Vault) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	b, err := store.Encode(k, c)
	if err != nil {
		return err
	}
	return v.change(ctx, func(c *contents) error {
		if c.Entries == nil {
			c.Entries = make(map[string]json.RawMessage)
		}
		c.Entries[k.ID()] = b
		return nil
	})
}

// Delete removes the credential. Errors are those of Put and store.ErrNotFound.
func (v *Vault) Delete(ctx context.Context, k store.Key) error {
	return v.change(ctx, func(c *contents) error {
		if _, ok := c.Entries[k.ID()]; !ok {
			return fmt.Errorf("vault: %w", store.ErrNotFound)
		}
		delete(c.Entries, k.ID())
		return nil
	})
}

// List implements store.Lister.
func (v *Vault) List(ctx context.Context) ([]store.Key, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	_, c, err := v.read(ctx)
	if err != nil {
		return nil, err
	}
	defer c.wipe()
	var keys []store.Key
	var bad int
	for id, b := range c.Entries {
		if k, err := store.DecodeKey(b); err == nil && k.ID() == id {
			keys = append(keys, k)
		} else {
			bad++
		}
	}
	if bad > 0 {
		err = fmt.Errorf("vault: %w: %d entries that cannot be read", store.ErrDamaged, bad)
	}
	return keys, err
}

// change reads the vault, lets f change it and writes it, while no other
// process does.
func (v *Vault) change(ctx context.Context, f func(*contents) error) error {
	if err := v.checkFolder(); err != nil {
		return err
	}
	return v.locked(ctx, func() error {
		ids, c, err := v.read(ctx)
		if err != nil {
			return err
		}
		defer func() { c.wipe() }()
		if err := f(&c); err != nil {
			return err
		}
		return v.write(ids, c)
	})
}

// locked calls f while this process alone holds the vault's lock.
func (v *Vault) locked(ctx context.Context, f func() error) error {
	limited, cancel := context.WithTimeout(ctx, testOnlyLockWait)
	defer cancel()
	l := newLock(v.path(lockFile))
	switch _, err := l.TryLockContext(limited, lockRetry); {
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return fmt.Errorf("vault: %w: another process holds %s", store.ErrUnavailable, l.Path())
	case err != nil:
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	return errors.Join(f(), l.Close())
}

func newLock(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noFollow))
}

// Status tells how a vault is.
type Status struct {
	Dir     string
	Opened  string // by what it is opened, for people
	Entries int
	Err     error // nil, or what Get would answer for every key
}

// Status reads the vault and tells how it is.
func (v *Vault) Status(ctx context.Context) Status {
	s := Status{Dir: v.dir, Opened: v.openedBy(), Err: ended(ctx)}
	if s.Err == nil {
		var c contents
		_, c, s.Err = v.Quiet().read(ctx)
		defer c.wipe()
		s.Entries = len(c.Entries)
	}
	return s
}

// openedBy says what the vault is opened by.
func (v *Vault) openedBy() string {
	switch {
	case v.key.Source != nil:
		return "an identity given from elsewhere"
	case v.exists(IdentityFile):
		return IdentityFile + " beside it"
	case v.exists(SealedFile):
		if b, err := recall(v.kernelName()); err == nil {
			clear(b)
			return "a pass phrase; unlocked for a time"
		}
		return "a pass phrase"
	}
	return "-"
}

func (v *Vault) path(name string) string { return filepath.Join(v.dir, name) }

// read opens the vault, and returns it with the identities that open it.
func (v *Vault) read(ctx context.Context) ([]*age.X25519Identity, contents, error) {
	if err := v.checkFolder(); err != nil {
		return nil, contents{}, err
	}
	ids, err := v.identities(ctx)
	if err != nil {
		return nil, contents{}, err
	}
	c, err := v.contents(ids)
	return ids, c, err
}

func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	return nil
}
