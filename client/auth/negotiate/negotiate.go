// Package negotiate is the Negotiate authentication scheme, RFC 4559: tokens of
// SPNEGO (RFC 4178) in which Kerberos proves the client to the server, and the
// server to the client, without a password on the wire.
//
// It makes and reads what is SPNEGO's. The tokens inside, and the tickets they
// come from, are a Mechanism's.
//
// Departures from the standards:
//
//   - Kerberos is the only mechanism offered. A server that wants another one
//     (NTLM) has a scheme of its own for it. With one mechanism there is nothing
//     to be talked down to, so the list is not signed (mechListMIC).
//   - RFC 4559 section 4.2 lets a server begin with a token. There is no use for
//     it; it is passed over.
//   - A server that lets in without a last token has not proven itself. As with a
//     missing rspauth that is no error; a token that proves nothing is.
//   - Padding that is missing from the base64 of a token is not.
package negotiate

import (
	"context"

	"getin/client/auth"
)

// Mechanism makes Kerberos tokens. *ticket.Client is one.
type Mechanism interface {
	// Acquire is Scheme's Acquire, for the service at the host. anywhere tells
	// that a password may be used although no realm is known for the host (rule
	// R9).
	Acquire(ctx context.Context, host string, have auth.Credential, anywhere bool) (auth.Credential, error)

	// Begin begins a security context with the service at the host, as the
	// credential that Acquire returned. endPoint binds it to the channel (RFC
	// 5929 section 4); nil binds it to none.
	Begin(ctx context.Context, host string, c auth.Credential, endPoint []byte) (Context, error)

	// Held tells what Acquire would begin with when the wallet holds nothing, as
	// far as that can be told without asking anybody: the user of a ticket.
	Held(host, account string, anywhere bool) (user string, err error)
}

// Context is a security context, from one token to the next.
type Context interface {
	// Next takes the other side's token, nil at first, and returns the one to
	// send, nil when there is none. Errors wrap auth.ErrServerUnverified or
	// auth.ErrRefused.
	Next(token []byte) ([]byte, error)

	// Done reports whether the other side has proven itself.
	Done() bool
}

// Scheme is the Negotiate scheme.
type Scheme struct {
	Mechanism Mechanism

	// Anywhere: a password is used for hosts as well that no realm is known for
	// (--negotiate; rule R9).
	Anywhere bool
}

// Name returns "Negotiate".
func (Scheme) Name() string { return "Negotiate" }

// Traits are the same for every challenge.
func (Scheme) Traits(auth.Challenge) (auth.Traits, error) {
	return auth.Traits{Wants: auth.Password, Strength: auth.StrengthNegotiate, Unasked: true, ConnectionBound: true}, nil
}

// Acquire implements auth.Acquirer: tickets.
func (s Scheme) Acquire(ctx context.Context, q auth.Query, have auth.Credential, _ func(context.Context, auth.Query) (auth.Credential, error)) (auth.Credential, error) {
	return s.Mechanism.Acquire(ctx, q.Space.Origin.Host, have, s.Anywhere)
}

// Begin starts an exchange with a credential that Acquire has returned.
func (s Scheme) Begin(_ auth.Challenge, c auth.Credential, _ *auth.Live) (auth.Exchange, error) {
	return &exchange{mechanism: s.Mechanism, cred: c}, nil
}

// Held tells whose ticket would answer in the space, for who explains. Errors
// are those of Acquire.
func (s Scheme) Held(at auth.Space, account string) (user string, err error) {
	return s.Mechanism.Held(at.Origin.Host, account, s.Anywhere)
}
