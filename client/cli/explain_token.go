package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"getin/client"
	"getin/client/auth"
	"getin/client/token"
	"getin/prompt"
)

// issuing is how a challenge leads to whoever issues tokens for it.
type issuing struct {
	path *token.Path
	err  error
}

// issuers follows each challenge that tokens answer to whoever issues them, and
// sends no secret on the way. Nil stands for a challenge that leads nowhere.
func (x *explainer) issuers(ctx context.Context, f *client.Foresight) []*issuing {
	list := make([]*issuing, len(f.Offers))
	tokens := x.tokens()
	for i, o := range f.Offers {
		if f.Party != auth.Server || o.Problem != nil || o.Traits.Wants != auth.Token {
			continue
		}
		path, err := tokens.Discover(ctx, auth.Query{
			Challenge: o.Challenge, Space: o.Challenge.Space(f.Party, f.PartyOrigin), Target: auth.Target(f.URL),
		})
		if err == nil || o.Traits.SignsIn {
			list[i] = &issuing{path, err}
		}
	}
	return list
}

// issuer returns where a token for the answer that would be given comes from, or
// nil when it has one or nobody says.
func (e *explained) issuer() *token.Path {
	for i, o := range e.Offers {
		if is := e.issuers[i]; is != nil && is.err == nil && e.Choice.Query.Challenge.String() == o.Challenge.String() {
			return is.path
		}
	}
	return nil
}

// lines tell the way.
func (i *issuing) lines() []string {
	if i.err != nil {
		return []string{"leads to no token: " + prompt.Clean(errorText(i.err), uncut)}
	}
	r, s := i.path.Resource, i.path.Server
	list := []string{
		"tokens for " + prompt.Clean(r.ID, uncut),
		"  by its metadata, " + prompt.Clean(i.path.ResourceURL, uncut),
		"are issued by " + prompt.Clean(s.Issuer, uncut),
		"  by its metadata, " + prompt.Clean(i.path.ServerURL, uncut),
		"  at " + prompt.Clean(s.Token, uncut),
	}
	return append(list, "  to who signs in "+signInText(s))
}

// signInText tells how somebody signs in at the server, and as which client.
func signInText(s *token.Server) string {
	var ways []string
	if s.Authorization != "" && slices.Contains(s.Challenges, "S256") {
		ways = append(ways, "in a browser")
	}
	if s.Device != "" {
		ways = append(ways, "with a code that is entered elsewhere")
	}
	text := cmp.Or(strings.Join(ways, ", or "), "in ways that getin does not know")
	if s.Registration == "" {
		return text + "; it registers no clients by itself (--oauth-client-id)"
	}
	return text
}

// issuingJSON is the same as JSON.
type issuingJSON struct {
	Resource      *string  `json:"resource"`
	ResourceURL   *string  `json:"resource_metadata"`
	Issuer        *string  `json:"issuer"`
	ServerURL     *string  `json:"issuer_metadata"`
	Token         *string  `json:"token_endpoint"`
	Authorization *string  `json:"authorization_endpoint"`
	Device        *string  `json:"device_authorization_endpoint"`
	Registration  *string  `json:"registration_endpoint"`
	Scopes        []string `json:"scopes"`
	Problem       *string  `json:"problem"` // null: the way leads there
}

func issuingToJSON(i *issuing) *issuingJSON {
	switch {
	case i == nil:
		return nil
	case i.err != nil:
		return &issuingJSON{Scopes: []string{}, Problem: known(i.err.Error())}
	}
	r, s := i.path.Resource, i.path.Server
	return &issuingJSON{
		Resource: known(r.ID), ResourceURL: known(i.path.ResourceURL), Issuer: known(s.Issuer), ServerURL: known(i.path.ServerURL),
		Token: known(s.Token), Authorization: known(s.Authorization), Device: known(s.Device), Registration: known(s.Registration),
		Scopes: orEmpty(r.Scopes),
	}
}
