package prompt

import (
	"strconv"

	"golang.org/x/sys/windows"
)

// sessionName names the console's window, which all processes in it share.
func sessionName() string {
	console := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleWindow")
	if console.Find() != nil {
		return "0" // older than any Windows that Go runs on
	}
	window, _, _ := console.Call() // it has no error: no window is 0
	return strconv.FormatUint(uint64(window), 16)
}
