package negotiate

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"getin/client/auth"
)

// exchange is one handshake.
type exchange struct {
	mechanism Mechanism
	cred      auth.Credential
	context   Context // nil before the first token
	next      []byte  // to be sent with the next leg
}

// Answer sends the first token, and with further legs what Challenged has made.
func (e *exchange) Answer(ctx context.Context, p *auth.Party, m auth.Message) ([]auth.Field, error) {
	token := e.next
	if token == nil {
		c, err := e.mechanism.Begin(ctx, m.Host, e.cred, m.EndPoint)
		if err != nil {
			return nil, err
		}
		inner, err := c.Next(nil)
		if err != nil {
			return nil, err
		}
		e.context, token = c, initial(inner)
	}
	e.next = nil
	return []auth.Field{{Name: p.Answer, Value: "Negotiate " + base64.StdEncoding.EncodeToString(token)}}, nil
}

// Challenged goes on with the handshake, RFC 4559 section 5: a challenge with a
// token is another leg, one without is a refusal.
func (e *exchange) Challenged(c auth.Challenge) (auth.Verdict, error) {
	if c.Token68 == "" || e.context == nil {
		return auth.Refused, nil
	}
	r, err := readToken(c.Token68)
	if err != nil {
		return auth.Refused, err
	}
	if r.mechanism == nil {
		return auth.Refused, nil
	}
	out, err := e.context.Next(r.mechanism)
	switch {
	case err != nil && r.state == rejected:
		return auth.Refused, nonRefusal(err)
	case err != nil:
		return auth.Refused, err
	case r.state == rejected || out == nil:
		return auth.Refused, nil
	}
	e.next = further(out)
	return auth.Continue, nil
}

// Accepted checks the server's last token: only who has the key of the service
// could have made it.
func (e *exchange) Accepted(f auth.Final) (auth.Credential, error) {
	for _, c := range f.Challenges {
		if !c.Is("Negotiate") || c.Token68 == "" || e.context == nil || e.context.Done() {
			continue
		}
		r, err := readToken(c.Token68)
		if err == nil && r.mechanism != nil {
			_, err = e.context.Next(r.mechanism)
		}
		if err == nil && r.state == rejected {
			err = errRejected
		}
		if err != nil {
			return auth.Credential{}, fmt.Errorf("negotiate: %w: %w", auth.ErrServerUnverified, err)
		}
	}
	return e.cred, nil
}

// decode reads a token68. What padding there should be is plain without it.
func decode(token string) ([]byte, error) {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token, "="))
	if err != nil {
		return nil, fmt.Errorf("negotiate: token: %w", err)
	}
	return b, nil
}
