package prompt

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

// takeEffect is how long a signal that a process sends itself may need until it
// stops or ends it. The kernel does so before the call returns or at once
// after; a longer life means that the signal is handled or without effect.
const takeEffect = 100 * time.Millisecond

// signals catches what would end or stop the process while the terminal is raw.
// Signals that were ignored from the start (nohup) stay so.
type signals struct {
	end  chan os.Signal // to end
	stop chan os.Signal // to stop
	cont chan os.Signal // after a stop
}

func catchSignals() *signals {
	s := &signals{make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)}
	notify(s.end, endSignals())
	notify(s.stop, stopSignals())
	notify(s.cont, contSignals())
	return s
}

// notify relays those of the signals that are not ignored. With none it does
// nothing: signal.Notify would relay every signal there is.
func notify(c chan os.Signal, all []os.Signal) {
	for _, sig := range all {
		if !signal.Ignored(sig) {
			signal.Notify(c, sig)
		}
	}
}

func (s *signals) release() {
	signal.Stop(s.end)
	signal.Stop(s.stop)
	signal.Stop(s.cont)
}

// relay stops the process when a signal to stop comes between two questions, and
// after the last: once os/signal has been told of SIGTSTP, the runtime swallows
// those that nobody asks for, and ^Z would be dead for the rest of the run. The
// goroutine of a relay therefore never ends.
type relay struct {
	c chan os.Signal // nil until the first question was asked
}

func (r *relay) pause() {
	if r.c != nil {
		signal.Stop(r.c)
	}
}

func (r *relay) resume() {
	if len(stopSignals()) == 0 {
		return
	}
	if r.c == nil {
		r.c = make(chan os.Signal, 1)
		go func() {
			for range r.c {
				stopSelf()
			}
		}()
	}
	notify(r.c, stopSignals())
}

// ending lets a signal have the effect that it would have had without us, and
// says what it was should there be a life after it. os.Interrupt is not sent
// again: it is what ^C is, and the caller ends the program for it.
func (s *signals) ending(sig os.Signal) error {
	if sig != os.Interrupt {
		signal.Stop(s.end)
		sendSelf(sig)
		time.Sleep(takeEffect)
	}
	return fmt.Errorf("%w: %v", ErrCanceled, sig)
}
