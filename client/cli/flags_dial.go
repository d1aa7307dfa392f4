package cli

import (
	"fmt"
	"slices"
	"time"

	"getin/client/h1"
)

// dialOptions is how sockets are made.
type dialOptions struct {
	h1.Dial
	network string // "tcp4" of -4, "tcp6" of -6; "" is both
}

// connectFlags are those of connectOptions, but --connect-timeout: the same for
// every command that connects.
func connectFlags() []flagDef {
	return slices.Concat(proxyFlags(), tlsFlags(), dialFlags(), versionFlags())
}

func dialFlags() []flagDef {
	only := func(network string) func(*options, bool) {
		return func(o *options, b bool) {
			if o.dial.network = ""; b {
				o.dial.network = network
			}
		}
	}
	return []flagDef{
		{
			name: "resolve", arg: "host:port:addr[,addr]", group: "connection",
			help: "addresses of a host, * for every host; -host:port takes them back", take: takeResolve,
		},
		{
			name: "connect-to", arg: "host:port:host:port", group: "connection",
			help: "connect to the second in place of the first; an empty one is any, or the same", take: takeConnectTo,
		},
		{letter: "4", name: "ipv4", group: "connection", help: "connect by IPv4 only", on: only("tcp4")},
		{letter: "6", name: "ipv6", group: "connection", help: "connect by IPv6 only", on: only("tcp6")},
		{
			name: "interface", arg: "name", group: "connection", help: "connect from this interface, host or address",
			take: func(o *options, v string) error { o.dial.Interface = v; return nil },
		},
		{name: "local-port", arg: "number[-number]", group: "connection", help: "connect from one of these ports", take: takeLocalPort},
		{
			name: "unix-socket", arg: "path", group: "connection", help: "connect to this unix socket",
			take: func(o *options, v string) error { o.dial.Unix = v; return nil },
		},
		{
			name: "abstract-unix-socket", arg: "name", group: "connection", help: "connect to this unix socket of Linux's own names",
			take: func(o *options, v string) error { o.dial.Unix = "@" + v; return nil },
		},
		{
			name: "tcp-nodelay", group: "connection", help: "send small segments at once, which is the default",
			on: func(o *options, b bool) { o.dial.Delay = !b },
		},
		{
			name: "keepalive", group: "connection", help: "see now and then whether a silent server is there, which is the default",
			on: func(o *options, b bool) {
				if o.dial.KeepAlive = max(o.dial.KeepAlive, 0); !b {
					o.dial.KeepAlive = -1
				}
			},
		},
		{
			name: "keepalive-time", arg: "seconds", group: "connection", help: "after so long, and so often",
			take: func(o *options, v string) error {
				n, err := number(v, 0)
				o.dial.KeepAlive = time.Duration(n) * time.Second
				return err
			},
		},
		{
			name: "happy-eyeballs-timeout-ms", arg: "milliseconds", group: "connection", help: "head start of IPv6 over IPv4 (300)",
			take: func(o *options, v string) error {
				n, err := number(v, 0)
				o.dial.FallbackDelay = time.Duration(n) * time.Millisecond
				return err
			},
		},
	}
}

// protocol is the version of HTTP to be spoken. Of several flags the last
// one counts.
type protocol int

const (
	httpDefault protocol = iota // 1.1, and 2 with a server that takes nothing else
	http10
	http2
	http2Prior
)

func versionFlags() []flagDef {
	speak := func(v protocol) func(*options, bool) {
		return func(o *options, b bool) {
			if o.speaks = httpDefault; b {
				o.speaks = v
			}
		}
	}
	return []flagDef{
		{letter: "0", name: "http1.0", group: "connection", help: "use HTTP/1.0", on: speak(http10)},
		{name: "http1.1", group: "connection", help: "use HTTP/1.1, which is the default", on: speak(httpDefault)},
		{name: "http2", group: "connection", help: "use HTTP/2 when the server offers it", on: speak(http2)},
		{
			name: "http2-prior-knowledge", group: "connection", help: "use HTTP/2 without asking, over http too",
			on: speak(http2Prior),
		},
	}
}

// badSyntax is exit 49: the argument of a flag that curl reads when it is to be
// used.
func badSyntax(format string, args ...any) error {
	return &usageError{why: fmt.Sprintf(format, args...), code: exitSyntax}
}
