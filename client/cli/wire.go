package cli

import (
	"context"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/bearer"
	"getin/client/auth/digest"
	"getin/client/auth/negotiate"
	"getin/client/auth/ntlm"
	"getin/client/auth/scram"
	"getin/client/cli/har"
	"getin/client/cli/mask"
	"getin/client/cli/meter"
	"getin/client/cli/trace"
	"getin/client/cookie"
	"getin/client/h1"
	"getin/client/ticket"
	"getin/client/token"
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
	mask    *mask.Mask
	meter   *meter.Meter
	report  *report
	verbose *trace.Log   // nil: no -v, and no trace
	har     *har.Archive // nil: no --har
	index   *index.Index // nil: nothing is remembered
	keep    store.Place
	person  store.Person // nil: nobody is asked
	asker   *person      // the same
	ambient ambient
	joined  []*parts // of the groups so far
	helpers map[string]*store.Helper
	tickets *ticket.Client
	jar     *cookie.Jar // nil: nobody keeps cookies

	shed     sync.Once
	writing  sync.Mutex // held while what transfers share is written: -D, -w
	warnedPS bool       // a password in the arguments was remarked upon
}

// parts is what one group of options is fetched with.
type parts struct {
	*run
	options *options
	proxies *proxies
	wallet  *store.Wallet
	engine  *h1.Engine

	// strangers is the engine's TLS for servers that the certificate of -E was
	// not given for; nil: the same for all.
	strangers *h1.TLS

	client *client.Client
}

// newRun makes what the groups share. Whoever made the mask wipes it.
func newRun(ctx context.Context, sys *System, o *runOptions, m *mask.Mask) (*run, error) {
	r := &run{sys: sys, options: o, mask: m}
	if r.meter = newMeter(sys, o, r.mask); r.meter != nil {
		above := *sys // everything else on stderr goes around the meter
		above.Stderr = &r.meter.Console
		sys, r.sys = &above, &above
	}
	r.report = newReport(sys, o, r.mask)
	for _, w := range o.warned {
		r.report.notice("getin: %s", w)
	}
	var err error
	if r.verbose, err = trace.Open(o.display.trace, sys.Stdout, sys.Stderr, r.mask); err != nil {
		r.report.notice("getin: no trace is written: %v", err) // as in curl, no more
	}
	if o.display.har != "" {
		r.har = har.New(o.display.har, versionNumber, r.mask)
	}
	asks := !o.noPrompt && sys.env("GETIN_NO_PROMPT") == ""
	if asks {
		r.asker = &person{sys: sys, limit: o.promptLimit, mask: r.mask, meter: r.meter, locks: lockDir(sys)}
		r.person = r.asker
	}
	r.tickets = &ticket.Client{Getenv: sys.env}
	if r.keep, err = r.place(ctx, asks); err != nil {
		return nil, err
	}
	if dir := stateDir(sys); dir != "" && r.keep.Name != "" {
		r.index = index.Open(filepath.Join(dir, "index"))
		r.index.Warn = func(err error) { r.report.notice("getin: %v", err) }
	}
	r.ambient, err = newAmbient(sys, r.mask)
	return r, err
}

// join makes the parts for a group of options and the URLs that were typed in
// it.
func (r *run) join(o *options, typed []*target) (*parts, error) {
	p := &parts{run: r, options: o}
	given, err := r.given(o, typed)
	if err != nil {
		return nil, err
	}
	fromFile, err := r.netrcFor(o, typed, given)
	if err != nil {
		return nil, err
	}
	given = append(given, fromFile...)
	if p.proxies, err = o.proxies(r.sys, typed); err != nil {
		return nil, err
	}
	for _, c := range p.proxies.told {
		r.mask.Add(c)
	}
	if p.wallet, err = r.walletFor(o, append(given, p.proxies.given...)); err != nil {
		return nil, err
	}
	r.connect(p)
	p.addClient(r.jarFor(o, typed))
	r.joined = append(r.joined, p)
	return p, nil
}

// joinFor makes parts like those of a group for a URL of a list that names its
// user, who is for that URL's origin alone.
func (r *run) joinFor(like *parts, t *target) *parts {
	p := *like
	// The group itself has named the same helper: there is no error left.
	p.wallet, _ = r.walletFor(p.options, append(givenByURLs([]*target{t}, p.options), p.proxies.given...))
	p.addClient(like.client.Jar)
	return &p
}

