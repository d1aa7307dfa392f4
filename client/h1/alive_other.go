//go:build !unix

package h1

import (
	"syscall"
	"time"
)

// freshFor is how long an idle connection is believed to be open where it
// cannot be looked at: shorter than the shortest idle timeout of servers in
// use (nginx behind some balancers: 5 s). A request that finds it closed is
// repeated, if it may be.
const freshFor = 4 * time.Second

func readable(raw syscall.RawConn, idle time.Duration) state {
	if raw == nil || idle > freshFor {
		return gone
	}
	return silent
}
