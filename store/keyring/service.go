//go:build !windows && !darwin

package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/godbus/dbus/v5"

	"getin/store"
)

// collection is the keyring that go-keyring would use.
type collection struct {
	path   dbus.ObjectPath
	locked bool
}

// ready makes sure that go-keyring will meet a service that answers and a
// keyring that is open, or says why not. Without interactive it opens no
// dialog.
func (k *Keyring) ready(ctx context.Context, interactive bool, service, user string) error {
	b, c, err := k.ask(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if c.locked {
		if !interactive {
			return store.ErrLocked
		}
		return k.unlock(ctx, b, c.path)
	}
	if !interactive && b.itemLocked(ctx, c.path, service, user) {
		return fmt.Errorf("%w: the keyring service would ask before it gives this item", store.ErrLocked)
	}
	return nil
}

// ask connects and finds the keyring. A service that gives no answer at all is
// not asked again in this run. The connection is the caller's to close when
// there is no error.
func (k *Keyring) ask(ctx context.Context) (bus, collection, error) {
	limited, cancel := context.WithTimeout(ctx, testOnlyAnswerWait)
	defer cancel()
	b, err := dial(ctx, limited)
	var c collection
	if err == nil {
		if c, err = b.find(limited); err == nil {
			return b, c, nil
		}
		_ = b.Close() // nothing is lost with it
	}
	if limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: the keyring service did not answer within %v", store.ErrUnavailable, testOnlyAnswerWait)
		k.mu.Lock()
		k.dead = fmt.Errorf("keyring: %w", err)
		k.mu.Unlock()
	}
	return bus{}, collection{}, err
}

// find returns the keyring that go-keyring would use: "login", or else what is
// aliased "default". A service that does not know what it is asked is taken to
// be open: go-keyring will see.
func (b bus) find(ctx context.Context) (collection, error) {
	c := collection{path: loginPath}
	var all []dbus.ObjectPath
	err := b.property(ctx, servicePath, serviceFace, "Collections", &all)
	if err != nil && absent(err) {
		return c, absence(ctx, err)
	}
	if !slices.Contains(all, loginPath) {
		err := b.call(ctx, servicePath, serviceFace+".ReadAlias", "default").Store(&c.path)
		switch {
		case err != nil && absent(err):
			return c, absence(ctx, err)
		case err != nil:
			c.path = defaultPath
		case c.path == noPath:
			return c, fmt.Errorf("%w: the keyring service has no keyring yet: make one called \"Login\" (with Seahorse, or by logging in on the desktop)", store.ErrUnavailable)
		}
	}
	if err := b.property(ctx, c.path, collectionFace, "Locked", &c.locked); err != nil && absent(err) {
		return c, absence(ctx, err)
	}
	return c, nil
}

// itemLocked reports whether the item is there and would not be given without a
// dialog, as KeePassXC does. It judges by our connection, though go-keyring has
// another: what a person once allowed that one is asked for again by the next
// run anyway.
func (b bus) itemLocked(ctx context.Context, in dbus.ObjectPath, service, user string) bool {
	var items []dbus.ObjectPath
	err := b.call(ctx, in, collectionFace+".SearchItems", map[string]string{"service": service, "username": user}).Store(&items)
	if err != nil {
		return false // go-keyring will see
	}
	return slices.ContainsFunc(items, func(item dbus.ObjectPath) bool {
		var locked bool
		err := b.property(ctx, item, itemFace, "Locked", &locked)
		return err == nil && locked
	})
}

// errNotUnlocked tells of a dialog that ended without the keyring being open.
// The service does not say whether anyone saw it.
var errNotUnlocked = fmt.Errorf("%w, and unlocking it was %w: the dialog was dismissed, or could not be shown", store.ErrLocked, store.ErrDenied)

