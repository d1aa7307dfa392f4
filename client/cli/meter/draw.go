package meter

import (
	"fmt"
	"time"
)

// watch draws until the meter is stopped. It is the one goroutine that does.
func (m *Meter) watch() {
	defer close(m.ended)
	every := m.time(drawEvery)
	if m.style == styleLine {
		every = m.time(tellEvery)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		m.show(time.Now())
		select {
		case <-m.quit:
			return
		case <-tick.C:
		}
	}
}

// show draws everything anew.
func (m *Meter) show(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.resumed {
		m.resumed = false
		m.total.forget()
		for _, p := range m.running {
			p.rate.forget()
		}
	}
	var rows []row
	for _, p := range m.running {
		rows = append(rows, m.row(p, now))
		p.drawn = p.drawn || now.Sub(p.since) >= m.time(rowAfter)
	}
	width, height := m.size()
	switch {
	case m.style == styleLine:
		m.log(rows, now)
	case len(rows) > 0 && m.style == styleBar:
		m.Draw([]string{rows[0].bar(width)}, width)
	default:
		m.Draw(m.fit(rows, now, width, height), width)
	}
}

// fit returns what there is room for, and with -Z the total below it.
func (m *Meter) fit(rows []row, now time.Time, width, height int) []string {
	var list []string
	if width < leastCells-1 {
		return nil // the window was wider before
	}
	if m.config.Parallel {
		height--
	}
	for _, r := range rows[:min(len(rows), max(height, 0))] {
		list = append(list, r.text(width))
	}
	if m.config.Parallel {
		list = append(list, m.sum(now).text(width))
	}
	return list
}

// log writes a line: of the transfer, or with -Z of all.
func (m *Meter) log(rows []row, now time.Time) {
	if m.config.Parallel {
		rows = []row{m.sum(now)}
	}
	for _, r := range rows {
		m.tell("getin: " + r.line())
	}
}

func (m *Meter) row(p *Progress, now time.Time) row {
	s := p.state()
	r := row{m.nameOf(p), s, p.rate.add(now, s.moved), -1, false}
	if s.whole > 0 && r.rate > 0 {
		r.time = time.Duration(float64(s.whole-s.moved) / float64(r.rate) * float64(time.Second))
	}
	return r
}

// sum is the row of all transfers. How many are to come nobody knows: a list may
// be without end. Its time is what has passed.
func (m *Meter) sum(now time.Time) row {
	moved := m.moved
	for _, p := range m.running {
		s := p.state()
		moved += s.moved - s.from
	}
	name := fmt.Sprintf("%d done", m.done)
	if m.failed > 0 {
		name += fmt.Sprintf(" (%d failed)", m.failed)
	}
	if n := len(m.running); n > 0 {
		name += fmt.Sprintf(", %d running", n)
	}
	return row{name, state{moved: moved}, m.total.add(now, moved), now.Sub(m.began), true}
}
