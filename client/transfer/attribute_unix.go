//go:build linux || darwin

package transfer

import "golang.org/x/sys/unix"

func setAttribute(file, value string) error {
	return unix.Setxattr(file, attribute, []byte(value), 0)
}

func getAttribute(file string, most int) (string, error) {
	b := make([]byte, most)
	n, err := unix.Getxattr(file, attribute, b)
	if err != nil {
		return "", err
	}
	return string(b[:n]), nil
}

func removeAttribute(file string) error { return unix.Removexattr(file, attribute) }
