package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// slowError is why a transfer ends that fell below the speed of -Y.
type slowError struct {
	limit   int64
	seconds int
}

func (e *slowError) Error() string {
	return fmt.Sprintf("slower than %d octets a second for %d seconds", e.limit, e.seconds)
}

// defaultPaceSeconds is -y when only -Y is given, as in curl.
const defaultPaceSeconds = 30

// testOnlyPaceTick is how long a second of -y is.
var testOnlyPaceTick = time.Second

// pace watches the speed of a transfer, both ways together (-Y, -y). It stands
// still while a person is asked something.
type pace struct {
	moved  atomic.Int64 // octets, so far
	asking atomic.Int32 // questions that are open
}

type paceKey struct{}

func paceOf(ctx context.Context) *pace {
	p, _ := ctx.Value(paceKey{}).(*pace)
	return p
}

// withPace returns a context that ends, with a *slowError as its cause, when for
// the seconds on end fewer than limit octets a second have moved. A limit of 0
// is none. stop must be called.
func withPace(ctx context.Context, limit int64, seconds int) (_ context.Context, stop func()) {
	if limit == 0 {
		return ctx, func() {}
	}
	ctx, end := context.WithCancelCause(ctx)
	p := &pace{}
	go p.watch(ctx, end, &slowError{limit, seconds})
	return context.WithValue(ctx, paceKey{}, p), func() { end(nil) }
}

func (p *pace) watch(ctx context.Context, end context.CancelCauseFunc, slow *slowError) {
	tick := time.NewTicker(testOnlyPaceTick)
	defer tick.Stop()
	seen := make([]int64, slow.seconds) // what had moved at each of the last seconds
	for n := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if p.asking.Load() > 0 {
			n = 0 // what was before the question does not count
			continue
		}
		now := p.moved.Load()
		oldest := seen[n%slow.seconds]
		seen[n%slow.seconds] = now
		if n++; n > slow.seconds && now-oldest < slow.limit*int64(slow.seconds) {
			end(slow)
			return
		}
	}
}

// hold stops the watch until release.
func (p *pace) hold() (release func()) {
	if p == nil {
		return func() {}
	}
	p.asking.Add(1)
	return func() { p.asking.Add(-1) }
}

// upload makes the request's body count.
func (p *pace) upload(r *http.Request) {
	if p == nil || r.Body == nil || r.Body == http.NoBody {
		return
	}
	r.Body = &counted{r.Body, p}
	if open := r.GetBody; open != nil {
		r.GetBody = func() (io.ReadCloser, error) {
			rc, err := open()
			return &counted{rc, p}, err
		}
	}
}

// counted is a request's body whose octets count.
type counted struct {
	io.ReadCloser
	pace *pace
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.pace.moved.Add(int64(n))
	return n, err
}
