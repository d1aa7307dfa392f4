package cli

import (
	"bufio"
	"io"
	"strings"

	"getin/prompt"
)

// columnGap is between two columns of a table, in cells.
const columnGap = 2

// tableBuffer is how much of a table is written at once, in octets: as much as a
// pipe of Linux takes.
const tableBuffer = 64 << 10

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
	b := bufio.NewWriterSize(w, tableBuffer)
	for _, row := range rows {
		blank := 0 // cells that what comes next is away from what came last
		for i, cell := range row {
			if cell = strings.TrimRight(cell, " "); cell != "" {
				for ; blank > 0; blank-- {
					_ = b.WriteByte(' ') // Flush has the error
				}
				_, _ = b.WriteString(cell)
			}
			blank += widths[i] - prompt.Cells(cell) + columnGap
		}
		_ = b.WriteByte('\n')
	}
	if err := b.Flush(); err != nil {
		return &writeError{err}
	}
	return nil
}
