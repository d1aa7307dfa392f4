package cli

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"getin/client/auth"
	"getin/client/h1"
	"getin/client/token"
)

// tokens gets tokens for a group of options. It costs nothing until one is
// wanted.
func (p *parts) tokens() *token.Client {
	c := &token.Client{
		Do: p.askIssuer, Lookup: p.lookup, Permit: p.consent, Renew: p.wallet.Rotate, Await: p.wallet.AwaitSignIn, Use: p.options.use,
		Notify: func(t auth.Secret) { p.mask.Add(auth.Credential{Secret: t}) },
	}
	p.remembersClients(c)
	if p.asker != nil {
		c.Person, c.Present = signer{p.asker, p.options.command.signsIn, p.options.use.NoBrowser}, p.hasTerminal
	}
	return c
}

// askIssuer sends one request to a token server, over a connection of its own.
// Its certificate is checked whatever -k says (rule R7), a client's certificate
// is not for it, and nothing on the way sees a request in clear (rule R6).
func (p *parts) askIssuer(req *http.Request, addrs []netip.Addr) (*http.Response, error) {
	o := p.options
	c := h1.Config{
		Dial: o.dial.Dial, Network: o.dial.network, Proxy: p.proxies.of, PreProxy: p.proxies.pre,
		ProxyFields: p.proxies.fieldsFor, Tunnel: o.proxy.tunnel, Connect10: o.proxy.connect10,
		ConnectTimeout: o.connectTimeout, Getenv: p.sys.env,
		TLS: o.serverTLS(nil), ProxyTLS: o.proxyTLS(p.proxyCertificate()),
	}
	c.TLS.Insecure, c.TLS.Pins = false, nil
	if req.URL.Scheme == "http" {
		c.Dial, c.Proxy, c.PreProxy = h1.Dial{}, nil, nil // this machine, and nobody between
	}
	if o, err := auth.OriginOf(req.URL); err == nil && len(addrs) > 0 {
		if c.Dial.Hosts = maps.Clone(c.Dial.Hosts); c.Dial.Hosts == nil {
			c.Dial.Hosts = map[string][]netip.Addr{}
		}
		c.Dial.Hosts[o.HostPort()] = addrs
	}
	return h1.New(c).RoundTrip(req)
}

// lookup implements token.Client's: where a proxy resolves names, or an option
// says where hosts are, there is nothing to be found out.
func (p *parts) lookup(ctx context.Context, o auth.Origin) ([]netip.Addr, error) {
	d := p.options.dial
	proxy, socks := p.proxies.through(&url.URL{Scheme: o.Scheme, Host: o.HostPort()})
	if proxy != nil || socks != nil || d.Unix != "" || len(d.ConnectTo) > 0 || len(d.Hosts) > 0 {
		return nil, nil
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", o.Host)
}
