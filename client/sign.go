package client

import (
	"context"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"getin/client/auth"
)

// signatory finds out who signs the requests of a hop, if anybody: never after a
// redirect has left the typed origin (rule R5), from https to http, or over an
// answer that the caller set by hand.
func (c *Client) signatory(ctx context.Context, h *hop) (err error) {
	h.signedAs = nil
	if c.Signer == nil || h.left || h.downgraded || h.ownServer {
		return nil
	}
	h.signedAs, err = c.SignAs(ctx, h.origin)
	return err
}

// sign adds the signature to a request that is otherwise ready, so that it covers
// what is sent. The content of a leg is nothing.
func (c *Client) sign(h *hop, req *http.Request, wire *Wire, leg bool) error {
	if req.Host == "" {
		req.Host = authority(h.origin)
	}
	m := auth.Message{
		Method: req.Method, Target: h.ownTarget(), Host: h.origin.Host,
		Authority: req.Host, Fields: h.covered(req, wire),
	}
	if m.Target == "" {
		m.Target = req.URL.RequestURI()
	}
	if !leg && h.body.once == nil {
		m.Body = h.body.get
	}
	fields, err := c.Signer.Sign(req.Context(), m, *h.signedAs)
	if m.Body != nil {
		_ = req.Body.Close() // a file stands at its end now, and is opened again
		if err == nil {
			req.Body, err = m.Body()
		}
	}
	if err != nil {
		return err
	}
	for _, f := range fields {
		req.Header.Set(f.Name, f.Value)
	}
	if wire.Fields != nil {
		wire.Fields = slices.Concat(asSent(fields), wire.Fields)
	}
	return nil
}

// covered returns the fields that the caller wants signed (Outline.Signed), as they
// are sent.
func (h *hop) covered(req *http.Request, wire *Wire) []auth.Field {
	signed := OutlineOf(h.req.Context()).Signed
	wanted := func(name string) bool {
		return slices.ContainsFunc(signed, func(s string) bool { return strings.EqualFold(s, name) })
	}
	var list []auth.Field
	if wire.Fields != nil {
		for _, f := range wire.Fields {
			if wanted(f.Name) {
				list = append(list, auth.Field(f))
			}
		}
		return list
	}
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		for _, v := range req.Header[name] {
			if wanted(name) {
				list = append(list, auth.Field{Name: name, Value: v})
			}
		}
	}
	return list
}

// authority is the value of Host for an origin (RFC 9112 section 3.2), without a
// port that is the default.
func authority(o auth.Origin) string {
	if a, err := netip.ParseAddr(o.Host); err == nil {
		o.Host = a.WithZone("").String()
	}
	_, host, _ := strings.Cut(o.Display(), "://")
	return host
}
