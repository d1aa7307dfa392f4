//go:build unix

package cli

import "syscall"

// keepFromChildren makes sure that no program that is run inherits the
// descriptor, from which a secret is still to be read.
func keepFromChildren(fd int) { syscall.CloseOnExec(fd) }
