package index

import (
	"context"
	"os"
	"path/filepath"
)

// Claim takes the lock of that name, 64 hex digits, among all processes that
// use the folder, and waits for it until ctx ends. It says that its holder is
// about to learn a credential: who waits for it may find the credential stored
// afterwards. The lock ends with release, which may be called once, or with the
// process. It guards no file: false means no more than that nothing was waited
// for to the end.
func (ix *Index) Claim(ctx context.Context, name string) (release func(), ok bool) {
	if err := makeDir(ix.dir); err != nil {
		return nil, false
	}
	path := filepath.Join(ix.dir, ".asking-"+name[:min(len(name), claimDigits)]+".lock")
	l := newLock(path)
	if ok, err := l.TryLockContext(ctx, retry); err != nil || !ok {
		return nil, false
	}
	return func() {
		// Removed while it is held, so that no names gather. Somebody who had
		// opened it already then holds a lock that nobody else sees: at worst
		// one question too many.
		_ = os.Remove(path)
		_ = l.Close()
	}, true
}

// claimDigits is how much of the name is used, in hex digits: 128 bits.
const claimDigits = 32
