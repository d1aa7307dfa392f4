package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"getin/client"
	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

func explainFlags() []flagDef {
	return append(append(connectFlags(), jsonFlag()), flagsNamed(
		"header", "user-agent", "user", "basic", "digest", "ntlm", "negotiate", "anyauth", "oauth2-bearer", "account",
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
	plan   *plan
	client *client.Client // bare: it has no wallet, no jar, and follows nothing
	typed  auth.Origin
}

// explained is one URL of the chain and what is to be said of it.
type explained struct {
	url    *url.URL
	origin auth.Origin
	left   bool // redirects have led away from the origin that was typed
	status int

	unasked    *store.Foreseen // what a fetch would send at once
	party      *auth.Party     // who asks; nil: nobody
	challenges []offered
	syntax     error // about field lines that cannot be read
	stored     []index.Entry
	choice     *chosen // nil: nothing can be answered

	next     *url.URL // where it redirects to
	stripped []string // what does not go there
	ended    string   // why the chain is not followed further
}

// offered is one challenge.
type offered struct {
	challenge auth.Challenge
	traits    auth.Traits
	problem   error // why it cannot be answered
	scheme    auth.Scheme
}

// chosen is the challenge that would be answered.
type chosen struct {
	offered
	by       store.Foreseen
	concerns []string // what would be asked, or refused, first
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
	x := &explainer{parts: p, typed: t.origin}
	if x.plan, err = newPlan(j.o, j.sys.Stdin); err != nil {
		return nil, err
	}
	x.client = &client.Client{Sender: p.client.Sender, Way: p.client.Way, Policy: p.client.Policy}
	x.client.Policy.Follow = false
	return x, nil
}

// chain asks the URL and follows where it leads.
func (x *explainer) chain(ctx context.Context, u *url.URL) ([]*explained, error) {
	var list []*explained
	left := false
	for {
		h := &explained{url: u, left: left}
		if err := x.hop(ctx, h); err != nil {
			return list, err
		}
		list = append(list, h)
		if h.next == nil || h.ended != "" {
			return list, nil
		}
		if limit := x.options.maxRedirs; limit >= 0 && len(list) > limit {
			h.ended = fmt.Sprintf("more than %d redirects", limit)
			return list, nil
		}
		to, _ := auth.OriginOf(h.next) // hop has looked at it
		left = x.leaves(h, to)
		u = h.next
	}
}

// leaves reports whether the next hop is at an origin that gets nothing of what
// was typed (rule R5).
func (x *explainer) leaves(h *explained, to auth.Origin) bool {
	return h.left || !x.typed.Grants(to) && !x.client.Policy.Trusts(to)
}

// hop asks one URL.
func (x *explainer) hop(ctx context.Context, h *explained) (err error) {
	if h.origin, err = auth.OriginOf(h.url); err != nil {
		return err
	}
	wire := &client.Wire{}
	req := (&http.Request{
		Method: http.MethodGet, URL: h.url, Header: x.openFields(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(client.WithWire(ctx, wire))
	resp, err := x.client.Do(req)
	if resp == nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // nobody wants it
	h.status = resp.StatusCode
	x.foreseeUnasked(h)
	var u *client.Unanswered
	if errors.As(err, &u) {
		x.asked(h, u, client.WireOf(resp.Request.Context()))
		return nil
	}
	if to, lerr := resp.Location(); err == nil && resp.StatusCode/100 == 3 && lerr == nil {
		x.redirect(h, to)
	}
	return err
}

// openFields are the fields of the request that say nothing of who the user is.
func (x *explainer) openFields() http.Header {
	fields := http.Header{}
	for _, f := range x.plan.fields {
		if client.GoesAnywhere(f.Name) {
			fields.Add(f.Name, f.Value)
		}
	}
	return fields
}

func (x *explainer) foreseeUnasked(h *explained) {
	if h.left {
		return // nothing does after a redirect to another origin
	}
	if f, ok := x.wallet.ForeseeUnasked(auth.Server, h.url); ok && (x.options.cleartext || h.origin.Scheme == "https" || h.origin.LoopbackName()) {
		h.unasked = &f
	}
}

// redirect notes where the response leads, and what a fetch would leave behind.
func (x *explainer) redirect(h *explained, to *url.URL) {
	to.User = nil // the server's, and nobody's credential
	h.next = to
	o, err := auth.OriginOf(to)
	if err != nil {
		h.ended = "it is no http or https URL, and is not followed"
		return
	}
	if x.leaves(h, o) {
		if h.unasked != nil {
			h.stripped = append(h.stripped, auth.Server.Answer)
		}
		for _, f := range x.plan.fields {
			if !client.GoesAnywhere(f.Name) && !slices.Contains(h.stripped, f.Name) {
				h.stripped = append(h.stripped, f.Name)
			}
		}
	}
	if h.origin.Scheme == "https" && o.Scheme == "http" {
		h.ended = "from https to http: no secret goes along, whoever asks there"
	}
}

// asked looks at the challenges, and at what there is to answer them.
func (x *explainer) asked(h *explained, u *client.Unanswered, wire *client.Wire) {
	h.party, h.syntax = u.Party, u.Syntax
	schemes, origin, at := x.parts.client.Schemes, h.origin, h.url
	if u.Party == auth.Proxy {
		schemes, at = x.parts.client.ProxySchemes, u.Target
		if o, err := auth.OriginOf(u.Target); err == nil {
			origin = o
		}
	}
	for _, c := range u.Challenges {
		h.challenges = append(h.challenges, offerOf(schemes, c))
	}
	if x.index != nil {
		if f, err := x.index.Load(u.Party, origin); err == nil {
			h.stored = f.Entries
		}
	}
	x.choose(h, origin, at, wire)
}

func offerOf(schemes []auth.Scheme, c auth.Challenge) offered {
	for _, s := range schemes {
		if c.Is(s.Name()) {
			t, err := s.Traits(c)
			return offered{c, t, err, s}
		}
	}
	return offered{challenge: c, problem: errors.New("getin does not answer this scheme, or was told not to")}
}

// choose goes as client's dialogue does: the strongest that needs no person, else
// the strongest that a person can answer, tokens last (rule R9).
func (x *explainer) choose(h *explained, origin auth.Origin, at *url.URL, wire *client.Wire) {
	var list []chosen
	for i := range h.challenges {
		o := &h.challenges[i]
		if o.problem != nil {
			continue
		}
		q := auth.Query{
			Space: o.challenge.Space(h.party, origin), Strength: o.traits.Strength, Wants: o.traits.Wants,
			Target: auth.Target(at), Challenge: o.challenge, Method: http.MethodGet,
		}
		if h.left && h.party == auth.Server {
			q.Redirected = x.typed
		}
		by := x.wallet.Foresee(q)
		if o.problem = x.ticket(o.scheme, q.Space, &by); o.problem == nil {
			list = append(list, chosen{offered: *o, by: by})
		}
	}
	slices.SortStableFunc(list, func(a, b chosen) int {
		return cmp.Or(a.rank()-b.rank(), int(b.traits.Strength-a.traits.Strength))
	})
	if len(list) == 0 || list[0].by.From == store.FromFinal {
		return
	}
	h.choice = &list[0]
	h.choice.concerns = x.concerns(h, at, wire)
}

// rank: without a person, with one, with one who would have to know a token.
func (c chosen) rank() int {
	switch {
	case c.by.From == store.FromGiven, c.by.From == store.FromStored, c.by.From == store.FromTicket:
		return 0
	case c.by.From == store.FromFinal:
		return 3
	case c.traits.Wants == auth.Token:
		return 2
	}
	return 1
}

// concerns are what speaks against the answer, in the user's terms (rules R6, R7
// and R8).
func (x *explainer) concerns(h *explained, at *url.URL, wire *client.Wire) []string {
	var list []string
	t := h.choice.traits
	near := wire != nil && (wire.Unix || wire.Peer.Addr().Unmap().IsLoopback()) && !wire.Proxied
	if t.SendsSecret && !x.options.cleartext && at.Scheme != "https" && !near {
		list = append(list, "the "+string(t.Wants)+" would be sent unencrypted: getin asks first, and without a terminal does not send it")
	}
	if wire != nil && wire.Unverified != nil && h.choice.by.From != store.FromGiven && !near {
		list = append(list, "the certificate is not verified: getin asks first, and without a terminal sends nothing")
	}
	s := max(x.wallet.StrongestAt(h.party, at), h.choice.by.Entry.Strength)
	if s == auth.StrengthBearer {
		s = 0 // as client's policy has it
	}
	if t.Strength < s && !x.options.downgrade {
		list = append(list, fmt.Sprintf("%s was accepted here before and this is %s: getin asks first, and without a terminal does not send it", s, t.Strength))
	}
	return list
}
