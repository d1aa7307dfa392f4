package meter

import (
	"strings"
	"testing"
	"time"

	"getin/prompt"
)

func TestRows(t *testing.T) {
	for _, r := range []row{
		{name: "debian.iso", state: state{moved: 129394278, whole: 283228979}, rate: 12897484, time: 12 * time.Second},
		{name: "no length", state: state{moved: 5}, rate: 0, time: -1},
		{name: "\u65e5\u672c\u8a9e" + strings.Repeat("\u6f22", 100), state: state{moved: 1 << 62, whole: 1 << 62}, rate: 1 << 62, time: 1 << 62},
		{name: prompt.Clean("\x1b[2J\u202e", 100), state: state{moved: 7, whole: 3, up: true}, time: 400 * 24 * time.Hour},
		{name: "", time: -1},
	} {
		for cells := leastCells - 1; cells < 130; cells++ {
			if got := r.text(cells); prompt.Cells(got) != cells || strings.Contains(got, "\x1b") {
				t.Errorf("%d cells for %q, want %d", prompt.Cells(got), got, cells)
			}
			if got := r.bar(cells); prompt.Cells(got) != cells {
				t.Errorf("%d cells for the bar %q, want %d", prompt.Cells(got), got, cells)
			}
		}
	}
	r := row{name: "debian.iso", state: state{moved: 129394278, whole: 283228979}, rate: 12897484, time: 12 * time.Second}
	for cells, want := range map[int]string{
		60: "debian.iso                   45%  123M/270M  12.3M/s    0:12",
		39: "debian.iso      45%  123M/270M  12.3M/s",
		19: "debian.iso      45%",
	} {
		if got := r.text(cells); got != want {
			t.Errorf("%d cells:\n%q, want\n%q", cells, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1.0k", 1024: "1.0k", 99 << 10: "99.0k", 102400 - 1: "100k", 1 << 20: "1.0M", 1<<20 - 1: "1.0M", 1 << 62: "4.0E",
	} {
		if got := size(n); got != want || len(got) > 5 {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-1: "-:--", 0: "0:00", time.Millisecond: "0:01", time.Minute: "1:00", time.Hour: "1:00:00", 99*time.Hour + 59*time.Minute: "99:59:00",
		100 * time.Hour: "4d",
	} {
		if got := clockText(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// The rate is that of late, and forgets the time of a question.
func TestRate(t *testing.T) {
	var r rate
	now := time.Now()
	for s := range 20 {
		moved := int64(1000 * min(s, 10)) // then it stands still
		if got, want := r.add(now.Add(time.Duration(s)*time.Second), moved), int64(1000); s > 0 && s <= 10 && got != want {
			t.Errorf("after %d s: %d/s, want %d", s, got, want)
		} else if s >= 15 && got != 0 {
			t.Errorf("after %d s: %d/s of what stands still", s, got)
		}
	}
	r.forget()
	if got := r.add(now.Add(time.Hour), 20000); got != 0 {
		t.Errorf("%d/s from one look", got)
	}
	if got := r.add(now.Add(time.Hour+time.Second), 21000); got != 1000 {
		t.Errorf("%d/s, want 1000", got)
	}
}
