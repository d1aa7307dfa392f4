package token

import (
	"testing"
	"time"

	"getin/client/auth"
)

// A token of the client's own has no refresh token: its secret gets the next one.
func TestOwnTokenIsGotAnew(t *testing.T) {
	s := newSignInServer(t)
	have := auth.Credential{Secret: auth.NewSecret("old"), Grant: &auth.Grant{
		Issuer: s.URL, TokenEndpoint: s.URL + "/token", Resource: "http://127.0.0.1:9/api", Scope: "read", Own: true,
		ClientID: "robot", ClientSecret: auth.NewSecret("s3cret"), ClientAuth: clientPost, Expires: time.Now().Add(-time.Hour),
	}}
	q := auth.Query{Space: auth.Space{Party: auth.Server, Origin: origin(t, "http://127.0.0.1:9")}, Target: "http://127.0.0.1:9/api/x"}
	got, err := s.client.oauth(t.Context(), q, have)
	if err != nil || got.Secret.Reveal() != "the-access-token" || !got.Grant.Own {
		t.Fatalf("%+v, %v", got, err)
	}
	form := s.told[0]
	for name, want := range map[string]string{
		"grant_type": grantClient, "scope": "read", "resource": "http://127.0.0.1:9/api", "client_id": "robot", "client_secret": "s3cret", "refresh_token": "",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
}
