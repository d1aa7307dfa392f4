package trace

import (
	"sync"

	"getin/client/cli/mask"
	"getin/client/h1"
)

// tap hears what passes in one round of a transfer, and passes it on to the
// log, with the bodies masked. It is an h1.Tap.
type tap struct {
	log *Log

	mu       sync.Mutex
	sent     *mask.Stream // of the request's body, once its head has passed
	received *mask.Stream
}

// Tap returns what is to hear of a round.
func (l *Log) Tap() h1.Tap { return &tap{log: l} }

// Told implements h1.Tap.
func (t *tap) Told(e h1.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Kind {
	case h1.Uploaded:
		t.log.content(true, t.sent.Flush())
	case h1.Ended:
		t.log.content(false, t.received.Flush())
	}
	t.log.event(e)
}

// Sent implements h1.Tap.
func (t *tap) Sent(what h1.Piece, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if what == h1.Head {
		t.sent = t.log.mask.Stream(string(p))
		t.log.head(true, p)
		return
	}
	t.log.content(true, t.sent.Write(p))
}

// Received implements h1.Tap.
func (t *tap) Received(what h1.Piece, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if what == h1.Head {
		t.received = t.log.mask.Stream(string(p))
		t.log.head(false, p)
		return
	}
	t.log.content(false, t.received.Write(p))
}
