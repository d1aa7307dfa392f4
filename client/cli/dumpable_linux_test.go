package cli

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// dumpable is "1" for a process whose memory goes into core dumps.
func dumpable() string {
	n, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil {
		return err.Error()
	}
	return strconv.Itoa(n)
}
