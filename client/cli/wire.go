package cli

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"sync"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/digest"
	"getin/client/cookie"
	"getin/client/h1"
	"getin/store"
	"getin/store/index"
	"getin/store/keyring"
	"getin/store/vault"
)

// run is what all groups of options share. This file is the one place where the
// parts meet.
type run struct {
	sys     *System
	options *runOptions
	mask    *mask
	meter   *meter
	report  *report
	verbose *verbose     // nil: no -v
	index   *index.Index // nil: nothing is remembered
	keep    store.Place
	person  store.Person // nil: nobody is asked
	ambient ambient
	joined  []*parts    // of the groups so far
	jar     *cookie.Jar // nil: nobody keeps cookies

	writing  sync.Mutex // held while what transfers share is written: -D, -w
	warnedPS bool       // a password in the arguments was remarked upon
}

// parts is what one group of options is fetched with.
type parts struct {
	*run
	options *options
	wallet  *store.Wallet
	engine  *h1.Engine
	client  *client.Client
}

// newRun makes what the groups share.
func newRun(ctx context.Context, sys *System, o *runOptions) (*run, error) {
	r := &run{sys: sys, options: o, mask: &mask{off: o.showSecrets}}
	if r.meter = newMeter(sys, o, r.mask); r.meter != nil {
		above := *sys // everything else on stderr goes around the meter
		above.Stderr = r.meter.console
		sys, r.sys = &above, &above
	}
	r.report = newReport(sys, o, r.mask)
	for _, w := range o.warned {
		r.report.notice("getin: %s", w)
	}
	if o.verbose {
		r.verbose = &verbose{to: sys.Stderr, mask: r.mask}
	}
	asks := !o.noPrompt && sys.env("GETIN_NO_PROMPT") == ""
	if asks {
		r.person = &person{sys: sys, limit: o.promptLimit, mask: r.mask, meter: r.meter, locks: lockDir(sys)}
	}
	var err error
	if r.keep, err = r.place(ctx, asks); err != nil {
		return nil, err
	}
	if dir := stateDir(sys); dir != "" && r.keep.Name != "" {
		r.index = index.Open(filepath.Join(dir, "index"))
		r.index.Warn = func(err error) { r.report.notice("getin: %v", err) }
	}
	r.ambient, err = newAmbient(sys)
	return r, err
}

// join makes the parts for a group of options and the URLs that were typed in
// it.
func (r *run) join(o *options, typed []*target) (*parts, error) {
	p := &parts{run: r, options: o}
	proxy := h1.EnvironmentProxy(r.sys.env)
	given, err := r.given(o, typed)
	if err != nil {
		return nil, err
	}
	p.wallet = r.walletFor(o, append(given, givenByProxies(proxy, typed)...))
	p.engine = r.engineFor(o, proxy)
	p.client = &client.Client{
		Sender: client.Engine{Engine: p.engine}, Schemes: o.schemes(),
		Wallet: &watchedWallet{p.wallet, r.mask}, Consent: p.consent, Proxy: proxy,
		Jar: r.jarFor(o),
		Policy: client.Policy{
			AllowClearText: o.cleartext, AllowDowngrade: o.downgrade, Unverified: o.insecure,
			Follow: o.location, MaxRedirects: o.maxRedirs, KeepMethod: o.method != "",
			TrustRedirects: o.trusted, AutoReferer: o.autoReferer(),
		},
		Trace: tracer(r.verbose),
	}
	r.joined = append(r.joined, p)
	return p, nil
}

// engineFor returns the engine of a group that connects in the same way, for its
// connections, or a new one.
func (r *run) engineFor(o *options, proxy proxyFunc) *h1.Engine {
	for _, other := range r.joined {
		if reflect.DeepEqual(other.options.connectOptions, o.connectOptions) {
			return other.engine
		}
	}
	return h1.New(h1.Config{
		Proxy: proxy, ConnectTimeout: o.connectTimeout, Getenv: r.sys.env,
		TLS: h1.TLS{CACert: o.caCert, Insecure: o.insecure, HTTP2: o.http2},
	})
}

// proxyFunc names the proxy for a URL; nil is none.
type proxyFunc = func(*url.URL) (*url.URL, error)

// walletFor returns a wallet that holds what was given to the group. What was
// given to one must answer for no other (rule R4), so they have wallets of their
// own, which meet in the store as two runs do. Groups that were given nothing
// and want the same share one, so that a person is asked once.
func (r *run) walletFor(o *options, given []store.Given) *store.Wallet {
	for _, g := range given {
		r.mask.add(g.Credential)
	}
	w := &store.Wallet{
		Given: given, Account: o.account, Tries: o.tries, Saving: o.savingTerms(), Renew: o.renew,
		Keep: r.keep, Index: r.index, Person: r.person, Notify: r.tell,
	}
	for _, p := range r.joined {
		if other := p.wallet; len(given)+len(other.Given) == 0 && other.Account == w.Account &&
			other.Tries == w.Tries && other.Saving == w.Saving && other.Renew == w.Renew {
			return other
		}
	}
	return w
}

// schemes are those that may answer, strongest first.
func (o *options) schemes() []auth.Scheme {
	var list []auth.Scheme
	if o.pick == pickAny || o.pick&pickDigest != 0 {
		list = append(list, digest.Scheme{})
	}
	if o.pick == pickAny || o.pick&pickBasic != 0 {
		list = append(list, basic.Scheme{})
	}
	return list
}

func (o *options) savingTerms() store.Saving {
	return map[saving]store.Saving{savingUnset: store.SaveAsked, savingAll: store.SaveAll, savingNone: store.SaveNone}[o.saving]
}

// place opens the store that was chosen; --no-store and "none" are the zero
// Place.
func (r *run) place(ctx context.Context, asks bool) (store.Place, error) {
	if r.options.noStore {
		return store.Place{}, nil
	}
	c, err := chooseStore(r.sys, r.options.store)
	if err != nil || c.name == placeNone {
		return store.Place{}, err
	}
	return openPlace(r.sys, c, asks && r.hasTerminal(ctx), func() {
		r.report.notice("getin: waiting for the keyring to be unlocked")
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

func (r *run) hasTerminal(ctx context.Context) bool {
	t, err := r.sys.Terminal(ctx)
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
func givenByProxies(proxy proxyFunc, typed []*target) []store.Given {
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
func (r *run) accountsAt(resp *http.Response) []string {
	o, err := auth.OriginOf(resp.Request.URL)
	if err != nil || r.index == nil {
		return nil
	}
	f, err := r.index.Load(auth.Server, o)
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
