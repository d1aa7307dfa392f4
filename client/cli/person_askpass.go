package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
)

// program returns the askpass program, or "": GETIN_ASKPASS, or SSH_ASKPASS
// where there is a display to show it.
func (p *person) program() string {
	if own := p.sys.env("GETIN_ASKPASS"); own != "" {
		return own
	}
	if p.sys.env("DISPLAY") != "" || p.sys.env("WAYLAND_DISPLAY") != "" {
		return p.sys.env("SSH_ASKPASS")
	}
	return ""
}

// askpass asks through the program, which hears of the origin and never of the
// realm.
func (p *person) askpass(ctx context.Context, q store.Question) (auth.Credential, error) {
	origin := q.Query.Space.Origin
	c := auth.Credential{User: q.User}
	if q.Query.Wants == auth.Password && !q.Fixed && (q.User == "" || q.Refused) {
		user, err := prompt.Askpass(ctx, p.program(), fmt.Sprintf("Username for '%s': ", origin.Display()), nil)
		if err != nil {
			return c, err
		}
		c.User = user
	}
	as := origin.Display()
	if c.User != "" {
		u := url.URL{Scheme: origin.Scheme, User: url.User(c.User), Host: strings.TrimPrefix(as, origin.Scheme+"://")}
		as = u.String()
	}
	secret, err := prompt.Askpass(ctx, p.program(), fmt.Sprintf("Password for '%s': ", as), nil)
	c.Secret = auth.NewSecret(secret)
	return c, err
}
