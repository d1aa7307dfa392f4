package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/client/auth/bearer"
)

// growing is Bearer whose token can be had for more by a person.
type growing struct {
	bearer.Scheme
	asked  *[]auth.Query
	refuse error
}

func (g growing) Acquire(_ context.Context, q auth.Query, have auth.Credential, _ func(context.Context, auth.Query) (auth.Credential, error)) (auth.Credential, error) {
	if code, _ := q.Challenge.Param("error"); code != "insufficient_scope" {
		return have, nil
	}
	if !q.Person {
		return auth.Credential{}, auth.ErrNoCredential
	}
	*g.asked = append(*g.asked, q)
	return auth.Credential{Secret: auth.NewSecret("wide")}, g.refuse
}

func (g growing) Begin(ch auth.Challenge, c auth.Credential, l *auth.Live) (auth.Exchange, error) {
	x, err := g.Scheme.Begin(ch, c, l)
	return widening{x}, err
}

type widening struct{ auth.Exchange }

func (widening) Widens(ch auth.Challenge) bool {
	code, _ := ch.Param("error")
	return code == "insufficient_scope"
}

// A 403 for the token's scope is answered once with a wider one, whose challenge
// need not name its space again; the narrow one stays good. When nobody gives a
// wider one, or that does not do either, the 403 is the caller's.
func TestRFC6750Section3_1_InsufficientScope(t *testing.T) {
	for _, c := range []struct {
		name   string
		enough string
		refuse error
		status int
		tokens string
	}{
		{"wider", "wide", nil, 200, "narrow wide"},
		{"declined", "wide", auth.ErrDeclined, 403, "narrow"},
		{"nothing is enough", "", nil, 403, "narrow wide"},
	} {
		var tokens []string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			switch {
			case !ok:
				w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="API", resource_metadata="http://%s/m"`, r.Host))
				w.WriteHeader(http.StatusUnauthorized)
				return
			case token != c.enough:
				w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="more"`)
				w.WriteHeader(http.StatusForbidden)
			}
			tokens = append(tokens, token)
		}))
		t.Cleanup(s.Close)
		o, err := auth.ParseOrigin(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		space := auth.Space{Party: auth.Server, Origin: o, Realm: "API", HasRealm: true, Resource: s.URL + "/m"}
		p := &purse{held: map[auth.Space]auth.Credential{space: {Secret: auth.NewSecret("narrow")}}}
		var asked []auth.Query
		cl := newClient(t, p)
		cl.Schemes = []auth.Scheme{growing{asked: &asked, refuse: c.refuse}}
		resp, _, err := get(t, cl, s.URL+"/")
		if err != nil || resp.StatusCode != c.status {
			t.Errorf("%s: %v, %v", c.name, resp, err)
		}
		if got := strings.Join(tokens, " "); got != c.tokens {
			t.Errorf("%s: sent %q, want %q", c.name, got, c.tokens)
		}
		if len(asked) != 1 || asked[0].Space != space {
			t.Errorf("%s: asked %+v", c.name, asked)
		}
		if slices.Contains(p.outcomes(), auth.Rejected) {
			t.Errorf("%s: settled %v", c.name, p.outcomes())
		}
	}
}
