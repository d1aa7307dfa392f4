package cli

import (
	"net/http"
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
	return fieldIn(head, "Content-Type")
}

// taps are several at once.
type taps []h1.Tap

// Told implements h1.Tap.
func (ts taps) Told(e h1.Event) {
	for _, t := range ts {
		t.Told(e)
	}
}

// Sent implements h1.Tap.
func (ts taps) Sent(what h1.Piece, p []byte) {
	for _, t := range ts {
		t.Sent(what, p)
	}
}

// Received implements h1.Tap.
func (ts taps) Received(what h1.Piece, p []byte) {
	for _, t := range ts {
		t.Received(what, p)
	}
}

// listening returns what gives each request its listeners, or nil when nobody
// wants to know.
func listening(v *verbose, h *har) func(*http.Request) h1.Tap {
	if v == nil && h == nil {
		return nil
	}
	return func(r *http.Request) h1.Tap {
		var list taps
		if v != nil {
			list = append(list, &listener{verbose: v})
		}
		if rec := recordOf(r.Context()); h != nil && rec != nil {
			list = append(list, rec.rounds.begin(h, r))
		}
		return list
	}
}
