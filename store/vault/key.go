package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"filippo.io/age"

	"getin/client/auth"
	"getin/store"
)

// Key says where the identity of a vault comes from, when it does not lie beside
// it in clear. The zero value knows nothing more than what lies there.
type Key struct {
	// Source, when not nil, returns the text of an age identity file: from
	// elsewhere than the vault's folder. It is called once for each vault, and
	// goes before what lies there.
	Source func() ([]byte, error)

	// Passphrase asks for the pass phrase of identity.age; again tells that the
	// one before was wrong. Nil: nobody is asked.
	Passphrase func(ctx context.Context, dir string, again bool) (auth.Secret, error)

	// Tries is how many pass phrases may be wrong; 0 is 3.
	Tries int

	// Opened keeps what was opened for the run. Nil: it is kept in the Vault.
	Opened *Opened
}

// Opened are the identities that were opened in a run, by the folder of their
// vault. The zero value is ready to use, by many goroutines at once.
type Opened struct {
	mu  sync.Mutex // held while one is opened: a person is asked once
	ids map[string][]*age.X25519Identity
}

// ErrPassphrase: the pass phrase was wrong, or there was nobody to give one.
var ErrPassphrase = errors.New("it needs its pass phrase")

// maxIdentity bounds an identity file: 64 KiB, where one identity with its
// comments takes 190 octets.
const maxIdentity = 64 << 10

// workFactor is the cost of scrypt, as a power of two: age's own choice, a
// second of one core and 256 MiB.
const workFactor = 18

// testOnlyWorkFactor spares tests the second.
var testOnlyWorkFactor = workFactor

// identities returns those that open the vault.
func (v *Vault) identities(ctx context.Context) ([]*age.X25519Identity, error) {
	o := v.key.Opened
	o.mu.Lock()
	defer o.mu.Unlock()
	if ids := o.ids[v.dir]; ids != nil {
		return ids, nil
	}
	ids, keep, err := v.findIdentities(ctx)
	if err == nil && keep {
		if o.ids == nil {
			o.ids = map[string][]*age.X25519Identity{}
		}
		o.ids[v.dir] = ids
	}
	return ids, err
}

// findIdentities looks for them: where the user says, in clear beside the
// vault, in the kernel's keyring, behind the pass phrase. keep tells that to
// find them again would cost a question or be impossible.
func (v *Vault) findIdentities(ctx context.Context) (ids []*age.X25519Identity, keep bool, err error) {
	if v.key.Source != nil {
		b, err := v.key.Source()
		if err != nil {
			return nil, false, fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
		}
		defer clear(b)
		ids, err := parseIdentities(b, "the identity given")
		return ids, true, err
	}
	path := v.path(IdentityFile)
	b, err := readFile(path, maxIdentity, 0o077)
	if err == nil {
		defer clear(b)
		ids, err := parseIdentities(b, path)
		return ids, false, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	if _, err := os.Lstat(v.path(SealedFile)); err != nil {
		return nil, false, v.noIdentity()
	}
	if b, err := recall(v.kernelName()); err == nil {
		defer clear(b)
		ids, err := parseIdentities(b, "the kernel's keyring")
		return ids, true, err
	}
	ids, err = v.unseal(ctx)
	return ids, true, err
}

func (v *Vault) noIdentity() error {
	if _, err := os.Lstat(v.path(VaultFile)); err == nil {
		return fmt.Errorf("vault: %w: its identity does not lie in %s: --vault-identity FILE names it", store.ErrLocked, v.dir)
	}
	return fmt.Errorf("vault: %w: no %s: make a vault with getin store init", store.ErrUnavailable, v.path(VaultFile))
}

// unseal opens identity.age with a pass phrase.
func (v *Vault) unseal(ctx context.Context) ([]*age.X25519Identity, error) {
	path := v.path(SealedFile)
	sealed, err := readFile(path, maxIdentity, 0o077)
	if err != nil {
		return nil, err
	}
	if v.key.Passphrase == nil {
		return nil, fmt.Errorf("vault: %w: %w: getin store unlock opens it for a time", store.ErrLocked, ErrPassphrase)
	}
	tries := v.key.Tries
	if tries == 0 {
		tries = 3
	}
	for n := range tries {
		phrase, err := v.key.Passphrase(ctx, v.dir, n > 0)
		if err != nil {
			return nil, fmt.Errorf("vault: %w: %w: %w", store.ErrLocked, ErrPassphrase, err)
		}
		text, err := openSealed(sealed, phrase)
		phrase.Wipe()
		if err == nil {
			defer clear(text)
			return parseIdentities(text, path)
		}
		if wrong := (*age.NoIdentityMatchError)(nil); !errors.As(err, &wrong) {
			return nil, fmt.Errorf("vault: %w: %s: %v", store.ErrDamaged, path, err)
		}
	}
	return nil, fmt.Errorf("vault: %w: wrong pass phrase for %s", store.ErrDenied, path)
}

func openSealed(sealed []byte, phrase auth.Secret) ([]byte, error) {
	id, err := age.NewScryptIdentity(phrase.Reveal())
	if err != nil {
		return nil, &age.NoIdentityMatchError{} // an empty one is a wrong one
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxIdentity))
}

// parseIdentities reads an identity file that came from there.
func parseIdentities(b []byte, from string) ([]*age.X25519Identity, error) {
	all, err := age.ParseIdentities(bytes.NewReader(b))
	if err != nil {
		// Not %v: the parser's words may hold the line that it could not read.
		return nil, fmt.Errorf("vault: %w: %s is not an age identity file", store.ErrDamaged, from)
	}
	var ids []*age.X25519Identity
	for _, id := range all {
		if x, ok := id.(*age.X25519Identity); ok {
			ids = append(ids, x)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("vault: %w: %s holds no X25519 identity", store.ErrDamaged, from)
	}
	return ids, nil
}

// identityText writes a new identity in the form of age-keygen.
func identityText() ([]byte, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return fmt.Appendf(nil, "# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), id.Recipient(), id), nil
}

// seal encrypts an identity file with a pass phrase.
func seal(text []byte, phrase auth.Secret) ([]byte, error) {
	to, err := age.NewScryptRecipient(phrase.Reveal())
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	to.SetWorkFactor(testOnlyWorkFactor)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err == nil {
		_, err = w.Write(text)
		err = errors.Join(err, w.Close())
	}
	return b.Bytes(), err
}
