package cli

import (
	"io"
	"strings"

	"getin/prompt"
)

// columnGap is between two columns of a table, in cells.
const columnGap = 2

// writeTable writes rows of equally many cells in columns, as wide as their
// widest cell on a terminal. The cells have been cleaned.
func writeTable(w io.Writer, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], prompt.Cells(cell))
		}
	}
	line := 1
	for _, w := range widths {
		line += w + columnGap
	}
	var b strings.Builder
	b.Grow(line * len(rows))
	for _, row := range rows {
		blank := 0 // cells that what comes next is away from what came last
		for i, cell := range row {
			if cell = strings.TrimRight(cell, " "); cell != "" {
				for ; blank > 0; blank-- {
					b.WriteByte(' ')
				}
				b.WriteString(cell)
			}
			blank += widths[i] - prompt.Cells(cell) + columnGap
		}
		b.WriteByte('\n')
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return &writeError{err}
	}
	return nil
}
