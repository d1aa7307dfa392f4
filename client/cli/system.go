package cli

import (
	"context"
	"io"
	"os"

	"getin/prompt"
	"getin/store"
	"getin/store/vault"
)

// System is what the program has from the system that runs it. Tests put other
// things in.
type System struct {
	Name           string // what the program was called by
	Stdin          *os.File
	Stdout, Stderr io.Writer

	// Lookup finds an environment variable; Unset removes one, so that no child
	// inherits it.
	Lookup func(name string) (string, bool)
	Unset  func(name string) error

	// Terminal opens the terminal of the person, or says that there is none.
	Terminal func(context.Context) (*prompt.Terminal, error)

	// Keep, when not nil, is the place to use where one of its name is wanted.
	Keep *store.Place

	// Opened keeps, when not nil, what was opened of vaults for all that is done
	// in the run.
	Opened *vault.Opened
}

// OS returns the real thing.
func OS() *System {
	return &System{
		Opened: &vault.Opened{},
		Name:   os.Args[0],
		Stdin:  os.Stdin, Stdout: faulted(os.Stdout), Stderr: faulted(os.Stderr),
		Lookup:   os.LookupEnv,
		Unset:    os.Unsetenv,
		Terminal: func(context.Context) (*prompt.Terminal, error) { return prompt.Open() },
	}
}

// env returns the value of an environment variable, empty when it is not set.
func (s *System) env(name string) string {
	v, _ := s.Lookup(name)
	return v
}
