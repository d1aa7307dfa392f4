package h1

import (
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// markSize, in octets, is the low-water mark for bulk: copySize, so that a
	// write without TLS is filled in one read.
	markSize = copySize

	// markAfter octets must have come within markWithin before the mark is
	// raised: 64 MiB/s, at which markSize is 8 ms.
	markAfter  = 4 << 20
	markWithin = time.Second / 16

	// markUntil is what must be left of the body: the mark, and what may lie
	// in the buffers above the socket (wideBuffer, readBuffer, two TLS records).
	markUntil = markSize + wideBuffer + 128<<10

	// markPatience bounds a wait for a full mark. Nobody notices it.
	markPatience = 200 * time.Millisecond
)

// testOnlyQuick takes every sender for a quick one.
var testOnlyQuick bool

// mark keeps the low-water mark of a socket (SO_RCVLOWAT) while a body of known
// length comes quickly: the reader then is woken once in 512 KiB and not for
// each packet, which halves its processor time. A mark above what is still to
// come would never be reached; so it is lowered for the tail, and, should the
// sender slow down, by a timer, which wakes the reader. It serves one body and
// one goroutine.
type mark struct {
	raw     syscall.RawConn // nil: there is no mark
	left    int64           // octets of the body that its reader has not had
	up      bool
	lowered atomic.Bool // by the timer
	timer   *time.Timer
	count   int64 // octets since
	since   time.Time
}

// before is called before a read.
func (m *mark) before() {
	switch {
	case m.raw == nil:
	case m.up && (m.left < markUntil || m.lowered.Load()):
		m.lower()
	case m.up:
		m.timer.Reset(markPatience)
	case m.since.IsZero():
		m.since = time.Now()
	case m.count >= markAfter && m.left > 2*markUntil:
		quick := time.Since(m.since) < markWithin || testOnlyQuick
		m.count, m.since = 0, time.Now()
		if quick {
			m.raise()
		}
	}
}

// after is called after it, with what was read.
func (m *mark) after(n int, err error) {
	m.count += int64(n)
	if !m.up {
		return
	}
	m.timer.Stop()
	if err != nil {
		m.lower()
	}
}

func (m *mark) raise() {
	if setMark(m.raw, markSize) != nil {
		m.raw = nil // no such thing here
		return
	}
	m.up = true
	m.lowered.Store(false)
	raw := m.raw
	m.timer = time.AfterFunc(markPatience, func() {
		m.lowered.Store(true)
		_ = setMark(raw, 1) // fails on a closed socket, where nobody waits
	})
}

func (m *mark) lower() {
	m.timer.Stop()
	m.up = false
	m.count, m.since = 0, time.Now()
	if setMark(m.raw, 1) != nil {
		m.raw = nil
	}
}

// close leaves the socket as it was.
func (m *mark) close() {
	if m.up {
		m.lower()
	}
}
