package cli

import (
	"context"
	"fmt"
	"net/url"

	"getin/client/auth"
	"getin/prompt"
	"getin/store"
)

// Consent implements store.Person. Only a terminal will do: an askpass program
// shows no details.
func (p *person) Consent(ctx context.Context, c auth.Concern) (store.Answer, error) {
	answer := store.No
	err := p.converse(ctx, func(ctx context.Context, t *prompt.Terminal) error {
		if t == nil {
			return fmt.Errorf("%w: no terminal", auth.ErrNobody)
		}
		if c.Risk == auth.Downgrade {
			yes, err := t.Confirm(ctx, concernText(c), false)
			if yes && err == nil {
				answer = store.Once
			}
			return err
		}
		if c.Risk == auth.Elsewhere {
			yes, err := t.Confirm(ctx, concernText(c), false)
			if yes && err == nil {
				answer = store.Always
			}
			return err
		}
		a, err := t.Consent(ctx, concernText(c))
		answer = map[prompt.Answer]store.Answer{prompt.Yes: store.Once, prompt.Always: store.Always}[a]
		return err
	})
	return answer, err
}

// whyCells bounds, in terminal cells, what a certificate says of itself in a
// question.
const whyCells = 160

// concernText is the question about a concern.
func concernText(c auth.Concern) string {
	who, what := partyName(c.Query), string(c.Query.Wants)
	switch c.Risk {
	case auth.ClearText:
		text := fmt.Sprintf("%s: %s would send your %s unencrypted, for everybody on the way to read", who, c.Query.Scheme, what)
		if u, err := url.Parse(c.Query.Target); err == nil && u.Scheme == "http" {
			u.Scheme = "https"
			text += "; " + u.String() + " may do instead"
		}
		return text + ". Send it?"
	case auth.Unverified:
		return fmt.Sprintf("%s is not verified (%s); its key is %s. Send your %s?",
			who, prompt.Clean(errorText(c.Why), whyCells), c.Key, what)
	case auth.Elsewhere:
		return fmt.Sprintf("%s wants the %s to go to the token server %s, now and from now on. Send it there?",
			who, what, c.Issuer.Display())
	default:
		return fmt.Sprintf("%s was answered with %s before and now offers %s, which guards the %s less. Answer it?",
			who, c.Stronger, c.Query.Strength, what)
	}
}
