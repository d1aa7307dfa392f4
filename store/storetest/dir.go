// Package storetest serves tests of everything that uses a store: the
// conformance test that each place must pass (Run), and a fake keyring of plain
// files (Dir) that outlives a process. It is imported by tests alone: Dir keeps
// secrets in clear.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"getin/client/auth"
	"getin/store"
)

// Dir is a store of plain files below Path, one an item, named by the key's ID
// with ".item". It may be used by many processes at once. Path must exist.
//
// A file in Path named after a Fault makes every call that meets it fail that
// way. Calls made are noted in the file Calls, a line each.
type Dir struct{ Path string }

// Fault names a file whose presence in Dir.Path makes it misbehave.
type Fault string

// The faults.
const (
	Locked  Fault = "LOCKED"  // store.ErrLocked at once
	Failing Fault = "FAILING" // store.ErrUnavailable at once
	Hanging Fault = "HANGING" // no answer until the context ends
)

// Calls is the name of the file in Dir.Path that notes the calls: "get",
// "put" or "delete", a space, and the key's service name, with the account in
// parentheses at the end.
const Calls = "CALLS"

const suffix = ".item"

var (
	_ store.Store  = Dir{}
	_ store.Lister = Dir{}
)

// Set switches a fault on.
func (d Dir) Set(f Fault) error {
	return os.WriteFile(filepath.Join(d.Path, string(f)), nil, 0o600)
}

// Clear switches a fault off.
func (d Dir) Clear(f Fault) error { return os.Remove(filepath.Join(d.Path, string(f))) }

// Get returns the credential.
func (d Dir) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	if err := d.enter(ctx, "get", k); err != nil {
		return auth.Credential{}, err
	}
	b, err := os.ReadFile(d.file(k))
	if err != nil {
		return auth.Credential{}, explain(err)
	}
	return store.Decode(k, b)
}

// Put stores the credential.
func (d Dir) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	if err := d.enter(ctx, "put", k); err != nil {
		return err
	}
	b, err := store.Encode(k, c)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(d.Path, "new-*")
	if err != nil {
		return explain(err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		return explain(err)
	}
	if err := os.Rename(f.Name(), d.file(k)); err != nil {
		return explain(err)
	}
	return nil
}

// Delete removes the credential.
func (d Dir) Delete(ctx context.Context, k store.Key) error {
	if err := d.enter(ctx, "delete", k); err != nil {
		return err
	}
	if err := os.Remove(d.file(k)); err != nil {
		return explain(err)
	}
	return nil
}

// List implements store.Lister.
func (d Dir) List(ctx context.Context) ([]store.Key, error) {
	if err := d.answer(ctx); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(d.Path, "*"+suffix))
	if err != nil {
		return nil, explain(err)
	}
	var keys []store.Key
	var problem error
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, explain(err)
		}
		if k, err := store.DecodeKey(b); err != nil {
			problem = fmt.Errorf("test store: %s: %w", filepath.Base(name), err)
		} else {
			keys = append(keys, k)
		}
	}
	return keys, problem
}

// Items returns how many credentials lie in the folder.
func (d Dir) Items() (int, error) {
	names, err := filepath.Glob(filepath.Join(d.Path, "*"+suffix))
	return len(names), err
}

// Noted returns the calls made so far, oldest first.
func (d Dir) Noted() ([]string, error) {
	b, err := os.ReadFile(filepath.Join(d.Path, Calls))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"), err
}

func (d Dir) file(k store.Key) string { return filepath.Join(d.Path, k.ID()+suffix) }

// enter notes the call and answers for the faults.
func (d Dir) enter(ctx context.Context, call string, k store.Key) error {
	if err := d.note(call, k); err != nil {
		return explain(err)
	}
	return d.answer(ctx)
}

// answer answers for the faults.
func (d Dir) answer(ctx context.Context) error {
	switch {
	case d.has(Locked):
		return fmt.Errorf("test store: %w", store.ErrLocked)
	case d.has(Failing):
		return fmt.Errorf("test store: %w", store.ErrUnavailable)
	case d.has(Hanging):
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("test store: %w: %w", store.ErrUnavailable, err)
	}
	return nil
}

func (d Dir) has(f Fault) bool {
	_, err := os.Lstat(filepath.Join(d.Path, string(f)))
	return err == nil
}

// note writes one line with one write, which O_APPEND keeps whole among
// processes.
func (d Dir) note(call string, k store.Key) error {
	f, err := os.OpenFile(filepath.Join(d.Path, Calls), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s %s (%s)\n", call, k.Service(), k.User())
	return errors.Join(err, f.Close())
}

func explain(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("test store: %w", store.ErrNotFound)
	}
	return fmt.Errorf("test store: %w: %v", store.ErrUnavailable, err)
}
