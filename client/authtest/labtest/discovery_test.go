//go:build linux

package labtest

import (
	"strings"
	"testing"
)

// explain finds the whole way from a challenge to the OpenID provider, by what
// the challenge names (RFC 9728), and by the well-known place when it names
// nothing; and shows where somebody would go wrong.
func TestExplainFindsTheIssuer(t *testing.T) {
	w := newWorld(t)
	resource, issuer := origin(t, "LAB_OIDC_RS"), origin(t, "LAB_OIDC_AS")
	for _, path := range []string{"/api/x", "/plain/x"} {
		r := w.must("", "explain", resource+path)
		for _, want := range []string{
			"tokens for " + resource + "\n",
			"by its metadata, " + resource + "/.well-known/oauth-protected-resource\n",
			"are issued by " + issuer + "\n",
			"by its metadata, " + issuer + "/.well-known/oauth-authorization-server\n",
			"in a browser, or with a code that is entered elsewhere\n",
		} {
			if !strings.Contains(r.out, want) {
				t.Errorf("%s: no %q in\n%s", path, want, r.out)
			}
		}
	}
	if r := w.must("", "explain", resource+"/short/x"); !strings.Contains(r.out, "tokens for "+resource+"/short\n") {
		t.Errorf("/short/: %s", r.out)
	}
	if r := w.must("", "explain", resource+"/mismatch/x"); !strings.Contains(r.out, `it is about the resource "https://elsewhere.example"`) {
		t.Errorf("/mismatch/: %s", r.out)
	}
}

// A resource whose metadata are another's is not signed in for (I2).
func TestI2_Mismatch(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	d := w.talk(origin(t, "LAB_OIDC_RS") + "/mismatch/x")
	if r := d.end(); r.code != 94 || strings.Contains(r.screen, "sign in at") || !strings.Contains(r.err, "elsewhere.example") {
		t.Errorf("exit %d\n%s%s", r.code, r.err, r.screen)
	}
}

// A scope that is missing is asked for together with what is held: one sign-in
// more, and then one entry for both. A no leaves the 403 and what is held.
func TestInsufficientScope(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	resource, issuer := origin(t, "LAB_OIDC_RS"), origin(t, "LAB_OIDC_AS")
	d := w.talk("login", "--oauth-client-id", "getin", resource+"/api/x")
	d.approve(t)
	if r := d.end(); r.code != 0 {
		t.Fatalf("exit %d\n%s%s", r.code, r.err, r.screen)
	}
	if r := w.run("", resource+"/admin/x"); r.code != 0 || !strings.Contains(r.err, "403 Forbidden") || !strings.Contains(r.err, `it needs the scope "api:write"`) {
		t.Errorf("with nobody to ask: exit %d\n%s", r.code, r.err)
	}

	const question = "? [y/N]"
	d = w.talk(resource + "/admin/x")
	d.expect(`what is held allows "api:read`)
	d.expect("sign in at " + issuer + question)
	d.say("n")
	if r := d.end(); r.code != 0 || !strings.Contains(r.err, "403 Forbidden") {
		t.Errorf("after a no: exit %d\n%s", r.code, r.err)
	}
	w.wantGrant(resource + "/api/x")

	d = w.talk("--oauth-client-id", "getin", resource+"/admin/x")
	d.expect("sign in at " + issuer + question)
	d.say("y")
	d.approve(t)
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, `"path":"/admin/x"`) {
		t.Errorf("exit %d\n%s%s%s", r.code, r.out, r.err, r.screen)
	}
	w.wantGrant(resource + "/admin/x")
	w.wantGrant(resource + "/api/x")
	if r := w.must("", "realms"); strings.Count(r.out, "\n") != 2 || !strings.Contains(r.out, "api:read api:write") {
		t.Errorf("stored:\n%s", r.out)
	}
}

// Where a password would do as well, a no to the sign-in leads to the question for
// that.
func TestSignInOrPassword(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	url := origin(t, "LAB_OIDC_RS") + "/multi/x"
	d := w.talk(url)
	d.expect("? [y/N]")
	d.say("n")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, `"scheme":"Basic"`) {
		t.Errorf("exit %d\n%s%s%s", r.code, r.out, r.err, r.screen)
	}
	if r := w.must("", "--no-prompt", url); !strings.Contains(r.out, `"scheme":"Basic"`) {
		t.Errorf("stored: %s", r.out)
	}
}
