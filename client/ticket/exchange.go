//go:build !windows

package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"getin/client/auth"
)

// maxReferrals bounds the realms on the way to a service's.
const maxReferrals = 8

// login gets the ticket of who knows the password: the AS exchange, RFC 4120
// section 3.1. The first request proves nothing; the realm then says how it makes
// keys of passwords.
func (c *Client) login(ctx context.Context, conf *config, who principal, password auth.Secret) (held, error) {
	q := request{
		msg: msgASReq, options: optForwardable, client: who, server: grantor(who.realm, who.realm),
		nonce: newNonce(), now: testOnlyNow(),
	}
	b, err := c.ask(ctx, conf, who.realm, q.encode())
	h := hint{etype: etypeAES256SHA1}
	var refused *kdcError
	if errors.As(err, &refused) && refused.code == codePreauthRequired {
		h = pickHint(refused.hints(), h)
		k, err := h.keyOf(who, password.Reveal())
		if err != nil {
			return held{}, cannotStart(nil, "%s: %v", who.realm, err)
		}
		proof, err := timestamp(k, testOnlyNow())
		if err != nil {
			return held{}, cannotStart(nil, "%v", err)
		}
		q.preauth, q.nonce = []preauth{proof}, newNonce()
		b, refused = nil, nil
		if b, err = c.ask(ctx, conf, who.realm, q.encode()); err != nil {
			return held{}, c.worded(err, who.realm, who.String())
		}
		return c.open(b, q, h, who, password)
	}
	if err != nil {
		return held{}, c.worded(err, who.realm, who.String())
	}
	return c.open(b, q, h, who, password)
}

// open reads the AS-REP with the password. That it can be read proves the
// password, and that it is the realm's.
func (c *Client) open(b []byte, q request, h hint, who principal, password auth.Secret) (held, error) {
	p, err := readReply(b, msgASRep)
	if err != nil {
		return held{}, cannotStart(nil, "%s: %v", who.realm, err)
	}
	k, err := pickHint(p.hints, h).keyOf(who, password.Reveal())
	if err != nil {
		return held{}, cannotStart(nil, "%s: %v", who.realm, err)
	}
	plain, err := k.decrypt(p.sealed, usageASReply)
	if errors.Is(err, errDecrypt) {
		return held{}, &failure{fmt.Sprintf("the password is not that of %s", who), []error{auth.ErrRefused}}
	}
	return c.granted(p, plain, err, q, who)
}

// granted checks what was granted against what was asked for, RFC 4120 sections
// 3.1.5 and 3.3.4.
func (c *Client) granted(p reply, plain []byte, err error, q request, who principal) (held, error) {
	var g grant
	if err == nil {
		g, err = readGrant(plain)
	}
	realm := q.server.realm
	switch {
	case err != nil:
		return held{}, cannotStart(nil, "%s: %v", realm, err)
	case g.nonce != q.nonce || !p.client.equal(who):
		return held{}, cannotStart(nil, "%s: the answer is to another question", realm)
	case !g.server.equal(q.server) && (g.server.forRealm() == "" || q.msg == msgASReq):
		return held{}, cannotStart(nil, "%s: the ticket is for another service", realm)
	case g.starts.After(testOnlyNow().Add(clockSkew)):
		return held{}, skewed(realm, g.starts, testOnlyNow())
	}
	return held{client: who, server: g.server, key: g.key, starts: g.starts, ends: g.ends, ticket: p.ticket}, nil
}

// worded puts the realm's word into ours.
func (c *Client) worded(err error, realm, about string) error {
	var e *kdcError
	if errors.As(err, &e) {
		return explain(e, realm, about, testOnlyNow())
	}
	return err
}

// hints are those in the data of "preauthentication required": METHOD-DATA, RFC
// 4120 section 5.9.1.
func (e *kdcError) hints() (list []hint) {
	r := &reader{in: build(func(b *builder) { addRaw(b, 0, e.data) })}
	r.each(0, func(pa *reader) { list = append(list, readHints(pa)...) })
	return list
}

// pickHint returns the first of a type that we know; the realm's best comes
// first.
func pickHint(list []hint, otherwise hint) hint {
	i := slices.IndexFunc(list, func(h hint) bool { return slices.Contains(etypes, h.etype) })
	if i < 0 {
		return otherwise
	}
	return list[i]
}

// grantTicket gets a ticket for the service with one that grants tickets: the
// TGS exchange, RFC 4120 section 3.3.
func (c *Client) grantTicket(ctx context.Context, conf *config, tgt held, service principal) (held, error) {
	q := request{
		msg: msgTGSReq, options: optForwardable | optCanonicalize, server: service,
		nonce: newNonce(), now: testOnlyNow(),
	}
	proof, err := tgsAuth(tgt, q.body(), q.now)
	if err != nil {
		return held{}, cannotStart(nil, "%s: %v", service.realm, err)
	}
	q.preauth = []preauth{proof}
	b, err := c.ask(ctx, conf, service.realm, q.encode())
	if err != nil {
		return held{}, c.worded(err, service.realm, service.name())
	}
	p, err := readReply(b, msgTGSRep)
	if err != nil {
		return held{}, cannotStart(nil, "%s: %v", service.realm, err)
	}
	plain, err := tgt.key.decrypt(p.sealed, usageTGSReply)
	return c.granted(p, plain, err, q, tgt.client)
}

// serviceTicket finds the way from the realm of the client to that of the
// service: the one that is known, else whereto the realms refer (RFC 6806).
func (c *Client) serviceTicket(ctx context.Context, conf *config, tgt held, service principal) (held, error) {
	for range maxReferrals {
		here := tgt.server.forRealm()
		want := service
		if want.realm != "" && want.realm != here {
			want = grantor(service.realm, here)
		}
		want.realm = here
		got, err := c.grantTicket(ctx, conf, tgt, want)
		if err != nil {
			return held{}, err
		}
		next := got.server.forRealm()
		switch next {
		case "":
			return got, nil
		case here:
			return held{}, cannotStart(nil, "%s refers to itself", here)
		}
		tgt = got
	}
	return held{}, cannotStart(nil, "more than %d realms lie on the way to %s", maxReferrals, service.name())
}
