//go:build unix

package prompt

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

func endSignals() []os.Signal {
	return []os.Signal{os.Interrupt, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT}
}

func stopSignals() []os.Signal { return []os.Signal{unix.SIGTSTP} }

func contSignals() []os.Signal { return []os.Signal{unix.SIGCONT} }

func sendSelf(sig os.Signal) {
	if n, ok := sig.(unix.Signal); ok {
		_ = unix.Kill(os.Getpid(), n) // one may always signal oneself
	}
}

// Whom suspend stops: ^Z means the job, a signal that was sent means its target.
const (
	wholeJob = 0 // kill(2): the sender's process group
	onlySelf = -1
)

// suspend stops the process, or its group, and returns when it goes on. It
// returns soon when the stop has no effect, as in an orphaned process group.
func (s *signals) suspend(whom int) {
	if signal.Ignored(unix.SIGTSTP) {
		return
	}
	signal.Stop(s.stop)
	drain(s.cont)
	if whom == onlySelf {
		whom = os.Getpid()
	}
	_ = unix.Kill(whom, unix.SIGTSTP) // one may always signal oneself
	timer := time.NewTimer(takeEffect)
	defer timer.Stop()
	select {
	case <-s.cont:
	case <-timer.C:
	}
	drain(s.cont)
	notify(s.stop, stopSignals())
}

func drain(c chan os.Signal) {
	select {
	case <-c:
	default:
	}
}
