//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// detach takes the terminal from the program: a browser for terminals would draw
// over the question that is asked there.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
