package store_test

import (
	"errors"
	"testing"

	"getin/client/auth"
	"getin/store"
)

// TestR4_ToldForItsOrigin: what was given for one origin signs nothing for another,
// a proxy's password and a token sign nothing at all, and a user without a secret
// is told from nobody.
func TestR4_ToldForItsOrigin(t *testing.T) {
	here, there := originOf(t, "https://a.test"), originOf(t, "https://b.test")
	w := &store.Wallet{Given: []store.Given{
		{Credential: cred("proxy", "x"), Party: auth.Proxy, Origins: []auth.Origin{here, there}},
		{Credential: cred("", "t0k3n"), Kind: auth.Token, Origins: []auth.Origin{here, there}},
		{Credential: cred("alice", "wonderland"), Origins: []auth.Origin{here}},
		{Credential: cred("bob", ""), NeedsPerson: true, Origins: []auth.Origin{originOf(t, "https://c.test")}},
	}}
	c, err := w.Told(t.Context(), here, "AWS")
	if err != nil || c.User != "alice" || c.Secret.Reveal() != "wonderland" || !c.Given {
		t.Errorf("at its origin: %v, %v", c, err)
	}
	if c, err := w.Told(t.Context(), there, "AWS"); !errors.Is(err, auth.ErrNoCredential) {
		t.Errorf("at another origin: %v, %v", c, err)
	}
	if c, err := w.Told(t.Context(), originOf(t, "https://c.test"), "AWS"); !errors.Is(err, auth.ErrNobody) {
		t.Errorf("a user alone: %v, %v", c, err)
	}
}
