package h1

import (
	"context"
	"net"
	"os"
	"testing"
	"time"
)

// watchable returns a connection, and whether reading from it has been ended.
func watchable(t *testing.T, w *watches) (c *conn, ended func() bool) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { _, _ = here.Close(), there.Close() })
	c = &conn{watches: w, sock: &socket{Conn: here}}
	read := make(chan error, 1)
	go func() {
		_, err := here.Read(make([]byte, 1))
		read <- err
	}()
	return c, func() bool {
		select {
		case err := <-read:
			return os.IsTimeout(err)
		case <-time.After(100 * time.Millisecond):
			return false
		}
	}
}

func TestWatchEndsWhatIsWatched(t *testing.T) {
	w := &watches{}
	ctx, cancel := context.WithCancel(t.Context())
	inside := context.WithValue(ctx, wireKey{}, nil) // ends with ctx
	a, aEnded := watchable(t, w)
	b, bEnded := watchable(t, w)
	c, cEnded := watchable(t, w)
	other, otherEnded := watchable(t, w)
	wa, wb, wc, wo := w.add(ctx, a), w.add(inside, b), w.add(ctx, c), w.add(t.Context(), other)
	if wa != wb {
		t.Error("two registrations for contexts that end together")
	}
	if !w.remove(wb, b) {
		t.Error("touched before the end")
	}
	cancel()
	if !aEnded() || !cEnded() {
		t.Error("the end of the context ends no reading")
	}
	if bEnded() || otherEnded() {
		t.Error("it ends the reading of others too")
	}
	if w.remove(wa, a) || w.remove(wc, c) {
		t.Error("untouched after the end")
	}
	if !w.remove(wo, other) {
		t.Error("touched by the end of another context")
	}
}

// The registration is kept between requests; one that comes after the end must
// not rely on it.
func TestWatchAfterTheEnd(t *testing.T) {
	w := &watches{}
	ctx, cancel := context.WithCancel(t.Context())
	first, _ := watchable(t, w)
	w.remove(w.add(ctx, first), first)
	cancel()
	second, ended := watchable(t, w)
	one := w.add(ctx, second)
	if !ended() {
		t.Error("a request of a context that has ended waits")
	}
	if w.remove(one, second) {
		t.Error("untouched")
	}
}

func TestWatchKeepsOneRegistration(t *testing.T) {
	w := &watches{}
	c, _ := watchable(t, w)
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.remove(w.add(ctx, c), c)
	}
	if len(w.list) != 1 {
		t.Errorf("%d contexts are held", len(w.list))
	}
	w.rest()
	if len(w.list) != 0 {
		t.Errorf("%d contexts are held at rest", len(w.list))
	}
}
