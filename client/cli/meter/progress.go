package meter

import (
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"getin/client/transfer"
)

// Progress is how far one transfer is. The transfer counts; the meter reads it
// from another goroutine. What is below the line belongs to the meter. The zero
// value is ready.
type Progress struct {
	received, expected atomic.Int64 // octets of the response's body; expected is -1 or 0 when not known
	sent, offered      atomic.Int64 // octets of the request's body; offered is 0 when nobody counts them
	from               atomic.Int64 // octets of the response's body that were there before
	path               atomic.Pointer[string]

	url   *url.URL
	host  string
	since time.Time
	rate  rate
	drawn bool // has stood on the screen, and leaves its last row there
}

// watchedBody is the least length, in octets, of a request's body that is
// counted as it goes: what takes longer than a blink on a line of 1 MiB a second.
const watchedBody = 1 << 20

// Upload counts the request's body.
func (p *Progress) Upload(r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength >= 0 && r.ContentLength < watchedBody {
		return
	}
	p.offered.Store(r.ContentLength)
	r.Body = &sending{r.Body, p}
	if open := r.GetBody; open != nil {
		r.GetBody = func() (io.ReadCloser, error) {
			body, err := open()
			p.sent.Store(0)
			return &sending{body, p}, err
		}
	}
}

// sending is a request's body on its way.
type sending struct {
	io.ReadCloser
	progress *Progress
}

func (s *sending) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	s.progress.sent.Add(int64(n))
	return n, err
}

// Download counts what reaches the sink, beside whoever else wants to know.
func (p *Progress) Download(resp *http.Response, sink *transfer.Sink) {
	p.from.Store(sink.From)
	p.received.Store(sink.From)
	p.expected.Store(resp.ContentLength)
	if resp.ContentLength >= 0 {
		p.expected.Add(sink.From)
	}
	if sink.Path != "" {
		p.path.Store(&sink.Path)
	}
	tell := sink.Progress
	sink.Progress = func(total int64) {
		p.received.Store(sink.From + total)
		if tell != nil {
			tell(total)
		}
	}
}

// Expect tells of a file that comes in parts, and how long it is, in octets.
func (p *Progress) Expect(path *string, length int64) {
	p.expected.Store(length)
	p.path.Store(path)
}

// Add counts octets that have come; those of before did not come now.
func (p *Progress) Add(n int64, before bool) {
	p.received.Add(n)
	if before {
		p.from.Store(n)
	}
}

// state is a progress at one moment.
type state struct {
	moved, whole int64 // octets; whole is 0 when not known
	from         int64 // octets of moved that did not move now
	up           bool  // of the request's body
}

func (p *Progress) state() state {
	received, offered, sent := p.received.Load(), p.offered.Load(), p.sent.Load()
	if received == 0 && offered != 0 && p.expected.Load() == 0 {
		return state{sent, max(offered, 0), 0, true}
	}
	return state{received, max(p.expected.Load(), 0), p.from.Load(), false}
}

// rateWindow is the time over which a rate is the mean: curl's, about. Less
// jumps, more lies.
const rateWindow = 5 * time.Second

// rate is how fast something moves of late.
type rate struct{ seen []sample }

type sample struct {
	at    time.Time
	moved int64
}

// add notes how much has moved so far, and returns the octets a second.
func (r *rate) add(at time.Time, moved int64) int64 {
	if n := len(r.seen); n > 0 && moved < r.seen[n-1].moved {
		r.seen = r.seen[:0] // begun again
	}
	r.seen = append(r.seen, sample{at, moved})
	for len(r.seen) > 2 && at.Sub(r.seen[1].at) >= rateWindow {
		r.seen = r.seen[:copy(r.seen, r.seen[1:])]
	}
	return perSecond(moved-r.seen[0].moved, at.Sub(r.seen[0].at))
}

// forget begins anew, after a time in which nothing could move.
func (r *rate) forget() { r.seen = r.seen[:0] }

func perSecond(octets int64, d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64(float64(octets) / d.Seconds())
}
