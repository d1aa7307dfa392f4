package cli

import (
	"context"
	"os"
	"os/signal"
	"time"
)

// testOnlyUnwatched is how long ^C is left to the system. To watch for signals
// takes two threads and a third of a millisecond, a tenth of a small fetch, which
// is over before a hand could have changed its mind. A program that ends by the
// signal at that time has lost no more than one that is killed later, when all
// that is on its way to a store or a file is written to be cut off.
var testOnlyUnwatched = 50 * time.Millisecond

// interruptible returns a context that the first ^C cancels. A second one ends the
// program where it stands. Where ^C was ignored from the start, as in what a shell
// runs in the background, it stays so.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	if signal.Ignored(os.Interrupt) {
		return ctx, cancel
	}
	if testOnlyUnwatched == 0 {
		watchInterrupt(ctx, cancel)
		return ctx, cancel
	}
	later := time.AfterFunc(testOnlyUnwatched, func() { watchInterrupt(ctx, cancel) })
	return ctx, func() { later.Stop(); cancel() }
}

func watchInterrupt(ctx context.Context, cancel context.CancelFunc) {
	came := make(chan os.Signal, 1)
	signal.Notify(came, os.Interrupt)
	go func() {
		select {
		case <-came:
		case <-ctx.Done():
		}
		signal.Stop(came)
		cancel()
	}()
}
