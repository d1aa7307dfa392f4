package cli

import (
	"context"
	"errors"
	"strings"

	"getin/client/auth"
	"getin/client/token"
	"getin/store/index"
)

// takeClientID reads --oauth-client-id:
//
//	value = [ issuer "=" ] client-id
//
// An issuer is a URL, of which the origin counts. A client that has a URL for a
// name, with "=" in it, needs the issuer too.
func takeClientID(o *options, v string) error {
	c := token.ClientFor{ID: v}
	issuer, id, has := strings.Cut(v, "=")
	if has && strings.Contains(issuer, "://") {
		at, err := auth.ParseOrigin(issuer)
		if err != nil {
			return err
		}
		c = token.ClientFor{Origin: at, ID: id}
	}
	if c.ID == "" {
		return errors.New("no client")
	}
	o.use.Clients = append(o.use.Clients, c)
	return checkText(v)
}

// remembersClients lets the client know whom getin is registered as, from one run
// to the next. --ask forgets that, as it does what is stored.
func (p *parts) remembersClients(c *token.Client) {
	if p.index == nil {
		return
	}
	if !p.options.renew {
		c.Registered = p.registered
	}
	if p.options.saving != savingNone {
		c.Remember = p.rememberClient
	}
}

func (r *run) registered(issuer string) string {
	at, err := auth.ParseOrigin(issuer)
	if err != nil {
		return ""
	}
	f, err := r.index.Load(auth.Server, at)
	if err != nil {
		return "" // it registers anew
	}
	return f.Clients[issuer]
}

func (r *run) rememberClient(ctx context.Context, issuer, id string) {
	at, err := auth.ParseOrigin(issuer)
	if err == nil {
		err = r.index.Update(ctx, auth.Server, at, func(f *index.File) error {
			if id == "" {
				delete(f.Clients, issuer)
				return nil
			}
			if f.Clients == nil {
				f.Clients = map[string]string{}
			}
			f.Clients[issuer] = id
			return nil
		})
	}
	if err != nil {
		r.report.notice("getin: %v", err) // the next sign-in registers again
	}
}
