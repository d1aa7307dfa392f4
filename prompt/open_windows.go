package prompt

import (
	"os"

	"golang.org/x/term"
)

// openDevice opens the console's two sides, which are there whatever standard
// input and output are redirected to.
func openDevice() (in, out *os.File, err error) {
	in, err = os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err = os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		_ = in.Close() // nothing was written
		return nil, nil, err
	}
	return in, out, nil
}

// foreground is always true: a console has no process groups.
func foreground(*os.File) bool { return true }

func makeRaw(f *os.File) (*term.State, error) { return term.MakeRaw(int(f.Fd())) }
