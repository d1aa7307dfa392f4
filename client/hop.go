package client

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"getin/client/auth"
	"getin/client/h1"
)

// hop is one URL of a chain of redirects, and what holds for it.
type hop struct {
	req    *http.Request // as the caller made it, less what does not go to this hop; never sent itself
	body   *body
	origin auth.Origin
	typed  auth.Origin // the origin of the first hop

	// left: the chain has been at another origin than the typed one, and at one
	// that the user does not trust. It stays so when the chain comes back.
	left bool

	// downgraded: the chain went from https to http.
	downgraded bool

	redirects int

	// noExpect: the server will not hear of Expect (417), or the caller.
	noExpect bool

	// line is the connection that is kept for this hop, if there must be one.
	line line

	// ownServer and ownProxy: the caller set the party's Answer field by hand
	// at the first hop.
	ownServer, ownProxy bool

	// signedAs is who signs the hop's requests, nil for nobody.
	signedAs *auth.Credential
}

func firstHop(req *http.Request) (*hop, error) {
	o, err := auth.OriginOf(req.URL)
	if err != nil {
		return nil, err
	}
	return &hop{
		req: req, body: newBody(req), origin: o, typed: o,
		ownServer: len(req.Header.Values(auth.Server.Answer)) > 0,
		ownProxy:  len(req.Header.Values(auth.Proxy.Answer)) > 0,
	}, nil
}

// redirectedFrom returns the typed origin when the chain has left it.
func (h *hop) redirectedFrom() auth.Origin {
	if h.left {
		return h.typed
	}
	return auth.Origin{}
}

// trusted reports whether the chain is at another origin than the typed one, by the
// caller's trust alone (Policy.TrustRedirects).
func (h *hop) trusted() bool { return !h.left && !h.typed.Grants(h.origin) }

// request makes the request of one round: the hop's own, with the answers in
// front of its fields, and the body from its start; without one when it is only
// a leg on the way there.
func (h *hop) request(wire *Wire, answers []auth.Field, leg bool) (*http.Request, error) {
	ctx := h.req.Context()
	r := h.req.WithContext(WithWire(ctx, wire))
	// The values are shared with the hop: nobody changes them in place.
	r.Header = make(http.Header, len(h.req.Header)+len(answers)+1)
	maps.Copy(r.Header, h.req.Header)
	if h.noExpect {
		r.Header.Del("Expect")
	}
	for _, f := range answers {
		r.Header.Set(f.Name, f.Value)
	}
	r.Body, r.GetBody = nil, nil
	var more []auth.Field
	var err error
	if leg {
		r.ContentLength = 0
		r.Header.Del("Expect") // of nothing
	} else {
		more, err = h.body.attach(r, h.noExpect)
	}
	o := OutlineOf(ctx)
	wire.Raw, wire.Meanwhile = o.Raw, o.Meanwhile
	if o.Fields != nil {
		wire.Fields = asSent(answers, h.ordered(o.Fields), more)
		if n := len(answers); n > 0 && answers[n-1].Name == cookieField {
			wire.Fields = withoutCookies(wire.Fields, n)
		}
	}
	return r, err
}

// asSent puts fields together, as the engine takes them.
func asSent(lists ...[]auth.Field) []h1.Field {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	fields := make([]h1.Field, 0, n)
	for _, list := range lists {
		for _, f := range list {
			fields = append(fields, h1.Field(f))
		}
	}
	return fields
}

// ordered returns the fields of this hop in the caller's order and spelling, and
// behind them those that the way here has added (Referer).
func (h *hop) ordered(fields []auth.Field) []auth.Field {
	if h.redirects == 0 && !h.noExpect {
		return fields
	}
	left := h.req.Header.Clone()
	if h.noExpect {
		delete(left, "Expect")
	}
	var list []auth.Field
	for _, f := range fields {
		name := http.CanonicalHeaderKey(f.Name)
		if i := slices.Index(left[name], f.Value); i >= 0 {
			left[name] = slices.Delete(left[name], i, i+1)
			list = append(list, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		for _, v := range left[name] {
			list = append(list, auth.Field{Name: name, Value: v})
		}
	}
	return list
}

// ownTarget returns the request-target that the caller has set for the first hop,
// or "".
func (h *hop) ownTarget() string {
	if h.redirects > 0 {
		return ""
	}
	return OutlineOf(h.req.Context()).Target
}

// absolute is the request-target for a proxy that is sent the request itself: in
// absolute-form, RFC 9112 section 3.2.2.
func absolute(u *url.URL) string {
	v := *u
	v.User, v.Fragment, v.RawFragment = nil, "", ""
	return v.String()
}

// drainLimit bounds, in octets, what is read of a response that nobody wants, so
// that its connection can be used again. Reading 64 KiB costs about as much as a
// new TLS handshake on a fast line, and less than one round trip on a slow one.
const drainLimit = 64 << 10

// drainTime bounds how long that may take: about one round trip to the other
// side of the world, which is what the connection is worth.
const drainTime = 250 * time.Millisecond

func drain(resp *http.Response) {
	late := time.AfterFunc(drainTime, func() { _ = resp.Body.Close() }) // ends the reading below
	_, _ = io.CopyN(io.Discard, resp.Body, drainLimit)                  // whatever is left is dropped with the connection
	late.Stop()
	_ = resp.Body.Close()
}
