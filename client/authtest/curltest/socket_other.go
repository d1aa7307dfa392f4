//go:build !linux

package curltest

import "fmt"

func socketOf(int, string) (string, error) { return "", fmt.Errorf("%w: no pidfd_getfd", ErrUnable) }

func (w *world) listenDeafly() error { return fmt.Errorf("%w: no backlog that drops", ErrUnable) }
