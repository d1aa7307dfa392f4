package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"getin/store"
)

// checkFolder refuses a folder in which others could put files.
func (v *Vault) checkFolder() error {
	fi, err := os.Stat(v.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("vault: %w: no folder %s: make a vault with getin store init", store.ErrUnavailable, v.dir)
	}
	if err != nil {
		return fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	if !fi.IsDir() {
		return fmt.Errorf("vault: %w: %s is not a folder", store.ErrUnavailable, v.dir)
	}
	if open(fi, 0o022) {
		return fmt.Errorf("vault: %w: others may write to %s: chmod 700 it", store.ErrUnavailable, v.dir)
	}
	return nil
}

// readFile reads a regular file of at most limit octets, on which no
// permission of the mask is set, not through a symbolic link. Its errors wrap
// one of the store's, and fs.ErrNotExist when there is no such file.
func readFile(path string, limit int64, mask fs.FileMode) ([]byte, error) {
	// Asked before it is opened, for platforms without noFollow.
	fi, err := os.Lstat(path)
	if err == nil && !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("vault: %w: %s is not a regular file", store.ErrUnavailable, path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	defer f.Close()
	if fi, err = f.Stat(); err != nil {
		return nil, fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	switch {
	case !fi.Mode().IsRegular():
		return nil, fmt.Errorf("vault: %w: %s is not a regular file", store.ErrUnavailable, path)
	case open(fi, mask):
		return nil, fmt.Errorf("vault: %w: others may read %s: chmod 600 it", store.ErrUnavailable, path)
	case fi.Size() > limit:
		return nil, fmt.Errorf("vault: %w: %s is larger than %d octets", store.ErrDamaged, path, limit)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, fmt.Errorf("vault: %w: %w", store.ErrUnavailable, err)
	}
	return b, nil
}