func (p *parts) addClient(jar client.Jar) {
	o, engine := p.options, client.Engine{Engine: p.engine, Stranger: p.strangers}
	p.client = &client.Client{
		Sender: engine, Schemes: p.schemes(o.serverPick(), token.Scheme{Client: p.tokens()}), ProxySchemes: p.schemes(o.proxy.pick, bearer.Scheme{}),
		Wallet: &watchedWallet{p.wallet, p.mask}, Consent: p.consent,
		Jar: jar,
		Policy: client.Policy{
			AllowClearText: o.cleartext, AllowDowngrade: o.downgrade, Unverified: o.insecure,
			Follow: o.location, MaxRedirects: o.maxRedirs, KeepMethod: o.method != "",
			TrustRedirects: o.trusted, AutoReferer: o.autoReferer(), KeepPost: o.keepPost,
			RedirectTo: o.mayRedirectTo, RefuseUserinfo: o.noUser,
			ProxyUnverified: o.proxy.insecure, Moved: o.dial.Moves(), OwnProxyAnswer: p.proxies.answersByHand(),
		},
		Trace: tracer(p.verbose, p.har),
	}
	if o.signer != nil {
		p.client.Signer, p.client.SignAs = o.signer, signAs(p.wallet, p.mask)
	}
	if p.proxies.any() {
		p.client.Way = engine.Way
	}
}

// connect gives the group an engine: that of one that connects in the same way,
// for its connections, or a new one.
func (r *run) connect(p *parts) {
	o := p.options
	for _, other := range r.joined {
		if reflect.DeepEqual(other.options.connectOptions, o.connectOptions) && maps.Equal(other.proxies.typed, p.proxies.typed) {
			p.engine, p.strangers = other.engine, other.strangers
			return
		}
	}
	own := o.serverTLS(p.ownCertificate())
	if own.Certificate != nil {
		bare := own
		bare.Certificate = nil
		p.strangers = &bare
	}
	p.engine = h1.New(h1.Config{
		Dial: o.dial.Dial, Network: o.dial.network, HTTP10: o.speaks == http10, PriorHTTP2: o.speaks == http2Prior, Await: o.parallel && !o.parallelImmediate,
		Proxy: p.proxies.of, PreProxy: p.proxies.pre, ProxyFields: p.proxies.fieldsFor,
		Tunnel: o.proxy.tunnel, Connect10: o.proxy.connect10,
		ConnectTimeout: o.connectTimeout, Getenv: r.sys.env,
		ContinueTimeout: o.continueTimeout,
		TLS:             own, ProxyTLS: o.proxyTLS(p.proxyCertificate()),
	})
}

// schemes are those that may answer, strongest first, with the party's own for
// Bearer: no proxy says where to get a token.
func (r *run) schemes(k pick, bearer auth.Scheme) []auth.Scheme {
	var list []auth.Scheme
	if k == pickAny || k&pickNegotiate != 0 {
		// --negotiate is for any host, whatever krb5.conf says (rule R9).
		list = append(list, negotiate.Scheme{Mechanism: r.tickets, Anywhere: k > pickAny})
	}
	if k == pickAny {
		list = append(list, scram.Scheme{}, scram.Scheme{SHA1: true})
	}
	if k == pickAny || k&pickDigest != 0 {
		list = append(list, digest.Scheme{})
	}
	if k == pickAny || k&pickNTLM != 0 {
		list = append(list, ntlm.Scheme{Wanted: k > pickAny})
	}
	if k == pickAny || k&pickBearer != 0 {
		if issued, ok := bearer.(token.Scheme); ok {
			list = append(list, token.DPoP{Client: issued.Client})
		}
		list = append(list, bearer)
	}
	if k == pickAny || k&pickBasic != 0 {
		list = append(list, basic.Scheme{})
	}
	return list
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
	return watched(r.mask, openPlace(r.sys, c, r.options.vaultKey(r.sys, r.asker), asks && r.hasTerminal(ctx), func() {
		r.report.notice("getin: waiting for the keyring to be unlocked")
	})), nil
}

// openPlace opens the place. interactive allows its own dialogs; waiting is
// called when one takes long.
func openPlace(sys *System, c choice, key vault.Key, interactive bool, waiting func()) store.Place {
	switch {
	case sys.Keep != nil && sys.Keep.Name == c.name:
		return *sys.Keep
	case strings.HasPrefix(c.name, placeHelper):
		return openHelper(sys, c, interactive)
	case c.name == placeKeyring:
		k := &keyring.Keyring{Interactive: interactive, Waiting: waiting, Large: largeDir(sys)}
		return store.Place{Name: c.name, Store: k, Quiet: k.Quiet()}
	default:
		v := key.Open(c.dir)
		return store.Place{Name: c.name, Store: v, Quiet: v.Quiet()}
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
		if e.Account != "" && e.Kind != auth.Key && !slices.Contains(names, e.Account) {
			names = append(names, e.Account)
		}
	}
	return names
}
