package client

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"getin/client/auth"
	"getin/client/h1"
)

const cookieField = "Cookie"

// cookies returns the field that brings the jar's cookies to the hop, and behind
// them the caller's own: a request has one Cookie field (RFC 6265 section 5.4).
func (c *Client) cookies(h *hop, way Way) (auth.Field, bool) {
	if c.Jar == nil {
		return auth.Field{}, false
	}
	value := c.Jar.Cookies(h.cookieHost(), h.req.URL.EscapedPath(), c.confidential(h, way))
	if value == "" {
		return auth.Field{}, false
	}
	all := append([]string{value}, h.req.Header.Values(cookieField)...)
	return auth.Field{Name: cookieField, Value: strings.Join(all, "; ")}, true
}

// setCookies gives the jar what the response sets. A 407 is the proxy's: it has
// no say in the server's cookies.
func (c *Client) setCookies(h *hop, way Way, resp *http.Response) {
	fields := resp.Header.Values("Set-Cookie")
	if c.Jar == nil || len(fields) == 0 || resp.StatusCode == auth.Proxy.Status {
		return
	}
	c.Jar.SetCookies(h.cookieHost(), h.req.URL.EscapedPath(), c.confidential(h, way), fields)
}

// cookieHost is the host that the request speaks to: that of the caller's own
// Host field, where there is one.
func (h *hop) cookieHost() string {
	if h.req.Host == "" {
		return h.origin.Host
	}
	o, err := auth.OriginOf(&url.URL{Scheme: h.origin.Scheme, Host: h.req.Host})
	if err != nil {
		return h.origin.Host
	}
	return o.Host
}

// confidential reports whether nobody but the server can read what is sent to
// it: TLS, or this machine with no proxy in between.
func (c *Client) confidential(h *hop, way Way) bool {
	direct := way.Proxy == nil && !way.Relayed && !c.Policy.Moved
	return h.origin.Scheme == "https" || direct && h.origin.LoopbackName()
}

// withoutCookies removes the Cookie fields behind the first n fields.
func withoutCookies(fields []h1.Field, n int) []h1.Field {
	rest := slices.DeleteFunc(fields[n:], func(f h1.Field) bool { return strings.EqualFold(f.Name, cookieField) })
	return fields[:n+len(rest)]
}
