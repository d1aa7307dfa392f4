package client

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"getin/client/auth"
)

// follow returns the next hop of the chain, or nil when the response is the
// last.
func (c *Client) follow(h *hop, resp *http.Response) (*hop, error) {
	if !c.Policy.Follow || !redirects(resp.StatusCode) || resp.Header.Get("Location") == "" {
		return nil, nil
	}
	if limit := c.Policy.MaxRedirects; limit >= 0 && h.redirects >= limit {
		return nil, fmt.Errorf("%w (%d followed)", ErrTooManyRedirects, limit)
	}
	to, err := location(h.req.URL, resp.Header.Get("Location"))
	if err != nil {
		return nil, err
	}
	if err := c.allows(to, resp.Header.Get("Location")); err != nil {
		return nil, err
	}
	next, dropped, err := c.hopTo(h, to, resp.StatusCode)
	if err != nil {
		return nil, err
	}
	c.Trace.redirected(next.req, dropped)
	return next, nil
}

// allows checks what the user has forbidden of the URL of a redirect.
func (c *Client) allows(to *url.URL, value string) error {
	if f := c.Policy.RedirectTo; f != nil && !f(to.Scheme) {
		return fmt.Errorf("%w: to %s", ErrRedirectScheme, to.Scheme)
	}
	if ref, err := url.Parse(encodeRaw(value)); c.Policy.RefuseUserinfo && err == nil && ref.User != nil {
		return ErrRedirectUser
	}
	return nil
}

