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

// stopSelf stops the process, by SIGTTIN: like SIGTSTP it has no effect in an
// orphaned process group, where nobody could continue it, and unlike SIGTSTP it
// is never handled here.
func stopSelf() { sendSelf(unix.SIGTTIN) }

// stopOthers does to the rest of the job what ^Z does on a terminal in its usual
// mode. Our own copy of the signal is waited for, lest it stop us again later.
func (s *signals) stopOthers() {
	drain(s.stop)
	_ = unix.Kill(0, unix.SIGTSTP) // one may always signal one's own group
	awaitSoon(s.stop)
}

// suspend stops the process, or with it its whole job, and returns when it goes
// on: soon when the stop has no effect.
func (s *signals) suspend(job bool) {
	if signal.Ignored(unix.SIGTSTP) {
		return
	}
	if job {
		s.stopOthers()
	}
	drain(s.cont)
	stopSelf()
	awaitSoon(s.cont)
}

// awaitSoon waits for a signal, as long as it may need.
func awaitSoon(c chan os.Signal) {
	timer := time.NewTimer(takeEffect)
	defer timer.Stop()
	select {
	case <-c:
	case <-timer.C:
	}
}

func drain(c chan os.Signal) {
	select {
	case <-c:
	default:
	}
}
