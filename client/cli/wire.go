package cli

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/digest"
	"getin/client/h1"
	"getin/store"
	"getin/store/index"
	"getin/store/keyring"
	"getin/store/vault"
)

// parts is everything that a run is made of. This file is the one place where
// they meet.
type parts struct {
	sys     *System
	options *options
	mask    *mask
	report  *report
	index   *index.Index // nil: nothing is remembered
	wallet  *store.Wallet
	client  *client.Client
}

// join makes the parts for the URLs that were typed.
func join(ctx context.Context, sys *System, o *options, typed []*target) (*parts, error) {
	p := &parts{sys: sys, options: o, mask: &mask{off: o.showSecrets}}
	p.report = newReport(sys, o, p.mask)
	for _, w := range o.warned {
		p.report.notice("getin: %s", w)
	}
	proxy := h1.EnvironmentProxy(sys.env)
	if err := p.addWallet(ctx, proxy, typed); err != nil {
		return nil, err
	}
	p.client = &client.Client{
		Sender: client.Engine{Engine: h1.New(h1.Config{
			Proxy: proxy, ConnectTimeout: o.connectTimeout, Getenv: sys.env,
			TLS: h1.TLS{CACert: o.caCert, Insecure: o.insecure, HTTP2: o.http2},
		})},
		Schemes: o.schemes(), Wallet: &watchedWallet{p.wallet, p.mask}, Consent: p.consent, Proxy: proxy,
		Policy: client.Policy{
			AllowClearText: o.cleartext, AllowDowngrade: o.downgrade, Unverified: o.insecure,
			Follow: o.location, MaxRedirects: o.maxRedirs, KeepMethod: o.method != "",
			TrustRedirects: o.trusted, AutoReferer: o.autoReferer(),
		},
	}
	var v *verbose
	if o.verbose {
		v = &verbose{to: sys.Stderr, mask: p.mask}
	}
	p.client.Trace = tracer(v)
	return p, nil
}

// schemes are those that may answer, strongest first.
func (o *options) schemes() []auth.Scheme {
	switch o.pick {
	case pickBasic:
		return []auth.Scheme{basic.Scheme{}}
	case pickDigest:
		return []auth.Scheme{digest.Scheme{}}
	default:
		return []auth.Scheme{digest.Scheme{}, basic.Scheme{}}
	}
}

func (p *parts) addWallet(ctx context.Context, proxy func(*url.URL) (*url.URL, error), typed []*target) error {
	o := p.options
	given, err := o.given(p.sys, p.mask, typed)
	if err != nil {
		return err
	}
	given = append(given, givenByProxies(proxy, typed)...)
	for _, g := range given {
		p.mask.add(g.Credential)
	}
	w := &store.Wallet{
		Given: given, Account: o.account, Tries: o.tries, Saving: o.savingTerms(), Renew: o.renew, Notify: p.tell,
	}
	asks := !o.noPrompt && p.sys.env("GETIN_NO_PROMPT") == ""
	if asks {
		w.Person = &person{sys: p.sys, limit: o.promptLimit, mask: p.mask, locks: lockDir(p.sys)}
	}
	if w.Keep, err = p.place(ctx, asks); err != nil {
		return err
	}
	if dir := stateDir(p.sys); dir != "" && w.Keep.Name != "" {
		p.index = index.Open(filepath.Join(dir, "index"))
		p.index.Warn = func(err error) { p.report.notice("getin: %v", err) }
		w.Index = p.index
	}
	p.wallet = w
	return nil
}

func (o *options) savingTerms() store.Saving {
	return map[saving]store.Saving{savingUnset: store.SaveAsked, savingAll: store.SaveAll, savingNone: store.SaveNone}[o.saving]
}

// place opens the store that was chosen; --no-store and "none" are the zero
// Place.
func (p *parts) place(ctx context.Context, asks bool) (store.Place, error) {
	if p.options.noStore {
		return store.Place{}, nil
	}
	c, err := chooseStore(p.sys, p.options.store)
	if err != nil || c.name == placeNone {
		return store.Place{}, err
	}
	return openPlace(p.sys, c, asks && p.hasTerminal(ctx), func() {
		p.report.notice("getin: waiting for the keyring to be unlocked")
	}), nil
}

// openPlace opens the place. interactive allows its own dialogs; waiting is
// called when one takes long.
func openPlace(sys *System, c choice, interactive bool, waiting func()) store.Place {
	switch {
	case sys.Keep != nil && sys.Keep.Name == c.name:
		return *sys.Keep
	case c.name == placeKeyring:
		k := &keyring.Keyring{Interactive: interactive, Waiting: waiting}
		return store.Place{Name: c.name, Store: k, Quiet: k.Quiet()}
	default:
		v := vault.Open(c.dir)
		return store.Place{Name: c.name, Store: v, Quiet: v}
	}
}

func (p *parts) hasTerminal(ctx context.Context) bool {
	t, err := p.sys.Terminal(ctx)
	if err != nil {
		return false
	}
	_ = t.Close() // nothing was asked on it
	return true
}

// consent puts a concern to the wallet, and keeps it with a refusal, for the
// hint.
func (p *parts) consent(ctx context.Context, c auth.Concern) error {
	if err := p.wallet.Consent(ctx, c); err != nil {
		return &refusal{c, err}
	}
	return nil
}

// givenByProxies: userinfo in a proxy's URL is for that proxy (rule R4).
func givenByProxies(proxy func(*url.URL) (*url.URL, error), typed []*target) []store.Given {
	if proxy == nil {
		return nil
	}
	var list []store.Given
	seen := map[auth.Origin]bool{}
	for _, t := range typed {
		u, err := proxy(t.url)
		if err != nil || u == nil || u.User == nil {
			continue // the request will tell what is wrong
		}
		o, err := auth.OriginOf(u)
		if err != nil || seen[o] {
			continue
		}
		seen[o] = true
		password, _ := u.User.Password()
		list = append(list, store.Given{
			Credential: auth.Credential{User: u.User.Username(), Secret: auth.NewSecret(password)},
			Origins:    []auth.Origin{o}, Party: auth.Proxy, Unasked: true, Source: "the proxy's URL",
		})
	}
	return list
}

// watchedWallet makes every secret that the wallet hands out known to the mask.
type watchedWallet struct {
	*store.Wallet
	mask *mask
}

// Recall implements client.Wallet.
func (w *watchedWallet) Recall(ctx context.Context, p *auth.Party, u *url.URL) auth.Recalled {
	r := w.Wallet.Recall(ctx, p, u)
	w.mask.add(r.Credential)
	return r
}

// Fill implements client.Wallet.
func (w *watchedWallet) Fill(ctx context.Context, q auth.Query) (auth.Credential, error) {
	c, err := w.Wallet.Fill(ctx, q)
	w.mask.add(c)
	return c, err
}

// accountsAt names the accounts that are stored for the server of a response.
func (p *parts) accountsAt(resp *http.Response) []string {
	o, err := auth.OriginOf(resp.Request.URL)
	if err != nil || p.index == nil {
		return nil
	}
	f, err := p.index.Load(auth.Server, o)
	if err != nil {
		return nil // a hint is not worth an error
	}
	var names []string
	for _, e := range f.Entries {
		if e.Account != "" && !slices.Contains(names, e.Account) {
			names = append(names, e.Account)
		}
	}
	return names
}
