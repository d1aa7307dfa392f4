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
	"getin/client/cli/mask"
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

// envSecret is the variable that holds it.
const envSecret = "GETIN_SECRET"

// withoutSecret takes GETIN_SECRET out of the environment, which every program
// that is run inherits, and keeps it for this one.
func (s *System) withoutSecret() (*System, error) {
	text, ok := s.Lookup(envSecret)
	if !ok {
		return s, nil
	}
	own := *s
	own.Lookup = func(name string) (string, bool) {
		if name == envSecret {
			return text, true
		}
		return s.Lookup(name)
	}
	return &own, s.Unset(envSecret)
}

// newAmbient looks for GETIN_SECRET, and for systemd's credential.
func newAmbient(sys *System, m *mask.Mask) (a ambient, err error) {
	if text := sys.env(envSecret); text != "" {
		s := auth.NewSecret(text)
		m.Add(auth.Credential{Secret: s})
		a.read = func(context.Context, auth.Query) (auth.Secret, error) { return s, nil }
		a.source = envSecret
		return a, nil
	}
	if dir := sys.env("CREDENTIALS_DIRECTORY"); filepath.IsAbs(dir) {
		name := filepath.Join(dir, "getin")
		a.read, a.source, err = readOnce(m, func() (io.ReadCloser, error) { return os.Open(name) }, "", name)
		if errors.Is(err, fs.ErrNotExist) {
			return ambient{}, nil
		}
	}
	return a, err
}
