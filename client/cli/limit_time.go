package cli

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errTimeLimit is why a transfer ends that took longer than -m allows.
var errTimeLimit = errors.New("the time of --max-time is over")

// clock is the limit of -m. It stands still while a person is asked something.
// It may be used by many goroutines at once.
type clock struct {
	expire context.CancelCauseFunc

	mu    sync.Mutex
	left  time.Duration // when the timer was set, or stopped
	since time.Time     // when the timer was set
	timer *time.Timer
	held  int // questions that are open
}

type clockKey struct{}

// withLimit returns a context that ends after the limit of unheld time, with
// errTimeLimit as its cause. A limit of 0 is none. stop must be called.
func withLimit(ctx context.Context, limit time.Duration) (_ context.Context, stop func()) {
	if limit == 0 {
		return ctx, func() {}
	}
	ctx, expire := context.WithCancelCause(ctx)
	c := &clock{expire: expire, left: limit, since: time.Now()}
	c.timer = time.AfterFunc(limit, func() { expire(errTimeLimit) })
	return context.WithValue(ctx, clockKey{}, c), func() {
		c.timer.Stop()
		expire(nil)
	}
}

// hold stops the clock of the context, and the watch of its pace, until the function that it returns is
// called.
func hold(ctx context.Context) (release func()) {
	paced := paceOf(ctx).hold()
	c, _ := ctx.Value(clockKey{}).(*clock)
	if c == nil {
		return sync.OnceFunc(paced)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held++; c.held == 1 && c.timer.Stop() {
		c.left -= time.Since(c.since)
	}
	return sync.OnceFunc(func() { paced(); c.release() })
}

func (c *clock) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held--; c.held == 0 {
		c.since = time.Now()
		c.timer.Reset(max(c.left, 0))
	}
}
