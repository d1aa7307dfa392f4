//go:build unix

package cli

import "os"

// takesEscapes tells that a terminal obeys control sequences: here TERM says
// what it is.
func takesEscapes(_ *os.File, term string) bool { return term != "" && term != "dumb" }
