//go:build !linux

package cli

func keepsKeys() bool { return false }
