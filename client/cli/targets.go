package cli

import (
	"strings"

	"getin/client/auth"
	"getin/client/cli/glob"
)

// readTargets reads the URLs before anything is sent, so that a bad one stops
// everything and the origins are known. Of a glob whose sets all stand behind
// the authority the first URL will do. Of lists only the first URL is read, and
// only where nothing else was typed: they may be endless, and somebody else's.
func readTargets(o *options, lists map[int]*list) ([]*target, error) {
	var list []*target
	seen := map[auth.Origin]bool{}
	for _, u := range o.urls {
		if u.list {
			continue
		}
		g, err := glob.New(u.text, o.globOff)
		if err != nil {
			return nil, badURL("%v", err)
		}
		for u, _, ok := g.Next(); ok; u, _, ok = g.Next() {
			t, err := o.urlRules.read(u, nil)
			if err != nil {
				return nil, err
			}
			if !seen[t.origin] || t.hasUser {
				list = append(list, t)
			}
			seen[t.origin] = true
			if g.OneOrigin() {
				break
			}
		}
	}
	for n := range o.urls {
		if l := lists[n]; l != nil && len(list) == 0 {
			t, err := l.first(o.urlRules)
			if err != nil {
				return nil, err
			}
			if t != nil {
				list = append(list, t.nobodys())
			}
		}
	}
	return list, nil
}

// remark tells what the user may not have meant.
func (f *fetcher) remark(typed []*target) {
	o := f.options
	_, password, has := strings.Cut(o.user, ":")
	inURL := false
	for _, u := range o.urls {
		if t, err := o.urlRules.read(u.text, nil); err == nil && u.inArgs {
			inURL = inURL || t.password != ""
		}
	}
	if (o.userInArgs && has && password != "" || inURL || o.bearerInArgs || o.proxy.shows() || o.tls.own.visible) && !f.warnedPS {
		f.warnedPS = true
		f.report.notice("getin: other users can see a password in the arguments (ps); without it getin asks")
	}
	if len(o.outputs) > len(o.urls) {
		f.report.notice("getin: more -o and -O than URLs")
	}
	origins := originsOf(typed)
	if o.userGiven && len(origins) > 1 {
		var names []string
		for _, origin := range origins {
			names = append(names, origin.Display())
		}
		f.report.notice("getin: -u goes to %d origins: %s", len(origins), strings.Join(names, ", "))
	}
	for _, name := range []string{auth.Server.Answer, "Cookie"} {
		for _, origin := range origins {
			if f.plan.carries(name) && origin.Scheme == "http" && !origin.LoopbackName() {
				f.report.notice("getin: %s goes unencrypted to %s", name, origin.Display())
			}
		}
	}
}
