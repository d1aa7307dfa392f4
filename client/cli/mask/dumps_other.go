//go:build !linux

package mask

// keepFromDumps does nothing: here a process cannot ask for that.
func keepFromDumps() {}