// redirects reports whether the status asks for another request (RFC 9110
// section 15.4). One with several choices (300) does where it prefers one of them.
func redirects(code int) bool {
	switch code {
	case http.StatusMultipleChoices, http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// location resolves the field's value (RFC 9110 section 10.2.2). Userinfo in it
// is the server's, and nobody's credential: it is dropped. A fragment is
// inherited. Spaces and octets beyond ASCII, which servers send raw, are
// percent-encoded as browsers and curl do.
func location(from *url.URL, value string) (*url.URL, error) {
	ref, err := url.Parse(encodeRaw(value))
	if err != nil {
		return nil, fmt.Errorf("%w to %q: not a URL", ErrRedirect, value)
	}
	to := from.ResolveReference(ref)
	to.User = nil
	if to.Fragment == "" {
		to.Fragment, to.RawFragment = from.Fragment, from.RawFragment
	}
	if to.Host == "" && (to.Scheme == "http" || to.Scheme == "https") {
		return nil, fmt.Errorf("%w to %q: no host", ErrRedirect, value)
	}
	if _, err := auth.OriginOf(to); err != nil {
		return nil, fmt.Errorf("%w to %q: %w", ErrRedirect, value, err)
	}
	return to, nil
}

// encodeRaw percent-encodes what RFC 3986 has no place for in a URL, control
// characters apart: those are refused with the URL. The authority is left alone,
// where such octets are part of a name in another alphabet.
func encodeRaw(value string) string {
	head, tail := "", value
	if i := strings.Index(value, "//"); i >= 0 && !strings.ContainsAny(value[:i], "/?#") {
		if j := strings.IndexAny(value[i+2:], "/?#"); j >= 0 {
			head, tail = value[:i+2+j], value[i+2+j:]
		} else {
			return value
		}
	}
	var b strings.Builder
	b.WriteString(head)
	for i := 0; i < len(tail); i++ {
		if c := tail[i]; c == ' ' || c >= 0x80 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// hopTo makes the hop to a URL, and names the fields that do not go along.
func (c *Client) hopTo(h *hop, to *url.URL, status int) (*hop, []string, error) {
	o, err := auth.OriginOf(to)
	if err != nil {
		return nil, nil, err
	}
	next := *h
	next.line = line{}
	next.origin, next.redirects = o, h.redirects+1
	next.req = h.req.Clone(h.req.Context())
	next.req.URL, next.req.Host = to, ""
	next.left = h.left || !h.typed.Grants(o) && !c.Policy.Trusts(o)
	next.downgraded = h.downgraded || h.origin.Scheme == "https" && o.Scheme == "http"
	var dropped []string
	if next.left {
		dropped = strip(next.req.Header, h.body.get != nil)
	} else if h.req.Host != "" && o == h.origin {
		next.req.Host = h.req.Host // the caller's own Host field stays with its origin
	}
	if method := c.methodAfter(status, h.req.Method); method != h.req.Method || c.bodyless(status, h.req.Method) {
		next.req.Method = method
		next.body = h.body.drop()
		dropContent(next.req)
	}
	c.refer(next.req, h.req.URL)
	return &next, dropped, nil
}

// Trusts reports whether another origin than the typed one counts as typed.
func (p Policy) Trusts(o auth.Origin) bool {
	return p.TrustRedirects && (o.Scheme == "https" || p.AllowClearText)
}

// safeFields are the only ones of the caller's that go to another origin: they
// shape the answer and identify nobody. Everything else may hold a secret,
// whatever its name (SECURITY: Authorization, Cookie, X-Amz-Security-Token and
// their like).
var safeFields = map[string]bool{
	"Accept": true, "Accept-Charset": true, "Accept-Encoding": true, "Accept-Language": true,
	"Cache-Control": true, "If-Modified-Since": true, "If-None-Match": true, "If-Range": true,
	"Pragma": true, "Range": true, "Referer": true, "Te": true, "User-Agent": true,
}

// contentFields describe a body and go wherever it goes.
var contentFields = map[string]bool{
	"Content-Encoding": true, "Content-Language": true, "Content-Type": true,
	"Content-Length": true, "Content-Range": true, "Transfer-Encoding": true, "Expect": true,
}

// GoesAnywhere reports whether a field of the caller's may go to an origin that
// it was not given for: it says what is wanted, or what the body is, and
// identifies nobody.
func GoesAnywhere(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return safeFields[name] || contentFields[name]
}

// strip removes what does not go to another origin and returns the names.
func strip(header http.Header, body bool) []string {
	var dropped []string
	for name := range header {
		n := http.CanonicalHeaderKey(name)
		if !safeFields[n] && !(body && contentFields[n]) {
			header.Del(name)
			delete(header, name) // when it was not in canonical form
			dropped = append(dropped, name)
		}
	}
	return dropped
}

// methodAfter: 303 turns everything but HEAD into GET; 301 and 302 turn POST
// into GET, as browsers and curl do (RFC 9110 section 15.4).
func (c *Client) methodAfter(status int, method string) string {
	if !c.bodyless(status, method) || c.Policy.KeepMethod {
		return method
	}
	return http.MethodGet
}

// bodyless reports whether the body stays behind.
func (c *Client) bodyless(status int, method string) bool {
	kept := method == http.MethodPost || c.Policy.KeepMethod
	if kept && slices.Contains(c.Policy.KeepPost, status) {
		return false
	}
	switch status {
	case http.StatusSeeOther:
		return method != http.MethodHead && method != http.MethodGet
	case http.StatusMovedPermanently, http.StatusFound:
		return method == http.MethodPost
	}
	return false
}

func dropContent(req *http.Request) {
	req.ContentLength = 0
	req.Body, req.GetBody = nil, nil
	for name := range req.Header {
		n := http.CanonicalHeaderKey(name)
		if strings.HasPrefix(n, "Content-") || contentFields[n] {
			delete(req.Header, name)
		}
	}
}

// refer sets Referer as RFC 9110 section 10.1.3 allows: never from https to
// http, where the caller's own goes as well, and never with userinfo or
// fragment.
func (c *Client) refer(req *http.Request, last *url.URL) {
	if last.Scheme == "https" && req.URL.Scheme == "http" {
		req.Header.Del("Referer")
		return
	}
	if !c.Policy.AutoReferer {
		return
	}
	from := *last
	from.User, from.Fragment, from.RawFragment = nil, "", ""
	req.Header.Set("Referer", from.String())
}
