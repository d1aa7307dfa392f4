package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"getin/store"
)

// Singles is a folder of age files of one secret each, made with mode 0700.
// Every file has an identity of its own, which the caller keeps elsewhere. Names
// are 64 hex digits. It may be used by many processes at once.
type Singles struct{ Dir string }

// Lock keeps other processes away from the files of that name, until release is
// called or the process ends.
func (s Singles) Lock(ctx context.Context, name string) (release func(), err error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	if err := Open(s.Dir).checkFolder(); err != nil {
		return nil, err
	}
	l := newLock(filepath.Join(s.Dir, "."+name[:singleDigits]+".lock"))
	if _, err := l.TryLockContext(ctx, lockRetry); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", store.ErrUnavailable, l.Path(), err)
	}
	return func() { _ = l.Close() }, nil // the lock goes with the process at the latest
}

// singleDigits is how much of a name, and of the identity's hash, is in a file's
// name, in hex digits: 128 bits.
const singleDigits = 32

// Write puts a text into a new file and returns the identity that opens it. What
// lies there under the name stays.
func (s Singles) Write(name string, plain []byte) (identity string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, id.Recipient())
	if err == nil {
		_, err = w.Write(plain)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return "", err
	}
	path := s.file(name, id)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
	if err != nil {
		return "", fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	testOnlyStep("made")
	_, err = f.Write(b.Bytes())
	testOnlyStep("unsynced")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = syncFolder(s.Dir)
	}
	testOnlyStep("written")
	if err != nil {
		_ = os.Remove(path) // the error that matters is the first one
		return "", fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return id.String(), nil
}

// Read returns the text that the identity opens. Its errors wrap the store's; a
// file that is gone is store.ErrDamaged, for who has the identity was told that
// it is there.
func (s Singles) Read(name, identity string) ([]byte, error) {
	id, err := age.ParseX25519Identity(identity)
	if err != nil {
		return nil, fmt.Errorf("%w: no identity", store.ErrDamaged) // not %v: it may hold the text
	}
	path := s.file(name, id)
	b, err := readFile(path, maxVault, 0o077)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: its secret was too large for the keyring, and %s is gone", store.ErrDamaged, path)
	}
	if err != nil {
		return nil, err
	}
	plain, err := decrypt(b, []*age.X25519Identity{id})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", store.ErrDamaged, path, err)
	}
	return plain, nil
}

// Any reports whether there are files of that name.
func (s Singles) Any(name string) bool {
	list, _ := filepath.Glob(filepath.Join(s.Dir, name[:singleDigits]+"-*.age"))
	return len(list) > 0
}

// Sweep removes the files of that name but the one that the identity opens; ""
// opens none. The lock is held. What cannot be removed does no harm: nobody can
// open it.
func (s Singles) Sweep(name, identity string) {
	keep := ""
	if id, err := age.ParseX25519Identity(identity); err == nil {
		keep = filepath.Base(s.file(name, id))
	}
	files, _ := os.ReadDir(s.Dir)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), name[:singleDigits]+"-") && f.Name() != keep {
			_ = os.Remove(filepath.Join(s.Dir, f.Name()))
		}
	}
}

// Drop removes the file that Write wrote under that identity.
func (s Singles) Drop(name, identity string) {
	if id, err := age.ParseX25519Identity(identity); err == nil {
		_ = os.Remove(s.file(name, id)) // what stays is opened by nobody
	}
}

func (s Singles) file(name string, id *age.X25519Identity) string {
	sum := sha256.Sum256([]byte(id.Recipient().String()))
	return filepath.Join(s.Dir, name[:singleDigits]+"-"+hex.EncodeToString(sum[:])[:singleDigits]+".age")
}
