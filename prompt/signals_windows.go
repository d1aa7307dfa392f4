package prompt

import (
	"os"
	"syscall"
)

// endSignals are those that Go derives from console events: an interrupt from
// another process, and SIGTERM when the window closes or the user logs off.
func endSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

func stopSignals() []os.Signal { return nil }

func contSignals() []os.Signal { return nil }

// sendSelf does nothing: a console event ends the process by itself.
func sendSelf(os.Signal) {}

// stopSelf does nothing: Windows has no job control.
func stopSelf() {}

// suspend does nothing either.
func (s *signals) suspend(bool) {}
