package cli

import (
	"net/http"

	"getin/client/cli/har"
	"getin/client/cli/trace"
	"getin/client/h1"
)

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
func listening(log *trace.Log, archive *har.Archive) func(*http.Request) h1.Tap {
	if log == nil && archive == nil {
		return nil
	}
	return func(r *http.Request) h1.Tap {
		var list taps
		if log != nil {
			list = append(list, log.Tap())
		}
		if rec := recordOf(r.Context()); archive != nil && rec != nil {
			list = append(list, rec.rounds.Begin(archive, r))
		}
		return list
	}
}
