package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"

	"getin/client/auth"
	"getin/store"
	"getin/store/netrc"
)

// netrcOptions are -n and its like.
type netrcOptions struct {
	use, optional bool
	file          string // "": NETRC, or that of the home folder
}

func (n netrcOptions) wanted() bool { return n.use || n.optional || n.file != "" }

// netrcFor returns what a netrc file has for the URLs that were typed, each for
// its own origin (rule R4). What was given otherwise goes before it, and a user
// who was named gets nobody else's password (SECURITY B4).
func (r *run) netrcFor(o *options, typed []*target, given []store.Given) ([]store.Given, error) {
	if !o.netrc.wanted() {
		return nil, nil
	}
	file, err := r.openNetrc(o.netrc)
	if file == nil || err != nil {
		return nil, err
	}
	unasked, byNTLM := o.unasked()
	var list []store.Given
	for _, t := range typed {
		done := func(g store.Given) bool { return !g.NeedsPerson && slices.Contains(g.Origins, t.origin) }
		if slices.ContainsFunc(given, done) || slices.ContainsFunc(list, func(g store.Given) bool { return slices.Contains(g.Origins, t.origin) }) {
			continue
		}
		e, ok := file.Lookup(t.origin.Host, int(t.origin.Port), o.namedUser([]*target{t}))
		if !ok {
			continue
		}
		list = append(list, store.Given{
			Credential: auth.Credential{User: e.Login, Secret: auth.NewSecret(e.Password)}, Origins: []auth.Origin{t.origin},
			Source: "netrc", Unasked: e.HasPassword && unasked && !byNTLM, Never: true,
			NeedsPerson: !e.HasPassword,
		})
	}
	return list, nil
}

// openNetrc reads the file; nil when there is none and none has to be.
func (r *run) openNetrc(n netrcOptions) (*netrc.File, error) {
	name := n.file
	if name == "" {
		name = r.sys.env("NETRC")
	}
	if name == "" {
		home := r.sys.env("HOME")
		if runtime.GOOS == "windows" {
			home = r.sys.env("USERPROFILE")
		}
		if !filepath.IsAbs(home) {
			return nil, nil
		}
		if name = filepath.Join(home, ".netrc"); runtime.GOOS == "windows" {
			name = filepath.Join(home, "_netrc")
		}
	}
	file, readable, err := netrc.Read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (n.optional || n.file == ""):
		if !n.optional {
			r.report.notice("getin: netrc: there is no %s", name)
		}
		return nil, nil
	case err != nil:
		return nil, &readError{fmt.Errorf("netrc: %w", err)}
	case readable:
		r.report.notice("getin: others can read the passwords in %s (chmod 600)", name)
	}
	return file, nil
}
