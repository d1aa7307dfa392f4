package index

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Lock takes the lock of the entry with that ID among all processes that use the
// folder, and waits for it until ctx ends. Its holder alone changes what the
// entry's secret is, by what was the secret before. The lock ends with release,
// which is to be called once, or with the process.
//
// Its file stays: were it removed, who has opened it before would hold a lock
// that nobody else sees.
func (ix *Index) Lock(ctx context.Context, id string) (release func(), err error) {
	if err := makeDir(ix.dir); err != nil {
		return nil, err
	}
	path := filepath.Join(ix.dir, ".renewing-"+id[:min(len(id), claimDigits)]+".lock")
	l := newLock(path)
	if ok, err := l.TryLockContext(ctx, retry); err != nil || !ok {
		return nil, fmt.Errorf("locking the entry: %w", err)
	}
	return func() { _ = l.Close() }, nil // it goes with the process at the latest
}

// newLock returns the lock that the file is, which is made when it is wanted, and
// never behind a symbolic link.
func newLock(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noFollow), flock.SetPermissions(fileMode))
}
