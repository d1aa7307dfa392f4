package meter

import (
	"io"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	// drawEvery is how often rows are drawn: often enough to look alive.
	drawEvery = 250 * time.Millisecond

	// rowAfter is how long a run takes until rows are drawn, and a transfer
	// until its row stays: who waits less has nothing to look at.
	rowAfter = time.Second

	// tellEvery is how often there is a line where rows cannot be drawn, which
	// may be a log.
	tellEvery = 5 * time.Second
)

// Config says what a meter shows, and where.
type Config struct {
	Stderr   io.Writer
	Bar      bool // one bar, as by -#
	Parallel bool // a total of all
	Terminal bool // standard output is one: what goes there needs no row

	// Rows reports whether rows can be drawn on Stderr: it is a terminal that
	// obeys control sequences. It is called once, when a transfer has begun.
	Rows func() bool

	// Shown returns what may be shown of a text: secrets are masked.
	Shown func(string) string

	// Hurry divides every time of the meter, for tests. Zero is one.
	Hurry time.Duration
}

// Meter shows on stderr how far the transfers are. A nil one shows nothing. It
// may be used by many goroutines at once. Until a run has taken a while, and for
// a run that takes no longer, it only keeps a list: a single goroutine, started by
// a timer, reads the transfers' counters and draws.
type Meter struct {
	Console
	config Config
	stderr *os.File // nil: no file, so no terminal

	mu      sync.Mutex
	running []*Progress
	done    int
	failed  int
	moved   int64 // octets of those that are done
	total   rate
	began   time.Time
	timer   *time.Timer
	quit    chan struct{}
	ended   chan struct{}
	style   style
	resumed bool // nothing could move since the last time
}

// style is how a meter is drawn.
type style int

const (
	unstyled  style = iota // nobody has looked yet
	styleLine              // whole lines, now and then
	styleRow               // rows, in their place
	styleBar               // the bar of -#
)

// New returns a meter. Everything else that is written to Stderr is to go through
// its Console, above the rows.
func New(c Config) *Meter {
	m := &Meter{config: c, quit: make(chan struct{}), ended: make(chan struct{})}
	m.to = c.Stderr
	m.stderr, _ = c.Stderr.(*os.File)
	return m
}

// time returns a time of the meter's.
func (m *Meter) time(d time.Duration) time.Duration { return d / max(m.config.Hurry, 1) }

// Begin takes up a transfer of the URL, unless its body goes to a terminal. The
// host is how that of the URL is shown.
func (m *Meter) Begin(p *Progress, u *url.URL, host string, toFile bool) {
	if m == nil || m.config.Terminal && !toFile {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p.url, p.host, p.since = u, host, time.Now()
	m.running = append(m.running, p)
	if m.timer == nil {
		m.began = p.since
		m.timer = time.AfterFunc(m.patience(), m.watch)
	}
}

// patience is how long a run may take before anything is drawn.
func (m *Meter) patience() time.Duration {
	m.settle()
	switch m.style {
	case styleLine:
		return m.time(tellEvery)
	case styleBar:
		return m.time(drawEvery)
	}
	return m.time(rowAfter)
}

// End drops a transfer. One that was drawn leaves its last row; with -Z the
// total speaks for all.
func (m *Meter) End(p *Progress, err error) {
	if m == nil || p.url == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running = slices.DeleteFunc(m.running, func(q *Progress) bool { return p == q })
	m.done++
	if err != nil {
		m.failed++
	}
	s := p.state()
	m.moved += s.moved - s.from
	if m.config.Parallel || !p.drawn && m.style != styleBar {
		return
	}
	width, _ := m.size()
	switch {
	case m.style == styleLine:
	case m.style == styleBar && (err == nil || p.drawn):
		if s.whole = max(s.whole, 1); err == nil {
			s.moved = s.whole
		}
		m.leave([]string{row{state: s}.bar(width)}, width)
	case m.style == styleRow:
		took := time.Since(p.since)
		r := row{m.nameOf(p), s, perSecond(s.moved-s.from, took), took, false}
		m.leave([]string{r.text(width)}, width)
	}
}

// Stop ends the drawing, and with -Z leaves the total.
func (m *Meter) Stop() {
	if m == nil || m.timer == nil {
		return
	}
	if m.timer.Stop() {
		return // nothing was drawn
	}
	close(m.quit)
	<-m.ended
	if !m.config.Parallel || m.style != styleRow {
		return
	}
	width, _ := m.size()
	m.leave([]string{m.sum(time.Now()).text(width)}, width)
}

// Hold keeps the meter away from the terminal, for a question or for what goes
// to it as standard output, until release is called.
func (m *Meter) Hold() (release func()) {
	if m == nil {
		return func() {}
	}
	free := m.Console.Hold()
	return func() {
		m.mu.Lock()
		m.resumed = true
		m.mu.Unlock()
		free()
	}
}

// settle looks, once, at what stderr is.
func (m *Meter) settle() {
	rows := m.config.Rows()
	width, _ := m.size()
	switch {
	case m.style != unstyled:
	case m.config.Bar:
		m.style, m.plain = styleBar, !rows
	case rows && width >= leastCells-1:
		m.style = styleRow
	default:
		m.style = styleLine
	}
}

// size returns how many cells a row may have, one less than the window, so that
// no terminal goes on to the next line, and how many rows there may be.
func (m *Meter) size() (cells, rows int) {
	if m.stderr != nil {
		if w, h, err := term.GetSize(int(m.stderr.Fd())); err == nil && w > 1 && h > 0 {
			return w - 1, max(h-1, 1)
		}
	}
	return barCells, 1
}
