package index

import (
	"net/url"
	"slices"
	"strings"

	"getin/client/auth"
)

// within reports whether all that prefix q covers, p covers as well.
func within(q, p string) bool {
	if p == q {
		return true
	}
	u, err := url.Parse(q)
	return err == nil && u.Scheme == "" && u.Host == "" && auth.Covers(p, u)
}

// AddPrefixes adds paths where the credential may go unasked. One that another
// covers is merged into that; beyond 20 the oldest are dropped: they cost a
// round trip when they are needed, no more. It reports whether anything changed.
func (e *Entry) AddPrefixes(prefixes ...string) bool {
	changed := false
	for _, p := range prefixes {
		if slices.ContainsFunc(e.Prefixes, func(have string) bool { return within(p, have) }) {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(e.Prefixes), func(have string) bool { return within(have, p) })
		e.Prefixes = append(kept, p)
		changed = true
	}
	if over := len(e.Prefixes) - maxPrefixes; over > 0 {
		e.Prefixes = slices.Clone(e.Prefixes[over:])
	}
	return changed
}

// Accept notes that an answer of that strength was accepted below the prefixes
// and reports whether that is news. Beyond 20 the oldest moves up to its parent
// folder: a server cannot make getin forget what is strongest by many paths, it
// can only make the memory cover more.
func (f *File) Accept(strength auth.Strength, prefixes ...string) bool {
	if strength == 0 {
		return false // nobody has judged it yet
	}
	changed := false
	for _, p := range prefixes {
		changed = f.accept(Accepted{p, strength}) || changed
	}
	for len(f.Strengths) > maxPrefixes {
		oldest := f.Strengths[0]
		f.Strengths = slices.Clone(f.Strengths[1:])
		f.accept(Accepted{parent(oldest.Prefix), oldest.Strength})
	}
	return changed
}

func (f *File) accept(a Accepted) bool {
	covers := func(p, q Accepted) bool { return p.Strength >= q.Strength && within(q.Prefix, p.Prefix) }
	if slices.ContainsFunc(f.Strengths, func(have Accepted) bool { return covers(have, a) }) {
		return false
	}
	kept := slices.DeleteFunc(slices.Clone(f.Strengths), func(have Accepted) bool { return covers(a, have) })
	f.Strengths = append(kept, a)
	return true
}

// parent returns the folder above the prefix, "/" above itself.
func parent(p string) string {
	p = strings.TrimSuffix(p, "/")
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		return p[:i+1]
	}
	return "/"
}
