package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// takesEscapes tells that a console obeys control sequences, once that is
// switched on. TERM is set by shells that are not of Windows.
func takesEscapes(f *os.File, term string) bool {
	h := windows.Handle(f.Fd())
	var mode uint32
	if term == "dumb" || windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// faulted returns the file: there is no signal here for a reader that has gone.
func faulted(f *os.File) *os.File { return f }
