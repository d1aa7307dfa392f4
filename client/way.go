package client

import (
	"net/url"

	"getin/client/auth"
)

// Way is how Sender reaches a URL.
type Way struct {
	// Proxy is the http or https proxy, nil for none.
	Proxy *url.URL

	// Tunnel is the target of the CONNECT that the proxy is asked (RFC 9110
	// section 9.3.6), "" when it is sent the request itself.
	Tunnel string

	// Relayed: another stands before the proxy, or before the server when there
	// is no proxy, that asks nothing by HTTP and may be far away (SOCKS).
	Relayed bool
}

// Way tells how the engine reaches the URL.
func (e Engine) Way(u *url.URL) (Way, error) {
	w, err := e.Engine.Way(u)
	return Way(w), err
}

func (c *Client) way(u *url.URL) (Way, error) {
	if c.Way == nil {
		return Way{}, nil
	}
	return c.Way(u)
}

// proxied reports whether the way to the party leads through somebody else.
func (d *dialogue) proxied() bool {
	if d.way.Relayed {
		return true
	}
	return d.party == auth.Server && (d.way.Proxy != nil || d.wire != nil && d.wire.Proxied)
}
