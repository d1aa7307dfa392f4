package cli

import (
	"io"
	"strings"

	"getin/prompt"
)

// columnGap stands between two columns of a table.
const columnGap = "  "

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
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-prompt.Cells(cell)) + columnGap
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return &writeError{err}
	}
	return nil
}
