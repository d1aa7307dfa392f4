package store

import (
	"context"
	"slices"

	"getin/client/auth"
)

// Given is a credential that the user gave for this run in so many words: an
// option, userinfo of a URL, the environment, a file (RULES R4). It answers at
// the origins it was given for, once in each protection space, and never after a
// redirect has left its origin (RULES R5).
type Given struct {
	Credential auth.Credential

	// Origins are those of the URLs that were typed with it.
	Origins []auth.Origin

	// Anywhere: the user trusts every https origin that a redirect leads to, or,
	// with ClearText, every origin (--location-trusted).
	Anywhere, ClearText bool

	// Party is who may get it; nil is the server.
	Party *auth.Party

	// Kind is what the secret is; "" is auth.Password. AnyKind: it is whatever
	// is asked for, since nothing tells.
	Kind    auth.Kind
	AnyKind bool

	// Final: where it may go nothing else does, neither a stored credential nor
	// a person's (the row of --oauth2-bearer).
	Final bool

	// Unasked: it goes at once, as Basic or, a token, as Bearer; with NTLM, as
	// that. One that is to be saved waits for the challenge all the same: without one there is no realm to save it for.
	Unasked, NTLM bool

	// Save: it is saved once accepted, even when Saving does not say so. Never:
	// it is not saved, whatever Saving says.
	Save, Never bool

	// Secret, when not nil, gets the secret of Credential.User. It is called
	// once a space, after the challenge.
	Secret func(context.Context, auth.Query) (auth.Secret, error)

	// NeedsPerson: only the user name is given; it says which stored credential
	// answers, or is offered when a person is asked for the secret. Fixed: the
	// person may not change it.
	NeedsPerson, Fixed bool

	// Source says where it came from, for people: "-u", "--secret-file".
	Source string
}

// covers reports whether the credential was given for that party at that
// origin. The same host at https and 443 counts as typed when it was typed as
// http and 80 (RULES R5).
func (g *Given) covers(p *auth.Party, o auth.Origin) bool {
	party := g.Party
	if party == nil {
		party = auth.Server
	}
	if g.Anywhere && party == p && (o.Scheme == "https" || g.ClearText) {
		return true
	}
	return party == p && slices.ContainsFunc(g.Origins, func(typed auth.Origin) bool { return typed.Grants(o) })
}

func (g *Given) is(k auth.Kind) bool { return g.AnyKind || g.kind() == k }

func (g *Given) kind() auth.Kind {
	if g.Kind == "" {
		return auth.Password
	}
	return g.Kind
}

// givenFor returns the index of the first Given with a secret for that party
// and origin, or -1.
func (w *Wallet) givenFor(p *auth.Party, o auth.Origin) int {
	return slices.IndexFunc(w.Given, func(g Given) bool { return !g.NeedsPerson && g.covers(p, o) })
}

// Told returns the password that was given for a server's origin, for a scheme
// that nobody asks for: ErrNoCredential when there is none, and ErrNobody when a
// user was named without one.
func (w *Wallet) Told(ctx context.Context, o auth.Origin) (auth.Credential, error) {
	missing := auth.ErrNoCredential
	for i := range w.Given {
		g := &w.Given[i]
		switch {
		case !g.covers(auth.Server, o) || !g.is(auth.Password):
		case g.NeedsPerson:
			missing = auth.ErrNobody
		case g.Credential.User != "":
			c := g.Credential
			c.Given = true
			var err error
			if g.Secret != nil {
				c.Secret, err = g.Secret(ctx, auth.Query{Space: auth.Space{Party: auth.Server, Origin: o}, Wants: auth.Password})
			}
			return c, err
		}
	}
	return auth.Credential{}, missing
}

// goesUnasked reports whether the i-th Given goes before anybody asks. One that is
// to be saved waits for the challenge, which names its space.
func (w *Wallet) goesUnasked(i int) bool {
	g := &w.Given[i]
	return g.Unasked && g.Secret == nil && !w.saves(fromGiven, i)
}

// account returns the account that the user named for the query, if any, and
// whether a person may name another.
func (w *Wallet) account(p *auth.Party, o auth.Origin, redirected bool) (name string, fixed bool) {
	if redirected {
		return "", false
	}
	for i := range w.Given {
		if g := &w.Given[i]; g.NeedsPerson && g.covers(p, o) {
			return g.Credential.User, g.Fixed
		}
	}
	if p != auth.Server {
		return "", false // --account is the server's
	}
	return w.Account, false
}
