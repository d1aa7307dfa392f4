package cli

import (
	"context"
	"strings"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/helper"
)

// placeHelper begins the name of a place that is another program's store:
// "helper:git:NAME".
const placeHelper = "helper:"

// readHelper reads a name such as "git:cache", given by from.
func readHelper(sys *System, text, from string) (*helper.Program, error) {
	p, err := helper.ParseProgram(text, sys.Lookup)
	if err != nil {
		return nil, &usageError{why: from + ": " + err.Error(), hint: "git:NAME runs git-credential-NAME, docker:NAME docker-credential-NAME", code: exitUsage}
	}
	return p, nil
}

// openHelper opens the place that is a helper's store.
func openHelper(sys *System, c choice, interactive bool) store.Place {
	p, err := readHelper(sys, strings.TrimPrefix(c.name, placeHelper), c.from)
	if err != nil {
		return store.Place{} // cannot be: readPlace has read it
	}
	quiet := *p
	p.Quiet, quiet.Quiet = !interactive, true
	return store.Place{Name: c.name, Store: p, Quiet: &quiet}
}

// helperFor returns the helper that a group of options, or else the store in
// use, names; nil when there is none. The same name is the same helper.
func (r *run) helperFor(o *options) (*store.Helper, error) {
	text, from := o.helper, "--credential-helper"
	kept, isStore := strings.CutPrefix(r.keep.Name, placeHelper)
	switch {
	case text != "":
	case isStore:
		text, from = kept, "the store"
	default:
		return nil, nil
	}
	if h := r.helpers[text]; h != nil {
		return h, nil
	}
	p, err := readHelper(r.sys, text, from)
	if err != nil {
		return nil, err
	}
	p.Quiet = r.person == nil
	h := &store.Helper{Name: text, Keeps: isStore && text == kept, Get: func(ctx context.Context, q auth.Query, account string) (auth.Credential, error) {
		if q.Wants != auth.Password {
			return auth.Credential{}, store.ErrNotFound
		}
		return p.Get(ctx, store.Key{Space: q.Space, Kind: q.Wants, Account: account})
	}}
	if r.helpers == nil {
		r.helpers = map[string]*store.Helper{}
	}
	r.helpers[text] = h
	return h, nil
}

// inspectHelper tells where the program is that serves as the store. It is not
// run: it might ask somebody.
func (j *job) inspectHelper(name string, c choice) ([][]string, error) {
	p, err := readHelper(j.sys, name, c.from)
	if err != nil {
		return nil, err
	}
	path, err := p.Path()
	return [][]string{{"program", orDash(prompt.Clean(path, uncut))}}, err
}
