package client

import (
	"context"
	"fmt"
	"slices"

	"getin/client/auth"
)

// Policy is what the user decides beforehand. The zero value is the safe one.
type Policy struct {
	// AllowClearText lets secrets cross a network unencrypted (rule R6).
	AllowClearText bool

	// AllowDowngrade lets a weaker scheme be answered where a stronger one was
	// accepted before (rule R8).
	AllowDowngrade bool

	// Unverified tells that Sender does not insist on verified certificates. A
	// stored secret then waits for the challenge, so that the peer can be
	// looked at first (rule R7). ProxyUnverified: the same for https proxies.
	Unverified, ProxyUnverified bool

	// Moved tells that a host at or below localhost may be somewhere else, by
	// the user's word to Sender. It then counts as this machine only once its
	// peer was seen.
	Moved bool

	// OwnProxyAnswer: Sender has a Proxy-Authorization that the user set by
	// hand. It is final.
	OwnProxyAnswer bool

	// Follow redirects, at most MaxRedirects of them; less than zero is no
	// limit.
	Follow       bool
	MaxRedirects int

	// KeepMethod: the method goes on unchanged whatever the redirect says, as
	// with curl -X. The body does not.
	KeepMethod bool

	// KeepPost are the statuses, of 301, 302 and 303, that leave a POST what it
	// is, its body with it (--post301).
	KeepPost []int

	// RedirectTo tells whether a redirect may lead to a URL of that scheme; nil
	// is http and https (--proto, --proto-redir).
	RedirectTo func(scheme string) bool

	// RefuseUserinfo: a redirect to a URL with a user or a password in it is not
	// followed (--disallow-username-in-url). Without it they are dropped.
	RefuseUserinfo bool

	// NoExpect: no request asks for "100 Continue" of itself (-H 'Expect:').
	NoExpect bool

	// TrustRedirects: every https origin of the chain counts as typed, up to the
	// first that is none (--location-trusted). With AllowClearText, every origin.
	TrustRedirects bool

	// AutoReferer sets Referer on each further hop (-e ';auto').
	AutoReferer bool
}

// consents are the risks that were agreed to in one dialogue, a bit each.
type consents uint8

func (c consents) has(r auth.Risk) bool { return c&(1<<r) != 0 }

func (c *consents) set(r auth.Risk, agreed bool) {
	*c &^= 1 << r
	if agreed {
		*c |= 1 << r
	}
}

// permit asks for consent to everything that speaks against sending the
// answer. The credential is the zero one when it is not known yet.
func (d *dialogue) permit(ctx context.Context, q auth.Query, t auth.Traits, c auth.Credential) error {
	for _, concern := range d.concerns(t, c) {
		concern.Query, concern.User = q, c.User
		if err := d.client.consent(ctx, concern); err != nil {
			return err
		}
		// Which server a secret may go to is asked of each anew.
		d.consented.set(concern.Risk, concern.Risk != auth.Elsewhere)
	}
	return nil
}

func (c *Client) consent(ctx context.Context, concern auth.Concern) error {
	if c.Consent == nil {
		return fmt.Errorf("%w: nobody consents", auth.ErrNotAllowed)
	}
	return c.Consent(ctx, concern)
}

// concerns lists what speaks against an answer and was not consented to, the
// gravest first.
func (d *dialogue) concerns(t auth.Traits, c auth.Credential) []auth.Concern {
	var list []auth.Concern
	if key, why := d.unverified(); why != nil && !c.Given && !d.loopbackPeer() {
		list = append(list, auth.Concern{Risk: auth.Unverified, Key: key, Why: why})
	}
	typedForProxy := c.Given && d.party == auth.Proxy // -U is consent to the hop (rule R6)
	if t.SendsSecret && !d.client.Policy.AllowClearText && !typedForProxy && !d.confidential() {
		list = append(list, auth.Concern{Risk: auth.ClearText})
	}
	s := max(d.strongest, c.Proven)
	if s == auth.StrengthBearer {
		s = 0 // what a token was accepted for says nothing of a password, and guards none
	}
	if t.Strength < s && !d.client.Policy.AllowDowngrade {
		list = append(list, auth.Concern{Risk: auth.Downgrade, Stronger: s})
	}
	if t.Issuer != (auth.Origin{}) && t.Issuer.Host != d.origin.Host && !c.Kept && c.Grant == nil {
		list = append(list, auth.Concern{Risk: auth.Elsewhere, Issuer: t.Issuer})
	}
	return slices.DeleteFunc(list, func(c auth.Concern) bool { return d.consented.has(c.Risk) })
}

// unverified tells why the party's certificate would have been refused, and its
// key; nil while nobody has looked, and for one that is verified.
func (d *dialogue) unverified() (key string, why error) {
	switch {
	case d.wire == nil:
		return "", nil
	case d.party == auth.Proxy:
		return d.wire.ProxyKey, d.wire.ProxyUnverified
	}
	return d.wire.PeerKey, d.wire.Unverified
}

// confidential reports whether nobody but the party can read what is sent to
// it: TLS, or loopback by name and by peer with no proxy in between.
func (d *dialogue) confidential() bool {
	return d.origin.Scheme == "https" || d.origin.LoopbackName() && d.loopbackPeer() && !d.proxied()
}

// loopbackPeer looks at the connection that the challenge came over. Before
// there is one, Sender's promise about loopback names stands in.
func (d *dialogue) loopbackPeer() bool {
	if d.wire == nil {
		return d.origin.LoopbackName() && !d.client.Policy.Moved
	}
	return d.wire.Unix || d.wire.Peer.Addr().Unmap().IsLoopback()
}
