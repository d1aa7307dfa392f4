//go:build !linux && !darwin

package transfer

import "errors"

func setAttribute(_, _ string) error { return errors.ErrUnsupported }

func getAttribute(string, int) (string, error) { return "", errors.ErrUnsupported }

func removeAttribute(string) error { return errors.ErrUnsupported }