// unlock asks the service to have the keyring unlocked by a person. One call at
// a time does; the others see what came of it.
func (k *Keyring) unlock(ctx context.Context, b bus, path dbus.ObjectPath) error {
	turn := k.turn()
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return b.stillLocked(ctx, ctx.Err())
	}
	locked := true
	if err := b.property(ctx, path, collectionFace, "Locked", &locked); err == nil && !locked {
		return nil
	}
	var unlocked []dbus.ObjectPath
	prompt := noPath
	if err := b.call(ctx, servicePath, serviceFace+".Unlock", []dbus.ObjectPath{path}).Store(&unlocked, &prompt); err != nil {
		return b.stillLocked(ctx, err)
	}
	if prompt != noPath {
		if err := b.prompt(ctx, prompt); err != nil {
			return b.stillLocked(ctx, err)
		}
	}
	if err := b.property(ctx, path, collectionFace, "Locked", &locked); err == nil && locked {
		return errNotUnlocked
	}
	return nil
}

// turn returns the channel that takes one token.
func (k *Keyring) turn() chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dialog == nil {
		k.dialog = make(chan struct{}, 1)
	}
	return k.dialog
}

// stillLocked is the error of an unlocking that came to nothing.
func (b bus) stillLocked(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: nobody unlocked it in time: %w", store.ErrLocked, ctx.Err())
	case !b.Connected():
		return fmt.Errorf("%w: the D-Bus went away: %v", store.ErrUnavailable, err)
	}
	return err
}

// prompt has the service show its dialog, and waits for the end of it, whatever
// that is: the keyring is looked at afterwards.
func (b bus) prompt(ctx context.Context, path dbus.ObjectPath) error {
	// One prompt sends one signal; the few others are the bus telling names.
	signals := make(chan *dbus.Signal, 8)
	b.Signal(signals)
	if err := b.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(path), dbus.WithMatchInterface(promptFace)); err != nil {
		return err
	}
	// No window to put the dialog above.
	if err := b.call(ctx, path, promptFace+".Prompt", "").Err; err != nil {
		return err
	}
	for {
		select {
		case s, ok := <-signals:
			if !ok {
				return dbus.ErrClosed
			}
			if s.Path == path && s.Name == promptFace+".Completed" {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// names returns the names of our items in the keyring. What attributes a locked
// item has shows all the same.
func (k *Keyring) names(ctx context.Context) ([]name, error) {
	limit := 2 * testOnlyAnswerWait
	if k.Interactive {
		limit = testOnlyPersonWait
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	b, c, err := k.ask(ctx)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	var items []dbus.ObjectPath
	if err := b.property(ctx, c.path, collectionFace, "Items", &items); err != nil {
		return nil, err
	}
	var list []name
	for _, item := range items {
		var attributes map[string]string
		err := b.property(ctx, item, itemFace, "Attributes", &attributes)
		if errors.Is(kindOf(err), store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n := (name{attributes["service"], attributes["username"]}); isOurs(n.service) {
			list = append(list, n)
		}
	}
	return list, nil
}

// status asks the service how it is.
func (k *Keyring) status(ctx context.Context) Status {
	b, err := dial(ctx, ctx)
	if err != nil {
		return Status{Err: err}
	}
	defer b.Close()
	c, err := b.find(ctx)
	s := Status{Service: b.process(ctx), Locked: c.locked, Err: err}
	s.Reachable = s.Service != "" && (err == nil || c.path == noPath)
	if err == nil {
		s.Collection = filepath.Base(string(c.path))
	}
	if err == nil && c.locked {
		s.Err = store.ErrLocked
	}
	return s
}

// process returns the name of the program that serves the keyring, its bus
// name where that cannot be found out, and nothing when there is none.
func (b bus) process(ctx context.Context) string {
	var pid uint32
	err := b.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, serviceName).Store(&pid)
	if err != nil && absent(err) {
		return ""
	}
	// The arguments and not the link "exe", which is closed for programs with
	// capabilities of their own, as gnome-keyring-daemon is.
	line, err := os.ReadFile("/proc/" + strconv.Itoa(int(pid)) + "/cmdline")
	name, _, _ := bytes.Cut(line, []byte{0})
	if err != nil || len(name) == 0 {
		return serviceName
	}
	return filepath.Base(string(name))
}
