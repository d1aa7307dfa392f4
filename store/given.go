package store

import (
	"context"
	"iter"
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

// givenTo yields what was given, with its secret, for that party at that origin.
func (w *Wallet) givenTo(p *auth.Party, o auth.Origin) iter.Seq2[int, *Given] {
	return func(yield func(int, *Given) bool) {
		for i := range w.Given {
			if g := &w.Given[i]; !g.NeedsPerson && g.covers(p, o) && !yield(i, g) {
				return
			}
		}
	}
}

// givenFor returns the index of the first of these, or -1.
func (w *Wallet) givenFor(p *auth.Party, o auth.Origin) int {
	for i := range w.givenTo(p, o) {
		return i
	}
	return -1
}

func (g *Given) foreseen() Foreseen {
	return Foreseen{From: FromGiven, Source: g.Source, Account: g.Credential.User}
}

// challenge is the one that is made up for it to answer unasked: no realm is
// known yet.
func (g *Given) challenge() auth.Challenge {
	switch {
	case g.NTLM:
		return auth.Challenge{Scheme: "ntlm"}
	case g.kind() == auth.Password:
		return auth.Challenge{Scheme: "basic", Params: []auth.Param{{Name: "realm"}}}
	}
	return auth.Challenge{Scheme: "bearer"}
}

// Told returns the password that was given for a server's origin, for a scheme
// that nobody asks for; ErrNoCredential when there is none. Who was named without
// one is asked for it, and the errors are then those of Fill.
func (w *Wallet) Told(ctx context.Context, o auth.Origin, scheme string) (auth.Credential, error) {
	g := w.teller(o)
	if g == nil {
		return auth.Credential{}, auth.ErrNoCredential
	}
	c := g.Credential
	c.Given = true
	q := auth.Query{
		Space: auth.Space{Party: auth.Server, Origin: o}, Scheme: scheme, Wants: auth.Password, Target: o.String(), Person: true,
	}
	var err error
	switch {
	case g.NeedsPerson && w.Person == nil:
		err = auth.ErrNobody
	case g.NeedsPerson:
		var said auth.Credential
		said, err = w.Person.Credential(ctx, Question{Query: q, User: c.User, Fixed: true, Left: 1, Again: nothingStored})
		c.Secret = said.Secret
	case g.Secret != nil:
		c.Secret, err = g.Secret(ctx, q)
	}
	return c, err
}

func nothingStored(context.Context) (auth.Credential, bool) { return auth.Credential{}, false }

// ForeseeTold tells where the password that Told returns would come from, and
// whether there is one.
func (w *Wallet) ForeseeTold(o auth.Origin) (Foreseen, bool) {
	g := w.teller(o)
	if g == nil {
		return Foreseen{}, false
	}
	f := g.foreseen()
	if g.NeedsPerson {
		f.From = FromPerson
	}
	return f, true
}

// teller returns what gives a user for the server's origin: one with a password,
// else one whose password is to be asked for.
func (w *Wallet) teller(o auth.Origin) *Given {
	var named *Given
	for i := range w.Given {
		g := &w.Given[i]
		switch {
		case !g.covers(auth.Server, o) || !g.is(auth.Password) || g.Credential.User == "":
		case !g.NeedsPerson:
			return g
		case named == nil:
			named = g
		}
	}
	return named
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
