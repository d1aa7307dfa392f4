package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"getin/client/auth"
	"getin/client/h1"
)

// leaser is a Sender that keeps a connection for one conversation. *Engine is
// one.
type leaser interface {
	// Lease begins a lease for requests like this one, see h1.Engine.
	Lease(req *http.Request, w *Wire, lane string, through bool) (*h1.Lease, error)
}

// line is the one connection that the requests of a hop go over while an answer
// is in force that authenticates a connection and not a request (NTLM,
// Negotiate). The zero value is none: any connection will do.
//
// It is leased from the first leg to the final response, and belongs to a lane
// after that: the connections that are authenticated for the same parties as the
// same persons. Nobody else gets one of those, and nobody gets one on which a
// handshake failed.
type line struct {
	lease *h1.Lease
	done  []*identity // whose handshakes are through on it

	leg       bool // the last request was a leg without its content
	wrote     bool // the last request has gone out, at least in part
	restarted bool
}

// prepare leases a connection when an answer in force wants one, and tells wire
// what it takes to be sent over it.
func (c *Client) prepare(h *hop, parties []*dialogue, wire *Wire) error {
	l := &h.line
	l.leg = false
	var bound []*identity
	through := true // nobody but the proxy that opens the tunnel
	for _, d := range parties {
		if d.exchange == nil {
			continue
		}
		if d.tunnel != "" {
			wire.As = d.identity().name
		}
		if d.traits.ConnectionBound {
			bound = append(bound, d.identity())
			through = through && d.tunnel != ""
		}
	}
	if len(bound) == 0 {
		l.drop()
		return nil
	}
	if l.lease != nil && !through && l.lease.Shared() {
		l.drop() // a connection of HTTP/2 is nobody's
	}
	if l.lease == nil {
		if err := c.lease(h, bound, wire, through); err != nil {
			return err
		}
		for _, d := range parties {
			if err := d.anew(); err != nil {
				return err
			}
		}
	}
	wire.Lease = l.lease
	return nil
}

// lease begins the lease. After a connection has died it is a new one.
func (c *Client) lease(h *hop, bound []*identity, wire *Wire, through bool) (err error) {
	l := &h.line
	lane := laneOf(bound)
	if l.restarted {
		lane = ""
	}
	if l.lease, err = c.Sender.(leaser).Lease(h.req, wire, lane, through); err != nil {
		return err
	}
	if l.lease.Held() {
		l.done = slices.DeleteFunc(bound, func(i *identity) bool { return i.each.Load() })
	}
	return nil
}

// laneOf is the name of the lane for these identities, which come in the order
// of the parties.
func laneOf(list []*identity) string {
	names := make([]string, len(list))
	for i, id := range list {
		names[i] = id.name
	}
	return strings.Join(names, ", ")
}

// anew begins a handshake again of which legs have gone over another connection.
func (d *dialogue) anew() error {
	if d.exchange == nil || !d.traits.ConnectionBound || !d.answered {
		return nil
	}
	return d.begin(&offer{scheme: d.scheme, challenge: d.query.Challenge, traits: d.traits}, d.query, d.credential)
}

// vouches reports whether the connection is authenticated as the dialogue's
// answer would, so that none need go.
func (l *line) vouches(d *dialogue) bool {
	return d.traits.ConnectionBound && slices.Contains(l.done, d.identity())
}

// reneged notes that a connection was not authenticated after all: there are
// servers that want an answer with each request.
func (l *line) reneged(d *dialogue) {
	id := d.identity()
	id.each.Store(true)
	l.done = slices.DeleteFunc(l.done, func(i *identity) bool { return i == id })
}

// judged notes what became of an answer. After a handshake that was not accepted
// the connection is for nobody; what was accepted before stays so, whatever came
// of this request.
func (l *line) judged(d *dialogue, o auth.Outcome) {
	switch id := d.identity(); {
	case o == auth.Undecided && l.vouches(d):
	case o != auth.Accepted:
		l.drop()
	case l.lease != nil && !slices.Contains(l.done, id):
		l.done = append(l.done, id)
	}
}

// standBy makes ready to send the request again after a final response: whose
// handshake is over need not begin another.
func (l *line) standBy(parties []*dialogue) {
	for _, d := range parties {
		if d.exchange != nil && d.traits.ConnectionBound && !d.isPartial() {
			l.judged(d, auth.Accepted)
		}
	}
}

// isLeg reports whether the request that is about to go is only a leg. The legs
// of a tunnel are in its CONNECT, and no request.
func (l *line) isLeg(parties []*dialogue) bool {
	if l.lease == nil {
		return false
	}
	for _, d := range parties {
		l.leg = l.leg || d.tunnel == "" && d.isPartial()
	}
	return l.leg
}

// isPartial reports whether the answer that was sent last lets nobody in yet.
func (d *dialogue) isPartial() bool {
	p, ok := d.exchange.(auth.Partial)
	return ok && d.answered && !d.vouched && p.Partial()
}

// settlePartial ends an answer that nobody has asked for.
func (d *dialogue) settlePartial(ctx context.Context) {
	if d.tunnel == "" && d.isPartial() {
		d.client.memory.forget(d.query.Space, d.credential)
		d.settle(ctx, auth.Undecided)
	}
}

// mayRestart reports whether the conversation can start again on a new
// connection: the old one has died, which happens once at most, and nothing
// unsafe was sent (RFC 9110 section 9.2.2).
func (l *line) mayRestart(ctx context.Context, h *hop, err error) bool {
	if l.lease == nil || l.restarted || ctx.Err() != nil || h.body.spent() {
		return false
	}
	switch h1.Classify(err) {
	case h1.EmptyReply, h1.Receive, h1.Send:
	default:
		return false
	}
	var refused *h1.ConnectError
	safe := !l.wrote || l.leg || h1.Idempotent(h.req.Method)
	if !safe || errors.As(err, &refused) {
		return false
	}
	l.drop()
	l.restarted = true
	return true
}

// drop gives the connection up.
func (l *line) drop() {
	if l.lease != nil {
		l.lease.Release("")
		l.lease, l.done = nil, nil
	}
}

// release ends the lease with the hop. The connection is kept for its lane when
// all that it was leased for was accepted.
func (l *line) release() {
	if l.lease == nil {
		return
	}
	slices.SortFunc(l.done, byParty)
	l.lease.Release(laneOf(l.done))
	l.lease, l.done = nil, nil
}
