//go:build unix

package prompt

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// sessionName names the session whose controlling terminal we ask on, by its
// number. A session has one controlling terminal and a terminal one session
// (POSIX.1-2024 XBD section 11.1.3), so our own session's number names it.
func sessionName() string {
	sid, err := unix.Getsid(0)
	if err != nil {
		return "0" // no such error for oneself
	}
	return strconv.Itoa(sid)
}
