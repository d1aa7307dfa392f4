package prompt

// Cells returns how many cells of a terminal s fills once Clean has made it fit.
func Cells(s string) int { return cellsOf(s) }
