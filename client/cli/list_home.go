package cli

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"getin/client"
	"getin/client/auth"
)

// A list may be somebody else's. What the user says of himself on the command
// line is for the origins of the URLs that were typed beside it, or else for
// that of its first URL (rule R4): for the others there are no fields that may
// hold a secret, no -u and no secret from elsewhere; but what is stored for them
// answers.

// partsFor returns what fetches the record's URL, with the request as it may go
// there, and what is to be called at the end. A list's URL with a user in it has
// a wallet of its own.
func (f *fetcher) partsFor(rec *record, req *http.Request) (_ *parts, done func(context.Context)) {
	done = func(context.Context) {}
	if rec.place == "" {
		return f.parts, done
	}
	if !f.atHome(rec.target.origin) {
		f.bare(req)
	}
	if !rec.target.hasUser {
		return f.parts, done
	}
	p := f.joinFor(f.parts, rec.target)
	return p, func(ctx context.Context) { _ = p.wallet.Close(ctx) } // its failures were told already
}

func (f *fetcher) atHome(o auth.Origin) bool {
	return slices.ContainsFunc(f.home, func(home auth.Origin) bool { return home.Grants(o) })
}

// bare takes the user's own fields out of the request, as a redirect to another
// origin does (rule R5), and says so once.
func (f *fetcher) bare(req *http.Request) {
	var dropped []string
	o := client.OutlineOf(req.Context())
	o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(field auth.Field) bool {
		goes := client.GoesAnywhere(field.Name)
		if !goes {
			req.Header.Del(field.Name)
			dropped = append(dropped, field.Name)
		}
		return !goes
	})
	if req.Host != "" {
		req.Host = ""
		dropped = append(dropped, "Host")
	}
	if f.options.userGiven {
		dropped = append(dropped, "-u")
	}
	if len(dropped) > 0 {
		f.warnedHome.Do(func() {
			f.report.notice("getin: to other hosts than %s, the list's URLs go without %s", f.home[0].Display(), strings.Join(dropped, ", "))
		})
	}
}
