//go:build !windows && !darwin

package keyring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"

	"getin/store"
)

// The names of the Secret Service API.
const (
	serviceName     = "org.freedesktop.secrets"
	servicePath     = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath       = servicePath + "/collection/login"
	defaultPath     = servicePath + "/aliases/default"
	noPath          = dbus.ObjectPath("/") // "no object", "no prompt"
	serviceFace     = "org.freedesktop.Secret.Service"
	collectionFace  = "org.freedesktop.Secret.Collection"
	itemFace        = "org.freedesktop.Secret.Item"
	promptFace      = "org.freedesktop.Secret.Prompt"
	propertiesGet   = "org.freedesktop.DBus.Properties.Get"
	addressVariable = "DBUS_SESSION_BUS_ADDRESS"
)

// dismissalsPass is true: go-keyring reports an item as stored or deleted when
// the dialog that should have allowed it was dismissed.
const dismissalsPass = true

// errNoBus is the answer where there is no session D-Bus, as over ssh without a
// login session, in containers and in cron.
var errNoBus = fmt.Errorf("%w: no D-Bus session here, and so no keyring service", store.ErrUnavailable)

// runUser is where systemd keeps XDG_RUNTIME_DIR of each user, and where
// go-keyring looks.
const runUser = "/run/user"

// testOnlyRunUser keeps tests away from the bus of who runs them.
var testOnlyRunUser = runUser

// busAddress returns the address of the session's D-Bus. When that is not told
// by the environment but found, it is put there, where go-keyring looks: or it
// would start a bus of its own with dbus-launch, in which no keyring is.
func busAddress() (string, error) {
	if a := os.Getenv(addressVariable); a != "" && a != "autolaunch:" {
		return a, nil
	}
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), filepath.Join(testOnlyRunUser, strconv.Itoa(os.Getuid()))} {
		path := filepath.Join(dir, "bus")
		fi, err := os.Stat(path)
		if err != nil || !filepath.IsAbs(path) || fi.Mode()&os.ModeSocket == 0 {
			continue
		}
		a := "unix:path=" + dbus.EscapeBusAddressValue(path)
		return a, os.Setenv(addressVariable, a)
	}
	return "", errNoBus
}

// bus is a connection of our own to the session's D-Bus. It ends with the
// context that it was made for, and what waits on it with it.
type bus struct{ *dbus.Conn }

// dial connects for as long as ctx lasts. It waits for the connection as long
// as limited does: a bus that is stopped takes connections and says nothing.
func dial(ctx, limited context.Context) (bus, error) {
	address, err := busAddress()
	if err != nil {
		return bus{}, err
	}
	type dialled struct {
		conn *dbus.Conn
		err  error
	}
	done := make(chan dialled, 1)
	go func() {
		c, err := dbus.Connect(address, dbus.WithContext(ctx))
		done <- dialled{c, err}
	}()
	select {
	case d := <-done:
		if d.err != nil && limited.Err() != nil {
			return bus{}, limited.Err()
		}
		if d.err != nil {
			return bus{}, fmt.Errorf("%w: D-Bus at %s: %w", store.ErrUnavailable, address, d.err)
		}
		return bus{d.conn}, nil
	case <-limited.Done():
		return bus{}, limited.Err()
	}
}

// call calls a method of an object of the service.
func (b bus) call(ctx context.Context, path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	return b.Object(serviceName, path).CallWithContext(ctx, method, 0, args...)
}

// property reads a property of an object of the service into v.
func (b bus) property(ctx context.Context, path dbus.ObjectPath, face, name string, v any) error {
	var got dbus.Variant
	if err := b.call(ctx, path, propertiesGet, face, name).Store(&got); err != nil {
		return err
	}
	return got.Store(v)
}

// kindOf tells which of the store's errors an error of the bus or the service
// comes to.
func kindOf(err error) error {
	var e dbus.Error
	if !errors.As(err, &e) {
		return store.ErrUnavailable
	}
	switch e.Name {
	case "org.freedesktop.Secret.Error.IsLocked":
		return store.ErrLocked
	case "org.freedesktop.Secret.Error.NoSuchObject": // deleted between two steps
		return store.ErrNotFound
	case "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.AuthFailed":
		return store.ErrDenied
	}
	return store.ErrUnavailable
}

// absent reports whether an error says that nobody serves the keyring. Others
// may come of a service that does not know what it was asked.
func absent(err error) bool {
	var e dbus.Error
	if !errors.As(err, &e) {
		return true // the connection itself, or the context
	}
	switch e.Name {
	case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
		"org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Disconnected",
		"org.freedesktop.DBus.Error.TimedOut":
		return true
	}
	return strings.HasPrefix(e.Name, "org.freedesktop.DBus.Error.Spawn.")
}

// absence puts into plain words why the service does not answer.
func absence(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if e := (dbus.Error{}); errors.As(err, &e) && strings.HasSuffix(e.Name, ".ServiceUnknown") {
		return fmt.Errorf("%w: no keyring service on the D-Bus (GNOME Keyring, KWallet, KeePassXC)", store.ErrUnavailable)
	}
	return fmt.Errorf("%w: the keyring service does not answer: %v", store.ErrUnavailable, err)
}
