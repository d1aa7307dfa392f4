package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"getin/client"
	"getin/client/auth"
	"getin/client/h1"
	"getin/store"
	"getin/store/index"
)

func explainFlags() []flagDef {
	return append(append(connectFlags(), jsonFlag()), flagsNamed(
		"header", "user-agent", "user", "basic", "digest", "ntlm", "negotiate", "anyauth", "oauth2-bearer", "aws-sigv4", "account",
		"netrc", "netrc-file", "netrc-optional", "no-store", "store", "ask", "allow-cleartext", "allow-downgrade",
		"max-time", "connect-timeout", "max-redirs", "location-trusted", "insecure", "cacert",
	)...)
}

func runExplain(ctx context.Context, sys *System, args []string) int {
	return runActions(ctx, sys, "explain", []action{{
		words: "URL", help: "what the server asks, and what would answer; no secret is sent",
		flags: uniqueFlags(explainFlags), least: 1, most: 1, run: explain,
	}}, args)
}

// uniqueFlags leaves out what is there twice.
func uniqueFlags(flags func() []flagDef) func() []flagDef {
	return func() []flagDef {
		var list []flagDef
		for _, d := range flags() {
			if !slices.ContainsFunc(list, func(e flagDef) bool { return e.name == d.name }) {
				list = append(list, d)
			}
		}
		return list
	}
}

// explainer asks a URL, and each that it leads to, without any credential.
type explainer struct {
	*parts
	plan *plan
}

// explained is one URL of the chain, and where its answers would come from.
type explained struct {
	*client.Foresight
	unasked  []goesAtOnce
	issuers  []*issuing // of Offers
	stored   []index.Entry
	by       store.Foreseen // of Choice
	concerns []string       // what would be asked, or refused, before it goes
}

// goesAtOnce is what a fetch would send before anybody asks.
type goesAtOnce struct {
	party  *auth.Party
	scheme string
	by     store.Foreseen
}

func explain(j *job) error {
	t, err := readURL(j.words[0])
	if err != nil {
		return err
	}
	x, err := newExplainer(j, t)
	if err != nil {
		return err
	}
	ctx, stop := withLimit(j.ctx, j.o.maxTime)
	defer stop()
	chain, err := x.chain(ctx, t.url)
	if len(chain) == 0 {
		return err
	}
	if j.o.command.json {
		return firstOf(writeJSON(j.sys.Stdout, x.toJSON(chain)), err)
	}
	if _, werr := io.WriteString(j.sys.Stdout, x.text(chain)); werr != nil {
		return &writeError{werr}
	}
	return err
}

func newExplainer(j *job, t *target) (*explainer, error) {
	r, err := newRun(j.ctx, j.sys, j.o.runOptions, j.mask)
	if err != nil {
		return nil, err
	}
	j.rep = r.report
	p, err := r.join(j.o, []*target{t})
	if err != nil {
		return nil, err
	}
	x := &explainer{parts: p}
	if x.plan, err = newPlan(j.o, j.sys.Stdin); err != nil {
		return nil, err
	}
	p.proxies.fields = slices.DeleteFunc(slices.Clone(p.proxies.fields), func(f h1.Field) bool { return !client.GoesAnywhere(f.Name) })
	p.client.Wallet, p.client.Policy.Follow = foreseer{p.wallet}, true
	p.client.Trace = nil // nothing is fetched
	if p.client.Signer != nil {
		p.client.SignAs = foreseeSigner(p.wallet)
	}
	return x, nil
}

// chain asks the URL and follows where it leads.
func (x *explainer) chain(ctx context.Context, u *url.URL) ([]*explained, error) {
	req := (&http.Request{
		Method: http.MethodGet, URL: u, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	for _, f := range x.plan.fields {
		req.Header.Add(f.Name, f.Value)
	}
	steps, err := x.client.Foresee(req)
	var list []*explained
	for _, f := range steps {
		list = append(list, x.look(ctx, f))
	}
	return list, err
}

// look adds to what the client would do where the credentials would come from.
func (x *explainer) look(ctx context.Context, f *client.Foresight) *explained {
	e := &explained{Foresight: f, issuers: x.issuers(ctx, f)}
	for _, a := range f.Unasked {
		sp := a.Query.Space
		_, by := x.wallet.ForeseeRecall(sp.Party, targetOf(a.Query))
		e.unasked = append(e.unasked, goesAtOnce{sp.Party, a.Query.Scheme, by})
	}
	if f.SignedAs != nil {
		by, _ := x.wallet.ForeseeTold(f.Origin)
		e.unasked = append(e.unasked, goesAtOnce{auth.Server, signing, by})
	} else if x.plan.carries(auth.Server.Answer) && !f.Left {
		e.unasked = append(e.unasked, goesAtOnce{auth.Server, auth.Server.Answer, store.Foreseen{From: store.FromGiven, Source: "-H"}})
	}
	if f.Party != nil && x.index != nil {
		if file, err := x.index.Load(f.Party, f.PartyOrigin); err == nil {
			e.stored = file.Entries
		}
	}
	if c := f.Choice; c != nil {
		e.by, _ = x.wallet.Foresee(ctx, c.Query) // it has told already that there is no error
		for _, concern := range c.Concerns {
			if text := x.concernText(concern); text != "" {
				e.concerns = append(e.concerns, text)
			}
		}
	}
	return e
}

// concernText is what speaks against the answer, in the user's terms (rules R6,
// R7 and R8); "" when it was agreed to for good.
func (x *explainer) concernText(c auth.Concern) string {
	yes, err := x.wallet.Agreed(c)
	var changed *store.KeyChangedError
	switch {
	case yes:
		return ""
	case errors.As(err, &changed):
		return changed.Error() + ": nothing is sent"
	}
	const asks = ": getin asks first, and without a terminal "
	switch c.Risk {
	case auth.ClearText:
		return "the " + string(c.Query.Wants) + " would be sent unencrypted" + asks + "does not send it"
	case auth.Unverified:
		return "the certificate is not verified" + asks + "sends nothing"
	case auth.Elsewhere:
		return "the " + string(c.Query.Wants) + " would go to the token server " + c.Issuer.Display() + asks + "does not send it"
	default:
		return fmt.Sprintf("%s was accepted here before and this is %s%sdoes not send it", c.Stronger, c.Query.Strength, asks)
	}
}
