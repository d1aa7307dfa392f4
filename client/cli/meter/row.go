package meter

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"getin/client/transfer"
	"getin/prompt"
)

const (
	// nameCells bounds a name before it is cut to what a row has room for.
	nameCells = 1000

	// leastCells is the narrowest window in which rows are drawn. Narrower ones
	// get lines, which may fold.
	leastCells = 20

	// barCells is the width of curl's bar where nobody knows the window's.
	barCells = 79

	// nameShare is the part of a row, one in so many, that a name is left with
	// before a column goes.
	nameShare = 3
)

// row is what is shown of one transfer.
type row struct {
	name  string
	state state
	rate  int64         // octets a second
	time  time.Duration // until the end; negative when not known
	spent bool          // it is the time since the beginning
}

// text returns the row in exactly so many cells. Of the columns, the last ones
// go when there is too little room for the name.
func (r row) text(cells int) string {
	columns := []string{"     ", r.amount(), fmt.Sprintf(" %5s/s", size(r.rate)), fmt.Sprintf(" %7s", clockText(r.time))}
	if r.state.whole > 0 {
		columns[0] = fmt.Sprintf(" %3d%%", percentOf(r.state))
	} else if cells < 2*leastCells {
		columns = columns[1:]
	}
	tail := ""
	for _, c := range columns {
		if tail != "" && len(tail)+len(c) > cells-cells/nameShare {
			break
		}
		tail += c
	}
	return pad(pad(r.name, cells-len(tail))+tail, cells)
}

func (r row) amount() string {
	text := fmt.Sprintf(" %5s", size(r.state.moved))
	switch {
	case r.state.up:
		return text + " sent "
	case r.state.whole > 0:
		return fmt.Sprintf("%s/%-5s", text, size(r.state.whole))
	}
	return text + "      "
}

// line returns the row for where rows cannot be drawn.
func (r row) line() string {
	moved := size(r.state.moved)
	if r.state.whole > 0 {
		moved = fmt.Sprintf("%d%%, %s of %s", percentOf(r.state), moved, size(r.state.whole))
	}
	if r.state.up {
		moved += " sent"
	}
	text := fmt.Sprintf("%s: %s, %s/s", r.name, moved, size(r.rate))
	switch {
	case r.spent:
		text += ", after " + clockText(r.time)
	case r.time >= 0:
		text += ", " + clockText(r.time) + " left"
	}
	return text
}

// bar returns curl's bar of -#: what is done in "#", and a percentage; without
// a known end, a train that moves with what comes.
func (r row) bar(cells int) string {
	room := max(cells-len(" 100.0%"), 1)
	if r.state.whole <= 0 && r.state.moved > 0 {
		const train = "-=O=-"
		at := int(r.state.moved / barStep % int64(max(room-len(train), 1)))
		return pad(strings.Repeat(" ", at)+train, cells)
	}
	part := min(float64(r.state.moved)/float64(max(r.state.whole, 1)), 1)
	return fmt.Sprintf("%-*s %5.1f%%", room, strings.Repeat("#", int(part*float64(room))), part*100)
}

// barStep is how far the train goes for a cell, in octets.
const barStep = 64 << 10

func percentOf(s state) int64 {
	if s.moved >= s.whole {
		return 100
	}
	return int64(float64(s.moved) / float64(s.whole) * 100)
}

// pad returns a clean text in exactly so many cells; one that is cut ends in
// "~", for which every terminal has a letter.
func pad(s string, cells int) string {
	switch n := prompt.Cells(s); {
	case cells <= 0:
		return ""
	case n > cells:
		s = strings.TrimSuffix(prompt.Clean(s, cells), "…") + "~"
	}
	return s + strings.Repeat(" ", max(cells-prompt.Cells(s), 0))
}

// size writes a number of octets in at most five characters, with curl's units:
// k is 1024.
func size(octets int64) string {
	v, unit := float64(octets), -1
	for v >= 1000 && unit < len(units)-1 {
		v /= 1024
		unit++
	}
	switch {
	case unit < 0:
		return fmt.Sprint(octets)
	case v < 99.95:
		return fmt.Sprintf("%.1f%c", v, units[unit])
	}
	return fmt.Sprintf("%.0f%c", v, units[unit])
}

const units = "kMGTPE"

// clockText writes a time as m:ss or h:mm:ss, in at most seven characters.
func clockText(d time.Duration) string {
	s := int64(math.Ceil(d.Seconds()))
	switch {
	case d < 0:
		return "-:--"
	case s < 3600:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	case s < 100*3600:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	case s < 10000*24*3600:
		return fmt.Sprintf("%dd", s/(24*3600))
	}
	return "-:--"
}

// nameOf is what a transfer is called: its file, else the last segment of its
// URL, else its host.
func (m *Meter) nameOf(p *Progress) string {
	name := ""
	if path := p.path.Load(); path != nil {
		name = filepath.Base(*path)
	} else if name = transfer.URLName(p.url.EscapedPath()); name == transfer.Unnamed {
		name = p.host
	}
	return prompt.Clean(m.config.Shown(name), nameCells)
}
