package keyring

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zalando/go-keyring"

	"getin/store"
)

// name is what a platform files an item under: Key.Service and Key.User.
type name struct{ service, user string }

// ours begins the service of every item of getin (store.Key.Service).
const ours = "getin "

var _ store.Lister = (*Keyring)(nil)

// List implements store.Lister: it asks the platform for the names of our items,
// and each item whose it is.
func (k *Keyring) List(ctx context.Context) ([]store.Key, error) {
	if err := k.hung(ctx); err != nil {
		return nil, err
	}
	names, err := k.names(ctx)
	if err != nil {
		return nil, explain(err)
	}
	var keys []store.Key
	var problems []error
	for _, n := range names {
		key, err := k.keyOf(ctx, n)
		switch {
		case err == nil:
			keys = append(keys, key)
		case errors.Is(err, store.ErrDamaged):
			problems = append(problems, fmt.Errorf("%s: %w", n.service, err))
		case errors.Is(err, store.ErrNotFound): // removed since
		default:
			return keys, errors.Join(append(problems, err)...)
		}
	}
	return keys, errors.Join(problems...)
}

// keyOf reads the item and returns the key that it says it belongs to.
func (k *Keyring) keyOf(ctx context.Context, n name) (store.Key, error) {
	value, err := k.call(ctx, n.service, n.user, k.Interactive, func(service, user string) (string, error) {
		return keyring.Get(service, user)
	})
	if err != nil {
		return store.Key{}, err
	}
	b := []byte(value)
	if sealed, ok := readStub(b); ok {
		if b, err = k.unseal(sealed); err != nil {
			return store.Key{}, fmt.Errorf("keyring: %w", err)
		}
	}
	defer clear(b)
	key, err := store.DecodeKey(b)
	if err == nil && (key.Service() != n.service || key.User() != n.user) {
		err = fmt.Errorf("%w: the value belongs to another key", store.ErrDamaged)
	}
	if err != nil {
		return store.Key{}, fmt.Errorf("keyring: %w", err)
	}
	return key, nil
}

func isOurs(service string) bool { return strings.HasPrefix(service, ours) }
