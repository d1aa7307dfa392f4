package cli

import (
	"os"
	"time"
)

// runOptions is what a command line says of the whole run, in whichever group of
// options it stands: what curl's manual calls global, and what concerns the one
// person and the one store. The last word counts.
type runOptions struct {
	groups []*options // at least one

	parallel          bool // -Z
	parallelMax       int  // with it, at least 1
	parallelImmediate bool
	rate              time.Duration // --rate: from the start of one transfer to the next; 0: none
	failEarly         bool

	stderr    []string // --stderr, each
	display   displayOptions
	silent    bool
	showError bool
	help      bool
	manual    bool
	version   bool

	noPrompt    bool
	promptLimit time.Duration // 0: none
	noStore     bool
	store       string
	showSecrets bool

	vaultIdentity secretSource // a file or a descriptor

	// readConfig reads the file of a -K where it stands; inConfig counts the
	// files that are being read, one within the other.
	readConfig func(o *options, name string) error
	inConfig   int
	warned     []string // remarks of the parser, shown unless -s
}

// begin begins a group with curl's defaults: 50 redirects.
func (r *runOptions) begin() {
	r.groups = append(r.groups, &options{
		runOptions: r, maxRedirs: 50, tries: 3, speedTime: defaultPaceSeconds,
	})
}

// next is --next. Without a URL the group goes on, as in curl 7.88.
func (r *runOptions) next() {
	if len(r.last().urls) > 0 {
		r.begin()
	}
}

// last is the group that the parser has come to.
func (r *runOptions) last() *options { return r.groups[len(r.groups)-1] }

// redirected returns the system with the standard error of --stderr: the last
// that can be written. One that cannot is remarked upon, and no reason to stop,
// as in curl.
func (r *runOptions) redirected(sys *System) (_ *System, done func()) {
	done = func() {}
	for _, name := range r.stderr {
		other := *sys
		if name == "-" {
			other.Stderr = sys.Stdout
			sys = &other
			continue
		}
		f, err := os.Create(name)
		if err != nil {
			r.warned = append(r.warned, "--stderr: "+err.Error())
			continue
		}
		done()
		other.Stderr, done = f, func() { _ = f.Close() } // nowhere to say that it was not written
		sys = &other
	}
	return sys, done
}

// copied returns options of a run of their own.
func (o *options) copied() *options {
	c, r := *o, *o.runOptions
	c.runOptions, r.groups = &r, []*options{&c}
	return &c
}
