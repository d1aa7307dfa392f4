package token

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"getin/client/auth"
)

func heldGrant(refresh string) auth.Credential {
	return auth.Credential{Secret: auth.NewSecret("at"), Grant: &auth.Grant{Refresh: auth.NewSecret(refresh)}}
}

// A token that was good and is not any more is refreshed, where it can be; one
// that never was is worthless.
func TestGrantRefused(t *testing.T) {
	for _, c := range []struct {
		name                  string
		refresh               string
		fromThisRun, accepted bool
		want                  auth.Verdict
	}{
		{"of an earlier run", "rt", false, false, auth.Renew},
		{"of an earlier run, with nothing to refresh it", "", false, false, auth.Refused},
		{"just issued", "rt", true, false, auth.Refused},
		{"issued in this run, and good for a while", "rt", true, true, auth.Renew},
	} {
		d := newDocuments(t)
		d.at["/token"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"access_token":"at"}`) }
		have := heldGrant(c.refresh)
		if c.fromThisRun {
			a, err := d.client.token(t.Context(), endpoint{address: d.URL + "/token", challenger: origin(t, d.URL)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			have.Secret = a.access
		}
		s := Scheme{Client: d.client}
		ch := challenge(t, bare)
		x, err := s.Begin(ch, have, &auth.Live{})
		if err != nil {
			t.Fatal(err)
		}
		if c.accepted {
			if _, err := x.Accepted(auth.Final{}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := x.Challenged(ch); got != c.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
		if _, err := s.Begin(ch, have, &auth.Live{}); !errors.Is(err, auth.ErrCredential) {
			t.Errorf("%s: it is sent again: %v", c.name, err)
		}
	}
}

// A token whose time is over, and one of another type, stay at home.
func TestGrantUnfit(t *testing.T) {
	over, other := heldGrant(""), heldGrant("")
	over.Grant.Expires = time.Now().Add(-time.Second)
	other.Grant.Type = "DPoP"
	for _, have := range []auth.Credential{over, other} {
		if _, err := (Scheme{Client: &Client{}}).Begin(challenge(t, bare), have, &auth.Live{}); !errors.Is(err, auth.ErrCredential) {
			t.Errorf("%+v: %v", have.Grant, err)
		}
	}
}

// I7: what was issued for one resource does not go to another, though a server
// calls both the same realm and names no metadata.
func TestI7_Grant(t *testing.T) {
	have := heldGrant("rt")
	have.Grant.Resource = "https://api.example.com/a"
	for target, ok := range map[string]bool{
		"https://api.example.com/a":     true,
		"https://api.example.com/a/x?y": true,
		"https://api.example.com/b":     false,
		"https://api.example.com/ab":    false,
		"https://api.example.com/":      false,
	} {
		got, err := Scheme{Client: &Client{}}.Acquire(t.Context(), queryFor(t, challenge(t, bare), target), have, nil)
		if ok != (err == nil && got.Equal(have)) || !ok && !errors.Is(err, auth.ErrNoCredential) {
			t.Errorf("%s: %v, %v", target, got.Grant, err)
		}
	}
}
