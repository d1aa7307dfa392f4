//go:build !linux

package cli

// keepFromDumps does nothing: here a process cannot ask for that.
func keepFromDumps() {}
