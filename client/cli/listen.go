package cli

import (
	"strings"
	"sync"

	"getin/client/h1"
)

// listener hears what passes in one round of a transfer, and passes it on to -v
// and the traces, with the bodies masked. It is an h1.Tap.
type listener struct {
	verbose *verbose

	mu       sync.Mutex
	sent     *maskStream // of the request's body, once its head has passed
	received *maskStream
}

// Told implements h1.Tap.
func (l *listener) Told(e h1.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Kind {
	case h1.Uploaded:
		l.verbose.content(true, l.sent.flush())
	case h1.Ended:
		l.verbose.content(false, l.received.flush())
	}
	l.verbose.event(e)
}

// Sent implements h1.Tap.
func (l *listener) Sent(what h1.Piece, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if what == h1.Head {
		l.sent = newMaskStream(l.verbose.mask, mediaTypeOf(string(p)))
		l.verbose.head(true, p)
		return
	}
	l.verbose.content(true, l.sent.write(p))
}

// Received implements h1.Tap.
func (l *listener) Received(what h1.Piece, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if what == h1.Head {
		l.received = newMaskStream(l.verbose.mask, mediaTypeOf(string(p)))
		l.verbose.head(false, p)
		return
	}
	l.verbose.content(false, l.received.write(p))
}

// mediaTypeOf returns the Content-Type in a head, or "".
func mediaTypeOf(head string) string {
	for line := range strings.Lines(head) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Type") {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
