package h1

import (
	"errors"
	"net"
)

// state is what can be told of a socket without reading from it.
type state int

const (
	gone   state = iota // closed or broken
	silent              // open, nothing has come
	speaks              // something has come
)

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
