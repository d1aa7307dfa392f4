package token

import "getin/client/auth"

// Use is what the user says about how to get tokens. The zero value leaves it all
// to the servers.
type Use struct {
	// Clients are those of --oauth-client-id; the last that fits counts, and one
	// for an issuer more than one for any.
	Clients   []ClientFor
	Scope     string // --oauth-scope; "": what the challenge or the resource says
	NoBrowser bool   // --no-browser
}

// ClientFor is who getin is for the issuers of an origin, or for all when that is
// zero.
type ClientFor struct {
	Origin auth.Origin
	ID     string
}

// client returns who getin is for the issuer, "" when the user has not said, and
// whether the issuer was named with it.
func (u Use) client(issuer string) (id string, named bool) {
	at, err := auth.ParseOrigin(issuer)
	for _, c := range u.Clients {
		switch {
		case err == nil && c.Origin == at:
			id, named = c.ID, true
		case c.Origin == (auth.Origin{}) && !named:
			id = c.ID
		}
	}
	return id, named
}
