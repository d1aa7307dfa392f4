package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"getin/client/auth"
)

// Index is a folder of index files. It may be used by many goroutines and many
// processes at once. Its fields must not change once it is in use.
type Index struct {
	dir string

	// Warn, when not nil, is told once of each damaged file that was set aside.
	Warn func(error)
}

// Open returns the index in the folder, which need not exist before the first
// Update. It touches no file.
func Open(dir string) *Index { return &Index{dir: dir} }

// Dir returns the folder.
func (ix *Index) Dir() string { return ix.dir }

// suffix ends the name of an index file.
const suffix = ".json"

// retry is the time between two tries to take a lock that another process
// holds: a holder is done within a few milliseconds, an fsync.
const retry = 5 * time.Millisecond

// mendTime is how long Load waits for the lock when it has met a damaged file.
// The holder may be a process that was stopped (^Z), and nobody waits for that.
const mendTime = 2 * time.Second

// testOnlyNow stands in for the clock.
var testOnlyNow = time.Now

// Load returns what is remembered of the origin as that party. No file, and a
// damaged one, are an empty File and no error. Errors wrap ErrNewer or are those
// of the file system; the File is empty then.
func (ix *Index) Load(p *auth.Party, o auth.Origin) (File, error) {
	f, err := ix.read(p, o)
	if !errors.Is(err, ErrDamaged) {
		return f, err
	}
	// A look again under the lock: nobody's good file must be set aside.
	ctx, cancel := context.WithTimeout(context.Background(), mendTime)
	defer cancel()
	err = ix.Update(ctx, p, o, func(now *File) error { f = *now; return nil })
	return f, err
}

// Update changes what is remembered of the origin: change is given the File as
// it lies there, under the lock, and what it leaves is written, whole or not at
// all. An empty File removes the file. When change returns an error, nothing is
// written and the error returned. It waits for other processes until ctx ends.
func (ix *Index) Update(ctx context.Context, p *auth.Party, o auth.Origin, change func(*File) error) error {
	_, err := ix.locked(ctx, p, o, (*flock.Flock).TryLockContext, change)
	return err
}

// TryUpdate is Update that gives up when another process holds the lock. It
// reports whether change was called.
func (ix *Index) TryUpdate(p *auth.Party, o auth.Origin, change func(*File) error) (bool, error) {
	once := func(l *flock.Flock, _ context.Context, _ time.Duration) (bool, error) { return l.TryLock() }
	return ix.locked(context.Background(), p, o, once, change)
}

type takes func(*flock.Flock, context.Context, time.Duration) (bool, error)

func (ix *Index) locked(ctx context.Context, p *auth.Party, o auth.Origin, take takes, change func(*File) error) (bool, error) {
	if err := makeDir(ix.dir); err != nil {
		return false, err
	}
	path := filepath.Join(ix.dir, "."+hash(p, o)+".lock")
	l := newLock(path)
	ok, err := take(l, ctx, retry)
	if err != nil {
		return false, fmt.Errorf("locking the index: %w", err)
	}
	if !ok {
		return false, nil
	}
	defer func() { _ = l.Close() }() // the lock goes with the process at the latest
	return true, ix.change(p, o, change)
}

// change reads, changes and writes the file. The lock is held.
func (ix *Index) change(p *auth.Party, o auth.Origin, change func(*File) error) error {
	f, err := ix.read(p, o)
	if errors.Is(err, ErrDamaged) {
		err = ix.setAside(p, o, err)
	}
	if err != nil {
		return err
	}
	before, err := encode(f)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if err := change(&f); err != nil {
		return err
	}
	path := ix.path(p, o)
	if f.empty() {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("index: %w", err)
		}
		return nil
	}
	after, err := encode(f)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if bytes.Equal(before, after) {
		return nil
	}
	return replace(path, filepath.Join(ix.dir, "."+hash(p, o)+".new"), after)
}

func (ix *Index) path(p *auth.Party, o auth.Origin) string {
	return filepath.Join(ix.dir, base(p, o)+suffix)
}

func (ix *Index) read(p *auth.Party, o auth.Origin) (File, error) {
	empty := File{Party: p, Origin: o}
	text, _, err := readFile(ix.path(p, o))
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return empty, fmt.Errorf("index: %w", err)
	}
	return decode(text, p, o)
}

// setAside renames a damaged file, so that it can be looked at, and says so.
func (ix *Index) setAside(p *auth.Party, o auth.Origin, damage error) error {
	path := ix.path(p, o)
	aside := strings.TrimSuffix(path, suffix) + ".damaged-" + testOnlyNow().UTC().Format("20060102T150405.000000000")
	if err := os.Rename(path, aside); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if ix.Warn != nil {
		ix.Warn(fmt.Errorf("%w; set aside as %s", damage, aside))
	}
	return nil
}
