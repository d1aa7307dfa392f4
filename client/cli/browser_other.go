//go:build !unix

package cli

import "os/exec"

// detach does nothing: browsers here are programs of the desktop.
func detach(*exec.Cmd) {}
