package h1

import (
	"context"
	"slices"
	"sync"
)

// watches lets the end of a context end what waits on connections. One
// registration with a context serves all of its requests: registering costs
// more than parsing a head does. The one that was used last stays until a request
// of another context comes, so that the requests of a run need one in all.
type watches struct {
	mu   sync.Mutex
	list []*watch
}

// watch is what waits for the end of one context, or of several that end
// together.
type watch struct {
	done  <-chan struct{}
	stop  func() bool
	conns map[*conn]struct{} // watches.mu guards it
}

// add lets the end of ctx cancel c, and returns what remove wants. Nil: there is
// nothing to be watched for.
func (w *watches) add(ctx context.Context, c *conn) *watch {
	done := ctx.Done()
	if done == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.list {
		if one.done != done {
			continue
		}
		one.conns[c] = struct{}{}
		if one.over() {
			c.cancel() // end has been there
		}
		return one
	}
	w.drop()
	one := &watch{done: done, conns: map[*conn]struct{}{c: {}}}
	one.stop = context.AfterFunc(ctx, func() { w.end(one) })
	w.list = append(w.list, one)
	return one
}

// drop ends the registrations that nothing needs now. w.mu is held.
func (w *watches) drop() {
	w.list = slices.DeleteFunc(w.list, func(one *watch) bool {
		idle := len(one.conns) == 0
		if idle {
			one.stop()
		}
		return idle
	})
}

// rest is drop for those who do not hold w.mu.
func (w *watches) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop()
}

// over reports whether the context has ended.
func (one *watch) over() bool {
	select {
	case <-one.done:
		return true
	default:
		return false
	}
}

// end cancels what is watched.
func (w *watches) end(one *watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range one.conns {
		c.cancel()
	}
}

// remove ends the watch over c, and reports whether c is untouched. one may be
// nil.
func (w *watches) remove(one *watch, c *conn) bool {
	if one == nil {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(one.conns, c)
	return !one.over() // else it has been touched, or would have been
}
