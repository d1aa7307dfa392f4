package har

import (
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"getin/client/cli/mask"
	"getin/client/h1"
)

// maxText bounds the text of a body in an archive, in octets: what people read.
const maxText = 64 << 10

// round is one round of a transfer, a request and its response, while it is
// on its way: a redirect and an answer to a challenge are rounds of their own. It
// is an h1.Tap.
type round struct {
	archive *Archive
	request *http.Request

	mu             sync.Mutex
	sent, received message
	server, port   string

	started, dialing, connected, secured, sending, uploaded, first, ended time.Time
}

// message is what has passed of a message: its head and, cut, its content.
type message struct {
	head   string
	stream *mask.Stream
	size   int64 // octets of the content
	text   []byte
	cut    bool
}

// Told implements h1.Tap.
func (e *round) Told(ev h1.Event) {
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
func (e *round) Sent(what h1.Piece, p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if what == h1.Head {
		e.sending, e.uploaded, e.first = time.Now(), time.Time{}, time.Time{}
	}
	e.sent.take(e.archive.mask, what, p)
}

// Received implements h1.Tap.
func (e *round) Received(what h1.Piece, p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if what == h1.Head && e.first.IsZero() {
		e.first = time.Now()
	}
	e.received.take(e.archive.mask, what, p)
}

func (m *message) take(by *mask.Mask, what h1.Piece, p []byte) {
	if what == h1.Head {
		*m = message{head: string(p), stream: by.Stream(string(p))}
		return
	}
	m.size += int64(len(p))
	if m.cut = m.cut || m.size > maxText; !m.cut {
		m.text = append(m.text, m.stream.Write(p)...)
	}
}

// shown returns the content as text, and whether it is text and whole.
func (m *message) shown() (string, bool) {
	if m.cut || m.size == 0 || !isText(mask.MediaType(m.head)) || mask.FieldIn(m.head, "Content-Encoding") != "" {
		return "", false
	}
	m.text = append(m.text, m.stream.Flush()...)
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

// Rounds are the rounds of one transfer that are not in the archive yet. It
// may be used by many goroutines at once.
type Rounds struct {
	mu   sync.Mutex
	open []*round
}

// Begin begins a further round, and returns what is to hear of it.
func (r *Rounds) Begin(a *Archive, req *http.Request) h1.Tap {
	r.close(false, "")
	e := &round{archive: a, request: req, started: time.Now()}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = append(r.open, e)
	return e
}

// End puts the rounds that are left into the archive; why is why the transfer has
// failed, or "".
func (r *Rounds) End(why string) { r.close(true, why) }

// close puts those into the archive that have ended, or all.
func (r *Rounds) close(all bool, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var left []*round
	for _, e := range r.open {
		if !e.close(all, why) {
			left = append(left, e)
		}
	}
	r.open = left
}

// close writes the entry, if it has ended or must have.
func (e *round) close(must bool, why string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended.IsZero() {
		if !must {
			return false
		}
		e.ended = time.Now()
	}
	e.archive.add(e.json(why))
	return true
}
