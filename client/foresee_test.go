package client_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/authtest"
)

// TestForeseeAgreesWithDo: what is foreseen is what is done, and nothing that may
// be a secret is sent to foresee it.
func TestForeseeAgreesWithDo(t *testing.T) {
	digest, basic := &authtest.Digest{Realm: "Other", Users: alice}, authtest.Basic{Realm: "Lab", Users: alice}
	for _, tc := range []struct {
		name      string
		demands   []authtest.Demand
		held      string // the realm of what the wallet has
		own       string // Authorization, set by hand
		strongest auth.Strength
		scheme    string // "": none
		risks     []auth.Risk
	}{
		{name: "the strongest", demands: []authtest.Demand{basic, digest}, scheme: "Digest"},
		{name: "what is held", demands: []authtest.Demand{basic, digest}, held: "Lab", scheme: "Basic"},
		{name: "a weaker one", demands: []authtest.Demand{basic}, strongest: auth.StrengthDigestMD5, scheme: "Basic", risks: []auth.Risk{auth.Downgrade}},
		{name: "after a token", demands: []authtest.Demand{basic}, strongest: auth.StrengthBearer, scheme: "Basic"},
		{name: "the user's own words", demands: []authtest.Demand{basic}, own: "Bearer mine"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t, authtest.Row{Path: "/", Demands: tc.demands})
			o, _ := auth.ParseOrigin(s.URL)
			newPurse := func() *purse {
				p := &purse{typed: []auth.Credential{person("alice", "wonderland")}}
				p.recall = func(*auth.Party, *url.URL) auth.Recalled { return auth.Recalled{Strongest: tc.strongest} }
				if tc.held != "" {
					p.held = map[auth.Space]auth.Credential{
						{Party: auth.Server, Origin: o, Realm: tc.held, HasRealm: true}: person("alice", "wonderland"),
					}
				}
				return p
			}
			req, err := http.NewRequest("GET", s.URL+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if tc.own != "" {
				req.Header.Set("Authorization", tc.own)
			}
			chain, err := newClient(t, newPurse()).Foresee(req)
			if err != nil || len(chain) != 1 {
				t.Fatalf("%d steps, %v", len(chain), err)
			}
			if log := s.Log(); len(log) != 1 || log[0].Authorization != "" {
				t.Errorf("sent %+v", log)
			}
			foreseen, risks := "", []auth.Risk(nil)
			if a := chain[0].Choice; a != nil {
				foreseen = a.Query.Scheme
				for _, c := range a.Concerns {
					risks = append(risks, c.Risk)
				}
			}
			c, done, asked := newClient(t, newPurse()), "", []auth.Risk(nil)
			c.Trace = &client.Trace{Chosen: func(q auth.Query, _ auth.Credential) { done = q.Scheme }}
			if tc.risks != nil {
				c.Consent = consentFunc(t, tc.risks[0], func(a auth.Concern) error { asked = append(asked, a.Risk); return nil })
			}
			_, _, _ = do(t, c, req) // what it chose is the question
			if foreseen != tc.scheme || done != tc.scheme {
				t.Errorf("foreseen %q, done %q, want %q", foreseen, done, tc.scheme)
			}
			if !slices.Equal(risks, tc.risks) || !slices.Equal(asked, tc.risks) {
				t.Errorf("foreseen risks %v, asked about %v, want %v", risks, asked, tc.risks)
			}
		})
	}
}

// TestForeseeChain: what is foreseen of a redirect to another origin is what it
// gets (rule R5).
func TestForeseeChain(t *testing.T) {
	b := start(t, basicRow("/"))
	row := authtest.Row{Path: "/", Status: 302, Location: b.URL + "/deep"}
	a := start(t, row)
	req, err := http.NewRequest("GET", a.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Key", "mine")
	req.Header.Set("Accept", "text/plain")
	chain, err := newClient(t, &purse{typed: []auth.Credential{person("alice", "wonderland")}}).Foresee(req)
	if err != nil || len(chain) != 2 {
		t.Fatalf("%d steps, %v", len(chain), err)
	}
	if f := chain[0]; !f.Leaves || !slices.Equal(f.Dropped, []string{"X-Key"}) || f.Next.String() != b.URL+"/deep" {
		t.Errorf("the first: %+v", f)
	}
	if f := chain[1]; !f.Left || f.Choice == nil || f.Choice.Query.Redirected != chain[0].Origin {
		t.Errorf("the second: %+v", f)
	}
	for _, r := range append(a.Log(), b.Log()...) {
		if r.Header.Get("X-Key") != "" || r.Header.Get("Accept") == "" || r.Authorization != "" {
			t.Errorf("sent %+v", r)
		}
	}
}
