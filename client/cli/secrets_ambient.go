package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"getin/client/auth"
)

// ambient is the secret that the environment has for the run, if it has one. It
// is for one origin, in whichever groups.
type ambient struct {
	read    secretFunc // nil: none
	source  string
	origins []auth.Origin
}

// add notes that the secret is for these origins too, and returns all of them.
func (a *ambient) add(origins []auth.Origin) []auth.Origin {
	for _, o := range origins {
		if !slices.Contains(a.origins, o) {
			a.origins = append(a.origins, o)
		}
	}
	return a.origins
}

// newAmbient looks for GETIN_SECRET, and for systemd's credential.
func newAmbient(sys *System) (a ambient, err error) {
	fromEnv := sys.env("GETIN_SECRET")
	if err := sys.Unset("GETIN_SECRET"); err != nil { // no child is to inherit it
		return a, err
	}
	if fromEnv != "" {
		s := auth.NewSecret(fromEnv)
		a.read = func(context.Context, auth.Query) (auth.Secret, error) { return s, nil }
		a.source = "GETIN_SECRET"
		return a, nil
	}
	if dir := sys.env("CREDENTIALS_DIRECTORY"); filepath.IsAbs(dir) {
		name := filepath.Join(dir, "getin")
		a.read, a.source, err = readOnce(func() (io.ReadCloser, error) { return os.Open(name) }, name)
		if errors.Is(err, fs.ErrNotExist) {
			return ambient{}, nil
		}
	}
	return a, err
}
