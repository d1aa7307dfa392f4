package client

import (
	"context"
	"net/http"
	"net/url"

	"getin/client/auth"
)

// converse sends the request of one hop as often as its parties want it
// answered, and returns the response that ends the conversation.
func (c *Client) converse(h *hop) (*http.Response, error) {
	ctx := h.req.Context()
	parties, way, err := c.meet(h)
	if err != nil {
		return nil, err
	}
	for _, d := range parties {
		d.recall(ctx)
	}
	defer h.line.release() // when all is settled
	defer func() {         // whatever happens, no credential stays unsettled
		for _, d := range parties {
			d.settle(ctx, auth.Undecided)
		}
	}()
	var once retries
	for round := 1; ; {
		resp, err := c.send(ctx, h, parties, way)
		if err != nil {
			if h.line.mayRestart(ctx, h, err) {
				continue
			}
			return nil, err
		}
		asks := who(parties, resp)
		if asks == nil {
			if h.line.leg && h.body.get != nil {
				// Nobody asked for the leg, and the content was not sent.
				for _, d := range parties {
					d.settlePartial(ctx)
				}
				drain(resp)
				continue
			}
			if once.again(h, resp) {
				c.Trace.retried(resp)
				h.line.standBy(parties)
				c.discard(resp)
				continue
			}
			wider, err := parties[len(parties)-1].widen(ctx, resp) // the server's
			if err != nil {
				return orClose(resp, err)
			}
			if wider {
				h.line.standBy(parties)
				drain(resp)
				continue
			}
			return c.finish(ctx, parties, resp)
		}
		if err := asks.next(ctx, parties, resp, round); err != nil {
			return orClose(resp, err)
		}
		drain(resp)
		if !asks.midway {
			round++
		}
	}
}

// next finds the answer to a challenge. The other party has let the request
// through, or has not been asked yet.
func (d *dialogue) next(ctx context.Context, parties []*dialogue, resp *http.Response, round int) error {
	for _, other := range parties {
		if other != d && other.exchange != nil && other.judge(resp) == auth.Accepted {
			if err := other.finish(ctx, resp); err != nil {
				return err
			}
			other.recall(ctx)
		}
	}
	if round == maxRounds || d.legs == maxLegs {
		d.challenges, d.syntax = auth.ParseChallenges(resp.Header.Values(d.party.Challenge))
		d.settle(ctx, auth.Undecided)
		return d.unanswered(ErrTooManyRounds)
	}
	return d.challenged(ctx, resp)
}

func (c *Client) finish(ctx context.Context, parties []*dialogue, resp *http.Response) (*http.Response, error) {
	for _, d := range parties {
		if err := d.finish(ctx, resp); err != nil {
			_ = resp.Body.Close() // not to be believed
			return nil, err
		}
	}
	return resp, nil
}

// send makes one request of the hop, with the answers in force.
func (c *Client) send(ctx context.Context, h *hop, parties []*dialogue, way Way) (*http.Response, error) {
	m := auth.Message{Method: h.req.Method, Target: h.ownTarget(), Body: h.body.get}
	wire := &Wire{Stranger: h.left}
	wire.Target = h.ownTarget()
	if err := c.prepare(h, parties, wire); err != nil {
		return nil, err
	}
	var answers []auth.Field
	for _, d := range parties {
		fields, err := d.answer(ctx, d.message(m, h.req.URL))
		if err != nil {
			return nil, err
		}
		if answers == nil {
			answers = fields
		} else {
			answers = append(answers, fields...)
		}
	}
	if f, ok := c.cookies(h, way); ok {
		answers = append(answers, f)
	}
	leg := h.line.isLeg(parties)
	req, err := h.request(wire, answers, leg)
	if err != nil {
		return nil, err
	}
	if h.signedAs != nil {
		if err := c.sign(h, req, wire, leg); err != nil {
			return nil, err
		}
	}
	c.Trace.request(req)
	if t := c.Trace.tap(req); t != nil {
		wire.Tap = t
	}
	resp, err := c.Sender.RoundTrip(req)
	h.line.wrote = wire.SentHead > 0
	if err != nil {
		return nil, err
	}
	resp.Request = req
	c.setCookies(h, way, resp)
	c.Trace.response(resp)
	return resp, nil
}

// meet finds out who is on the way to the hop, and who signs its requests.
func (c *Client) meet(h *hop) ([]*dialogue, Way, error) {
	way, err := c.way(h.req.URL)
	if err != nil {
		return nil, way, err
	}
	if err := c.signatory(h.req.Context(), h); err != nil {
		return nil, way, err
	}
	parties, err := c.dialogues(h, way)
	return parties, way, err
}

// dialogues returns one for each party on the way: the proxy, if there is one,
// and the server.
func (c *Client) dialogues(h *hop, way Way) ([]*dialogue, error) {
	var list []*dialogue
	if way.Proxy != nil {
		o, err := auth.OriginOf(way.Proxy)
		if err != nil {
			return nil, err
		}
		list = append(list, &dialogue{
			client: c, party: auth.Proxy, origin: o, url: way.Proxy, method: h.req.Method, way: way,
			silent: c.silence(h, auth.Proxy), tunnel: way.Tunnel, line: &h.line,
		})
	}
	return append(list, &dialogue{
		client: c, party: auth.Server, origin: h.origin, url: h.req.URL, method: h.req.Method, way: way,
		redirectedFrom: h.redirectedFrom(), trusted: h.trusted(), silent: c.silence(h, auth.Server), line: &h.line,
	}), nil
}

// message returns the part of the request for the URL that the party sees. A proxy
// that is asked for the resource is sent all of its URL, and sends the rest of it on
// (RFC 9112 section 3.2.2).
func (d *dialogue) message(m auth.Message, u *url.URL) auth.Message {
	switch {
	case d.tunnel != "":
		m = auth.Message{Method: http.MethodConnect, Target: d.tunnel}
	case m.Target != "": // the caller's own
	case d.party == auth.Proxy:
		m.Target = absolute(u)
	default:
		m.Target = u.RequestURI()
	}
	if d.exchange != nil && d.traits.ConnectionBound {
		m.Host, m.EndPoint = d.origin.Host, endPoint(d.tls)
	}
	return m
}

// silence tells why a party gets no answer at this hop, or nil.
func (c *Client) silence(h *hop, p *auth.Party) error {
	switch {
	case p == auth.Server && h.ownServer, p == auth.Proxy && (h.ownProxy || c.Policy.OwnProxyAnswer):
		return ErrOwnHeader
	case p == auth.Server && h.downgraded:
		return ErrDowngradedRedirect
	case p == auth.Server && h.signedAs != nil:
		return ErrSigned
	}
	return nil
}

// who returns the dialogue of the party that asks in this response, or nil. Of a
// proxy that is asked for a tunnel that is its answer to CONNECT: whatever comes
// through the tunnel is the server's.
func who(parties []*dialogue, resp *http.Response) *dialogue {
	for _, d := range parties {
		if resp.StatusCode == d.party.Status && (d.tunnel == "" || WireOf(resp.Request.Context()).Refused) {
			return d
		}
	}
	return nil
}

// orClose returns the response with an Unanswered, and closes it for any other
// error.
func orClose(resp *http.Response, err error) (*http.Response, error) {
	if _, ok := err.(*Unanswered); ok {
		return resp, err
	}
	_ = resp.Body.Close() // the error is what counts
	return nil, err
}
