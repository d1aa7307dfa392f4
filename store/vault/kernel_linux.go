package vault

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// What the kernel calls these (keyrings(7), keyctl(2)); x/sys has no names for
// the permissions.
const (
	keyType = "user"

	// Its possessor may do all with the key, and other processes of the user
	// view, read, search, write and change it: sessions that do not link the
	// user's keyring (containers, services) possess nothing.
	keyPermissions = 0x3f000000 | 0x002f0000

	// maxKey is the longest payload of the type "user", in octets.
	maxKey = 32767
)

// retain gives the kernel a text to keep for the user, for that time.
func retain(name string, text []byte, keep time.Duration) error {
	id, err := unix.AddKey(keyType, name, text, unix.KEY_SPEC_USER_KEYRING)
	if err != nil {
		return noKernel(err)
	}
	err = unix.KeyctlSetperm(id, keyPermissions)
	if err == nil {
		// x/sys has no call of its own for the time.
		_, err = unix.KeyctlInt(unix.KEYCTL_SET_TIMEOUT, id, seconds(keep), 0, 0)
	}
	if err != nil {
		_, _ = forget(name) // not for longer than was asked for
		return noKernel(err)
	}
	return nil
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// recall returns what retain gave, as long as it is kept.
func recall(name string) ([]byte, error) {
	id, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, keyType, name, 0)
	if err != nil {
		return nil, err
	}
	b := make([]byte, maxKey)
	n, err := unix.KeyctlBuffer(unix.KEYCTL_READ, id, b, 0)
	if err != nil || n > len(b) {
		return nil, errors.Join(err, unix.EMSGSIZE)
	}
	return b[:n], nil
}

// forget removes it, and reports whether it was there.
func forget(name string) (bool, error) {
	id, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, keyType, name, 0)
	if errors.Is(err, unix.ENOKEY) || errors.Is(err, unix.EKEYEXPIRED) || errors.Is(err, unix.EKEYREVOKED) {
		return false, nil
	}
	if err != nil {
		return false, noKernel(err)
	}
	_, err = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, unix.KEY_SPEC_USER_KEYRING, 0, 0)
	return err == nil, err
}

// noKernel tells a kernel without keyrings, or a container that closes them,
// from other trouble.
func noKernel(err error) error {
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return errors.Join(ErrNowhereToKeep, err)
	}
	return err
}
