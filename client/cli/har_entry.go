package cli

import (
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"getin/client/h1"
)

// harText bounds the text of a body in an archive, in octets: what people read.
const harText = 64 << 10

// harEntry is one round of a transfer, a request and its response, while it is
// on its way: a redirect and an answer to a challenge are rounds of their own. It
// is an h1.Tap.
type harEntry struct {
	har     *har
	request *http.Request

	mu             sync.Mutex
	sent, received harMessage
	server, port   string

	started, dialing, connected, secured, sending, uploaded, first, ended time.Time
}

// harMessage is what has passed of a message: its head and, cut, its content.
type harMessage struct {
	head   string
	stream *maskStream
	size   int64 // octets of the content
	text   []byte
	cut    bool
}

// Told implements h1.Tap.
func (e *harEntry) Told(ev h1.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	switch ev.Kind {
	case h1.Dialing:
		if e.dialing.IsZero() {
			e.dialing = now
		}
	case h1.Connected:
		e.connected = now
	case h1.Secured:
		e.secured = now
	case h1.Uploaded:
		e.uploaded = now
	case h1.Ended:
		e.ended = now
	}
	if ev.Peer.IsValid() {
		e.server, e.port = ev.Peer.Addr().String(), ev.Local.String()
		e.port = e.port[strings.LastIndexByte(e.port, ':')+1:]
	}
}

// Sent implements h1.Tap. What is sent again, or after CONNECT, is what counts.
func (e *harEntry) Sent(what h1.Piece, p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if what == h1.Head {
		e.sending, e.uploaded, e.first = time.Now(), time.Time{}, time.Time{}
	}
	e.sent.take(e.har.mask, what, p)
}

// Received implements h1.Tap.
func (e *harEntry) Received(what h1.Piece, p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if what == h1.Head && e.first.IsZero() {
		e.first = time.Now()
	}
	e.received.take(e.har.mask, what, p)
}

func (m *harMessage) take(mask *mask, what h1.Piece, p []byte) {
	if what == h1.Head {
		*m = harMessage{head: string(p), stream: newMaskStream(mask, mediaTypeOf(string(p)))}
		return
	}
	m.size += int64(len(p))
	if m.cut = m.cut || m.size > harText; !m.cut {
		m.text = append(m.text, m.stream.write(p)...)
	}
}

// shown returns the content as text, and whether it is text and whole.
func (m *harMessage) shown() (string, bool) {
	if m.cut || m.size == 0 || !isText(mediaTypeOf(m.head)) || fieldIn(m.head, "Content-Encoding") != "" {
		return "", false
	}
	m.text = append(m.text, m.stream.flush()...)
	return string(m.text), utf8.Valid(m.text)
}

// isText tells which media types are for people to read.
func isText(mediaType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	for _, part := range []string{"text/", "json", "xml", "javascript", "x-www-form-urlencoded", "graphql"} {
		if strings.Contains(kind, part) {
			return true
		}
	}
	return false
}

// harRounds are the rounds of one transfer that are not in the archive yet. It
// may be used by many goroutines at once.
type harRounds struct {
	mu   sync.Mutex
	open []*harEntry
}

// begin makes the entry of a further round.
func (r *harRounds) begin(h *har, req *http.Request) *harEntry {
	r.close(false, nil)
	e := &harEntry{har: h, request: req, started: time.Now()}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = append(r.open, e)
	return e
}

// close puts those into the archive that have ended, or at the end of the
// transfer all; err is why that has failed.
func (r *harRounds) close(all bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var left []*harEntry
	for _, e := range r.open {
		if !e.close(all, err) {
			left = append(left, e)
		}
	}
	r.open = left
}

// close writes the entry, if it has ended or must have.
func (e *harEntry) close(must bool, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended.IsZero() {
		if !must {
			return false
		}
		e.ended = time.Now()
	}
	e.har.add(e.json(err))
	return true
}
