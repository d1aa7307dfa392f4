//go:build !linux

package cli

func dumpable() string { return "1" }
