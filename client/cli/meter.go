package cli

import (
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

// testOnlyMeter, when not 0, divides the times of the meter.
var testOnlyMeter time.Duration

// meterTime returns a time of the meter.
func meterTime(d time.Duration) time.Duration { return d / max(testOnlyMeter, 1) }

// meter shows on stderr how far the transfers are. A nil one shows nothing. It
// may be used by many goroutines at once. Until a run has taken a while, and for
// a run that takes no longer, it only keeps a list: a single goroutine, started by
// a timer, reads the transfers' counters and draws.
type meter struct {
	*console
	mask     *mask
	stderr   *os.File // nil: no file, so no terminal
	term     string   // TERM
	bar      bool     // -#
	parallel bool
	terminal bool // standard output is one: what goes there needs no row

	mu      sync.Mutex
	running []*progress
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

// newMeter returns the run's meter: nil when curl shows none, and when every
// body goes to a terminal.
func newMeter(sys *System, o *runOptions, m *mask) *meter {
	if o.silent || o.display.noMeter {
		return nil
	}
	terminal := isTerminal(sys.Stdout)
	if terminal && !slices.ContainsFunc(o.groups, func(g *options) bool { return len(g.outputs) > 0 }) {
		return nil
	}
	file, _ := sys.Stderr.(*os.File)
	return &meter{
		console: &console{to: sys.Stderr}, mask: m, stderr: file, term: sys.env("TERM"), terminal: terminal,
		bar: o.display.bar && !o.parallel, parallel: o.parallel, quit: make(chan struct{}), ended: make(chan struct{}),
	}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// begin takes up a transfer, unless its body goes to a terminal.
func (m *meter) begin(p *progress, t *target, toFile bool) {
	if m == nil || m.terminal && !toFile {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p.target, p.since = t, time.Now()
	m.running = append(m.running, p)
	if m.timer == nil {
		m.began = p.since
		m.timer = time.AfterFunc(m.patience(), m.watch)
	}
}

// patience is how long a run may take before anything is drawn.
func (m *meter) patience() time.Duration {
	m.settle()
	switch m.style {
	case styleLine:
		return meterTime(tellEvery)
	case styleBar:
		return meterTime(drawEvery)
	}
	return meterTime(rowAfter)
}

// end drops a transfer. One that was drawn leaves its last row; with -Z the
// total speaks for all.
func (m *meter) end(p *progress, err error) {
	if m == nil || p.target == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running = slices.DeleteFunc(m.running, func(q *progress) bool { return p == q })
	m.done++
	if err != nil {
		m.failed++
	}
	s := p.state()
	m.moved += s.moved - s.from
	if m.parallel || !p.drawn && m.style != styleBar {
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

// stop ends the drawing, and with -Z leaves the total.
func (m *meter) stop() {
	if m == nil || m.timer == nil {
		return
	}
	if m.timer.Stop() {
		return // nothing was drawn
	}
	close(m.quit)
	<-m.ended
	if !m.parallel || m.style != styleRow {
		return
	}
	width, _ := m.size()
	m.leave([]string{m.sum(time.Now()).text(width)}, width)
}

// hold keeps the meter away from the terminal, for a question or for what goes
// to it as standard output, until release is called.
func (m *meter) hold() (release func()) {
	if m == nil {
		return func() {}
	}
	free := m.console.hold()
	return func() {
		m.mu.Lock()
		m.resumed = true
		m.mu.Unlock()
		free()
	}
}

// settle looks, once, at what stderr is.
func (m *meter) settle() {
	rows := isTerminal(m.stderr) && takesEscapes(m.stderr, m.term)
	width, _ := m.size()
	switch {
	case m.style != unstyled:
	case m.bar:
		m.style, m.console.plain = styleBar, !rows
	case rows && width >= leastCells-1:
		m.style = styleRow
	default:
		m.style = styleLine
	}
}

// size returns how many cells a row may have, one less than the window, so that
// no terminal goes on to the next line, and how many rows there may be.
func (m *meter) size() (cells, rows int) {
	if m.stderr != nil {
		if w, h, err := term.GetSize(int(m.stderr.Fd())); err == nil && w > 1 && h > 0 {
			return w - 1, max(h-1, 1)
		}
	}
	return barCells, 1
}
