package cli

import (
	"slices"
	"strings"
)

// proxyOptions is what the command line says of proxies.
type proxyOptions struct {
	url       string   // of -x and its kin; "" with given: no proxy, whatever the environment says
	given     bool     // one of them was there
	inArgs    bool     // and not in a config file
	pre       string   // --preproxy
	connect10 bool     // --proxy1.0
	tunnel    bool     // -p
	except    string   // --noproxy
	exceptSet bool     // "" among it
	headers   []string // --proxy-header, as given
	user      string   // -U, as given
	userGiven bool
	pick      pick // which schemes may answer a proxy
	insecure  bool
	caCert    string
	caPath    string
	pins      []string
	own       ownPair
}

func proxyFlags() []flagDef {
	through := func(scheme string, connect10 bool) func(*options, string) error {
		return func(o *options, v string) error {
			if v != "" && !strings.Contains(v, "://") {
				v = scheme + v
			}
			p := &o.proxy
			p.url, p.given, p.inArgs, p.connect10 = v, true, o.inConfig == 0, connect10
			return checkText(v)
		}
	}
	choose := func(k pick) func(*options, bool) {
		return func(o *options, b bool) {
			if o.proxy.pick &^= k; b {
				o.proxy.pick |= k
			}
		}
	}
	return slices.Concat([]flagDef{
		{
			letter: "x", name: "proxy", arg: "url", group: "proxy",
			help: "proxy: http, https, socks4, socks4a, socks5 or socks5h; \"\" is none", take: through("", false),
		},
		{
			letter: "U", name: "proxy-user", arg: "user:password", group: "proxy", help: "who you are to the proxy",
			take: func(o *options, v string) error {
				o.proxy.user, o.proxy.userGiven = v, true
				o.proxy.inArgs = o.proxy.inArgs || o.inConfig == 0
				return checkText(v)
			},
		},
		{name: "proxy-basic", group: "proxy", help: "answer the proxy with Basic only", on: choose(pickBasic)},
		{name: "proxy-digest", group: "proxy", help: "answer the proxy with Digest only", on: choose(pickDigest)},
		{name: "proxy-ntlm", group: "proxy", help: "answer the proxy with NTLM only", on: choose(pickNTLM)},
		{name: "proxy-negotiate", group: "proxy", help: "answer the proxy with Negotiate (Kerberos) only", on: choose(pickNegotiate)},
		{name: "proxy-anyauth", group: "proxy", help: "tell the proxy nothing unasked, then the strongest", on: choose(pickOffered)},
		{
			name: "noproxy", arg: "list", group: "proxy", help: "hosts, addresses and networks that need no proxy; * is all",
			take: func(o *options, v string) error { o.proxy.except, o.proxy.exceptSet = v, true; return nil },
		},
		{
			letter: "p", name: "proxytunnel", group: "proxy", help: "ask the proxy for a tunnel for http too",
			on: func(o *options, b bool) { o.proxy.tunnel = b },
		},
		{
			name: "suppress-connect-headers", group: "proxy", help: "leave out of -i and -D what a proxy says to CONNECT",
			on: func(o *options, b bool) { o.noConnectHeads = b },
		},
		{
			name: "proxy-header", arg: "field|@file", group: "proxy", help: "header field for the proxy alone",
			take: func(o *options, v string) error { return o.takeField(&o.proxy.headers, "--proxy-header", v) },
		},
		{
			name: "preproxy", arg: "url", group: "proxy", help: "a SOCKS proxy on the way to the proxy",
			take: func(o *options, v string) error {
				o.proxy.pre = v
				o.proxy.inArgs = o.proxy.inArgs || o.inConfig == 0
				return checkText(v)
			},
		},
		{name: "proxy1.0", arg: "host:port", group: "proxy", help: "http proxy that is sent CONNECT as HTTP/1.0", take: through("", true)},
		{name: "socks4", arg: "host:port", group: "proxy", help: "a SOCKS4 proxy", take: through("socks4://", false)},
		{name: "socks4a", arg: "host:port", group: "proxy", help: "a SOCKS4 proxy that resolves the name", take: through("socks4a://", false)},
		{name: "socks5", arg: "host:port", group: "proxy", help: "a SOCKS5 proxy", take: through("socks5://", false)},
		{name: "socks5-hostname", arg: "host:port", group: "proxy", help: "a SOCKS5 proxy that resolves the name", take: through("socks5h://", false)},
	}, proxyTLSFlags())
}

// proxyTLSFlags are those for https proxies.
func proxyTLSFlags() []flagDef {
	return append([]flagDef{
		{
			name: "proxy-insecure", group: "proxy", help: "accept any certificate of an https proxy",
			on: func(o *options, b bool) { o.proxy.insecure = b },
		},
		{
			name: "proxy-cacert", arg: "file", group: "proxy", help: "certificates to trust of an https proxy",
			take: func(o *options, v string) error { o.proxy.caCert = v; return nil },
		},
		{
			name: "proxy-capath", arg: "dir", group: "proxy", help: "folder of certificates to trust of an https proxy",
			take: func(o *options, v string) error { o.proxy.caPath = v; return nil },
		},
		{
			name: "proxy-pinnedpubkey", arg: "hashes|file", group: "proxy", help: "public keys that an https proxy may have, as --pinnedpubkey",
			take: func(o *options, v string) (err error) { o.proxy.pins, err = readPins(v); return err },
		},
	}, ownPairFlags("proxy-", "proxy", "your own certificate for an https proxy", func(o *options) *ownPair { return &o.proxy.own })...)
}
