package store

import (
	"testing"
	"time"

	"getin/client/auth"
)

// What stands behind a token is stored with it, and its secrets come back whole;
// of two resources of one realm each has its own key (SECURITY I7).
func TestI7_GrantRoundTrip(t *testing.T) {
	o, err := auth.ParseOrigin("https://api.test")
	if err != nil {
		t.Fatal(err)
	}
	k := Key{Kind: auth.Token, Space: auth.Space{
		Party: auth.Server, Origin: o, Realm: "API", HasRealm: true, Resource: "https://api.test/.well-known/oauth-protected-resource/a",
	}}
	grant := &auth.Grant{
		Issuer: "https://as.test", TokenEndpoint: "https://as.test/token", Revocation: "https://as.test/revoke", Resource: "https://api.test/a",
		Scope: "a b", Subject: "alice", ClientID: "getin", ClientSecret: auth.NewSecret("cs"), ClientAuth: "client_secret_basic",
		Own: true, Type: "DPoP", Refresh: auth.NewSecret("rt"), Expires: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Key: auth.NewSecret("\x30\xff"),
	}
	text, err := Encode(k, auth.Credential{Secret: auth.NewSecret("at"), Grant: grant})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(k, text)
	if err != nil || got.Secret.Reveal() != "at" || got.Grant == nil {
		t.Fatalf("%v, %v", got, err)
	}
	if *grantToValue(got.Grant) != *grantToValue(grant) {
		t.Errorf("%+v, want %+v", got.Grant, grant)
	}
	other := k
	other.Space.Resource += "b"
	if _, err := Decode(other, text); err == nil || other.ID() == k.ID() {
		t.Errorf("a token of one resource is found for another: %v", err)
	}
	listed, err := DecodeKey(text)
	if err != nil || listed != k {
		t.Errorf("listed as %+v, %v", listed, err)
	}
}
