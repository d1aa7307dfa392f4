package cli

import (
	"errors"
	"net/http"
	"strings"
)

// conditionFlags say which part of a resource is wanted, and when.
func conditionFlags() []flagDef {
	return []flagDef{
		{
			letter: "r", name: "range", arg: "range", group: "request",
			help: "octets to fetch: 0-99, 100-, or -500 for the last 500", take: takeRange,
		},
		{
			letter: "z", name: "time-cond", arg: "date|file", group: "request",
			help: "fetch what changed after the date, or the file; with - before it, what did not",
			take: takeTimeCondition,
		},
		{
			name: "etag-save", arg: "file", group: "request", help: "write the response's ETag to the file",
			take: func(o *options, v string) error { o.etagSave = v; return nil },
		},
		{
			name: "etag-compare", arg: "file", group: "request", help: "fetch only what has another ETag than the file",
			take: func(o *options, v string) error { o.etagCompare = v; return nil },
		},
		{
			name: "request-target", arg: "path", group: "request", help: "request-target to send in the place of the URL's path",
			take: func(o *options, v string) error { o.target = v; return checkTarget(v) },
		},
		{
			name: "path-as-is", group: "request", help: "leave /./ and /../ in the URL's path",
			on: func(o *options, b bool) { o.asIs = b },
		},
	}
}

// protocolFlags say which URLs are fetched.
func protocolFlags() []flagDef {
	return []flagDef{
		{
			name: "proto", arg: "list", group: "request", help: "protocols to use: =https, or -http, or +http",
			take: takeProtocols(func(o *options) *protocols { return &o.allowed }),
		},
		{
			name: "proto-redir", arg: "list", group: "redirect", help: "protocols that redirects may lead to, as in --proto",
			take: takeProtocols(func(o *options) *protocols { return &o.redirectTo }),
		},
		{
			name: "proto-default", arg: "protocol", group: "request", help: "http or https, for a URL that does not say",
			take: takeDefaultProtocol,
		},
		{
			name: "disallow-username-in-url", group: "request", help: "refuse URLs with a user in them, in redirects too",
			on: func(o *options, b bool) { o.noUser = b },
		},
		{
			name: "post301", group: "redirect", help: "post again after a 301, with the body",
			on: func(o *options, b bool) { o.setKeepPost(http.StatusMovedPermanently, b) },
		},
		{
			name: "post302", group: "redirect", help: "the same, after a 302",
			on: func(o *options, b bool) { o.setKeepPost(http.StatusFound, b) },
		},
		{
			name: "post303", group: "redirect", help: "the same, after a 303",
			on: func(o *options, b bool) { o.setKeepPost(http.StatusSeeOther, b) },
		},
	}
}

func (o *options) setKeepPost(status int, keep bool) {
	var list []int
	for _, s := range o.keepPost {
		if s != status {
			list = append(list, s)
		}
	}
	if keep {
		list = append(list, status)
	}
	o.keepPost = list
}

// takeRange reads -r. What is no range is sent all the same, as in curl: the
// server judges it.
func takeRange(o *options, v string) error {
	o.ranges = v
	switch {
	case v != "" && strings.Trim(v, "0123456789") == "":
		o.warned = append(o.warned, "-r "+v+" is taken for "+v+"-, all from there on")
		o.ranges += "-"
	case strings.Trim(v, "0123456789-,") != "":
		o.warned = append(o.warned, "the range of -r holds more than digits, - and commas; what the server makes of it is uncertain")
	}
	return checkText(v)
}

// checkTarget refuses what would end the request-target.
func checkTarget(v string) error {
	if v == "" || strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return errors.New("is empty, or holds white space or a control character")
	}
	return nil
}
