package client

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"getin/client/auth"
)

// widen looks for an answer that allows more, when a 403 says that the one in
// force was good and does not allow enough. Where there is none the response is
// the caller's, as every other 403. Once a hop is enough: what a server asks for
// again it has not been given.
func (d *dialogue) widen(ctx context.Context, resp *http.Response) (bool, error) {
	w, ok := d.exchange.(auth.Widener)
	if !ok || d.widened || d.party != auth.Server || resp.StatusCode != http.StatusForbidden {
		return false, nil
	}
	challenges, _ := auth.ParseChallenges(resp.Header.Values(d.party.Challenge)) // what can be read
	i := slices.IndexFunc(challenges, func(ch auth.Challenge) bool { return ch.Is(d.scheme.Name()) && w.Widens(ch) })
	if i < 0 {
		return false, nil
	}
	d.client.Trace.challenged(d.party, challenges, nil)
	d.wire, d.tls, d.widened = WireOf(resp.Request.Context()), resp.TLS, true
	o := &offer{scheme: d.scheme, challenge: sameSpace(challenges[i], d.query.Challenge), traits: d.traits}
	if err := d.finish(ctx, resp); err != nil {
		return false, err
	}
	for _, person := range []bool{false, true} {
		err := d.try(ctx, o, person)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, auth.ErrCanceled), ctx.Err() != nil:
			return false, err
		case person || !fallsThrough(err):
			d.client.Trace.passedOver(o.challenge, err)
			return false, nil
		}
	}
	return false, nil
}

// sameSpace returns the challenge with those parameters of an older one of the
// same space that tell which space it is, as far as it does not name them itself.
func sameSpace(ch, old auth.Challenge) auth.Challenge {
	for _, name := range []string{"realm", "resource_metadata"} {
		if _, has := ch.Param(name); has {
			continue
		}
		if v, had := old.Param(name); had {
			ch.Params = append(ch.Params[:len(ch.Params):len(ch.Params)], auth.Param{Name: name, Value: v})
		}
	}
	return ch
}
