package cli

import (
	"net/url"
	"strings"

	"getin/client/auth"
	"getin/client/h1"
	"getin/store"
)

// proxies says which proxy is for which URL, and what it is told.
type proxies struct {
	of  h1.ProxyFunc // nil: there are none
	pre h1.ProxyFunc // a SOCKS proxy before them; nil: there is none

	fields []h1.Field           // of --proxy-header
	typed  map[auth.Origin]bool // the http and https proxies of the URLs on the command line
	given  []store.Given
	told   []auth.Credential // what goes to SOCKS proxies
}

// proxies reads what the command line says, and the environment.
func (o *options) proxies(sys *System, typed []*target) (*proxies, error) {
	po := &o.proxy
	p := &proxies{}
	except := po.except
	if !po.exceptSet {
		except = h1.NoProxy(sys.env)
	}
	var err error
	switch {
	case !po.given:
		p.of = h1.EnvironmentProxy(sys.env, except)
	case po.url != "":
		if p.of, err = h1.FixedProxy(po.url, except); err != nil {
			return nil, err
		}
	}
	if po.pre != "" {
		if err := p.readPre(po.pre, except); err != nil {
			return nil, err
		}
	}
	if !p.any() {
		return p, nil
	}
	if err := p.readFields(po.headers); err != nil {
		return nil, err
	}
	return p, p.addGiven(po, typed)
}

// any tells that there is a proxy for some URL.
func (p *proxies) any() bool { return p.of != nil || p.pre != nil }

// readPre takes --preproxy for a SOCKS proxy when it says nothing else, as curl
// does.
func (p *proxies) readPre(v, except string) error {
	if !strings.Contains(v, "://") {
		v = "socks4://" + v
	}
	pre, err := h1.ParseProxy(v)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(pre.Scheme, "socks") {
		return &usageError{why: "flag --preproxy: no SOCKS proxy", code: exitUsage}
	}
	p.pre, err = h1.FixedProxy(v, except)
	return err
}

func (p *proxies) readFields(headers []string) error {
	for _, h := range headers {
		list, err := readFields(h, "proxy-header", nil)
		if err != nil {
			return err
		}
		for _, f := range list {
			if !f.remove {
				p.fields = append(p.fields, h1.Field(f.Field))
			}
		}
	}
	return nil
}

// answersByHand: --proxy-header has the answer to the proxy, which is final.
func (p *proxies) answersByHand() bool {
	for _, f := range p.fields {
		if strings.EqualFold(f.Name, auth.Proxy.Answer) {
			return true
		}
	}
	return false
}

// fieldsFor returns the fields of --proxy-header for a proxy: one that a URL on
// the command line goes through. A redirect may lead to another (SECURITY C8).
func (p *proxies) fieldsFor(proxy *url.URL) []h1.Field {
	if o, err := auth.OriginOf(proxy); err != nil || !p.typed[o] {
		return nil
	}
	return p.fields
}

// addGiven makes what was given for proxies known: userinfo of a proxy's URL is
// for that proxy, -U for those that have none (rule R4). SOCKS proxies are told
// by the engine; the others are a dialogue.
func (p *proxies) addGiven(po *proxyOptions, typed []*target) error {
	p.typed = map[auth.Origin]bool{}
	user, password, has := strings.Cut(po.user, ":")
	forSOCKS := url.UserPassword(user, password)
	if !po.userGiven {
		forSOCKS = nil
	}
	for _, t := range typed {
		http, socks := p.through(t.url)
		if socks != nil && socks.User == nil && http == nil && po.userGiven && !has {
			return &usageError{why: "flag --proxy-user: a SOCKS proxy needs the password too", code: exitUsage}
		}
		for _, u := range []*url.Userinfo{forSOCKS, userOf(socks)} {
			p.told = append(p.told, credentialOf(u))
		}
		if http == nil {
			continue
		}
		o, err := auth.OriginOf(http)
		if err != nil || p.typed[o] {
			continue // a bad one the request will tell of
		}
		p.typed[o] = true
		if g, ok := po.givenFor(http); ok {
			g.Origins = []auth.Origin{o}
			p.given = append(p.given, g)
		}
	}
	p.pre = forEngine(p.pre, forSOCKS, p.of)
	p.of = forEngine(p.of, forSOCKS, nil)
	return nil
}

// shows tells that a password for a proxy is among the arguments.
func (po *proxyOptions) shows() bool {
	_, password, _ := strings.Cut(po.user, ":")
	found := password != ""
	for _, v := range []string{po.url, po.pre} {
		u, err := h1.ParseProxy(v)
		found = found || err == nil && credentialOf(u.User).Secret.Reveal() != ""
	}
	return po.inArgs && found || po.own.visible
}

// givenFor is what was given for an http or https proxy.
func (po *proxyOptions) givenFor(proxy *url.URL) (store.Given, bool) {
	g := store.Given{Party: auth.Proxy, Source: "-U"}
	g.Unasked, g.NTLM = po.pick.unasked()
	if proxy.User != nil {
		g.Credential, g.Source = credentialOf(proxy.User), "the proxy's URL"
		return g, true
	}
	user, password, has := strings.Cut(po.user, ":")
	g.Credential = auth.Credential{User: user, Secret: auth.NewSecret(password)}
	if !has {
		g.Unasked, g.NeedsPerson, g.Fixed = false, true, true
	}
	return g, po.userGiven
}

func credentialOf(u *url.Userinfo) auth.Credential {
	password, _ := u.Password()
	return auth.Credential{User: u.Username(), Secret: auth.NewSecret(password)}
}

func userOf(u *url.URL) *url.Userinfo {
	if u == nil {
		return nil
	}
	return u.User
}

// through returns the http or https proxy and the SOCKS proxy of a URL, each nil
// when there is none. What is wrong with them the request will tell.
func (p *proxies) through(u *url.URL) (http, socks *url.URL) {
	for _, of := range []h1.ProxyFunc{p.pre, p.of} {
		if of == nil {
			continue
		}
		switch via, err := of(u); {
		case err != nil || via == nil:
		case isSOCKS(via):
			socks = via
		default:
			http = via
		}
	}
	return http, socks
}

func isSOCKS(proxy *url.URL) bool { return strings.HasPrefix(proxy.Scheme, "socks") }

// forEngine leaves userinfo with SOCKS proxies alone, who get user when they
// have none; but not for a URL that behind names a proxy for. What goes to the
// other proxies is for the dialogue to decide.
func forEngine(of h1.ProxyFunc, user *url.Userinfo, behind h1.ProxyFunc) h1.ProxyFunc {
	if of == nil {
		return nil
	}
	return func(u *url.URL) (*url.URL, error) {
		p, err := of(u)
		if p == nil || err != nil {
			return nil, err
		}
		out := *p
		switch {
		case !isSOCKS(p):
			out.User = nil
		case p.User == nil:
			out.User = user
		}
		if behind != nil && p.User == nil {
			if other, _ := behind(u); other != nil && !isSOCKS(other) {
				out.User = nil // it is for that one
			}
		}
		return &out, nil
	}
}
