package cli

import "golang.org/x/sys/unix"

// keepsKeys tells whether the kernel has a keyring for the user; containers
// often close it.
func keepsKeys() bool {
	_, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, true)
	return err == nil
}
