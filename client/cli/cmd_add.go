package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"getin/client/auth"
	"getin/client/auth/bearer"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
)

func addFlags() []flagDef {
	return append([]flagDef{
		{
			name: "realm", arg: "text", help: "the realm, as the server writes it; may be empty",
			take: func(o *options, v string) error { o.command.realm, o.command.hasRealm = v, true; return nil },
		},
		{
			name: "scheme", arg: "name", help: "what will ask for it: " + strings.Join(schemeNames(), ", "),
			take: func(o *options, v string) error { o.command.scheme = v; return nil },
		},
	}, flagsNamed("account", "no-prompt", "store", "prompt-timeout", "secret-fd", "secret-stdin", "secret-file", "secret-command")...)
}

// addable are the strengths that --scheme may name. A bare "Digest" is the
// weakest of its algorithms: stored for that, a password answers the others too
// (rule R8).
var addable = []auth.Strength{
	auth.StrengthBasic, auth.StrengthDigestMD5, auth.StrengthDigestSHA256, auth.StrengthDigestSHA512,
	auth.StrengthSCRAMSHA1, auth.StrengthSCRAMSHA256, auth.StrengthBearer,
}

func schemeNames() []string {
	var names []string
	for _, s := range addable {
		names = append(names, s.String())
	}
	return names
}

// readScheme reads --scheme; nothing is any scheme that takes a password.
func readScheme(name string) (auth.Strength, error) {
	switch {
	case name == "":
		return 0, nil
	case strings.EqualFold(name, "Digest"):
		return auth.StrengthDigestMD5, nil
	}
	i := slices.IndexFunc(addable, func(s auth.Strength) bool { return strings.EqualFold(s.String(), name) })
	if i < 0 {
		return 0, fmt.Errorf("no scheme %q; there are %s", name, strings.Join(schemeNames(), ", "))
	}
	return addable[i], nil
}

// addRealm is "realms add". Nothing is learnt of the server: the entry answers
// a challenge of its realm and is never sent before one.
func addRealm(j *job) error {
	t, err := readURL(j.words[0])
	if err != nil {
		return err
	}
	if t.hasPassword {
		return j.usage("a password does not go into the URL; see --secret-file and its like")
	}
	strength, err := readScheme(j.o.command.scheme)
	if err != nil {
		return j.usage(err.Error())
	}
	key := store.Key{Kind: auth.Password, Account: j.o.namedUser([]*target{t}), Space: auth.Space{
		Party: auth.Server, Origin: t.origin, Realm: j.o.command.realm, HasRealm: j.o.command.hasRealm,
	}}
	if strength == auth.StrengthBearer {
		key.Kind = auth.Token
	} else if !key.Space.HasRealm {
		return j.usage("needs --realm, as the server writes it (getin -v shows it)")
	}
	w, err := j.walletToAdd()
	if err != nil {
		return err
	}
	c, err := j.secretFor(&key, t)
	if err != nil {
		return err
	}
	learnt := index.Entry{Strength: strength, Last: t.url.EscapedPath()}
	if key.Kind == auth.Token {
		learnt.Expires = bearer.Expiry(c.Secret)
	}
	if err := w.Add(j.ctx, key, c, learnt); err != nil {
		return &failure{err: fmt.Errorf("not saved: %w", err), code: exitAuth}
	}
	e := index.Entry{Space: key.Space, Account: key.Account}
	all, _ := w.Index.All() // only for the length of the ID
	return j.say("saved in %s: %s\nto undo: getin realms remove %s", placeText(w.Keep.Name), describe(&e), index.Short(key.ID(), all))
}

// walletToAdd returns a wallet that keeps in the store in use.
func (j *job) walletToAdd() (*store.Wallet, error) {
	c, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return nil, err
	}
	if c.name == placeNone {
		return nil, &failure{err: errors.New(j.title + ": no store is in use"), code: exitAuth, hint: useHint}
	}
	ix, err := j.index()
	if err != nil {
		return nil, err
	}
	return &store.Wallet{Keep: j.open(c), Index: ix}, nil
}

// secretFor gets the secret from where the command line says, or else from the
// person, who is also asked for a user name that is missing.
func (j *job) secretFor(key *store.Key, t *target) (auth.Credential, error) {
	env, err := newAmbient(j.sys, j.mask)
	if err != nil {
		return auth.Credential{}, err
	}
	read, source, err := j.o.secretReader(j.sys, key.Account, j.mask)
	if err != nil {
		return auth.Credential{}, err
	}
	if read == nil {
		read, source = env.read, env.source
	}
	if read == nil {
		return j.askFor(key)
	}
	if key.Kind == auth.Password && key.Account == "" {
		return auth.Credential{}, j.usage("needs --account with " + source)
	}
	s, err := read(j.ctx, auth.Query{Space: key.Space, Wants: key.Kind, Target: t.url.String()})
	return auth.Credential{User: key.Account, Secret: s}, err
}

func (j *job) askFor(key *store.Key) (auth.Credential, error) {
	var secret auth.Secret
	err := j.talk(func(ctx context.Context, t *prompt.Terminal) error {
		if err := t.Print(fmt.Sprintf("a %s to be stored for %s", key.Kind, key.Space.Origin.Display())); err != nil {
			return err
		}
		if key.Kind == auth.Password && key.Account == "" {
			var err error
			if key.Account, err = t.Line(ctx, "  user", ""); err != nil {
				return err
			}
		} else if key.Account != "" {
			if err := t.Print("  user: " + key.Account); err != nil {
				return err
			}
		}
		typed, err := t.Secret(ctx, "  "+string(key.Kind))
		secret = j.secret(typed)
		return err
	})
	if errors.Is(err, auth.ErrNobody) {
		return auth.Credential{}, &usageError{
			why: j.title + ": there is nobody to ask", hint: "--secret-file, --secret-stdin and --secret-command give the secret", code: exitUsage,
		}
	}
	return auth.Credential{User: key.Account, Secret: secret}, err
}
