//go:build !linux

package h1

import "syscall"

// canBind: only an interface's addresses can be bound to here.
const canBind = false

func bindTo(string) func(network, address string, c syscall.RawConn) error { return nil }
