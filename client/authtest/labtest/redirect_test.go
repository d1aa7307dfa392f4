//go:build linux

package labtest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// leaks demands that what was meant for the first origin came to no other port.
func leaks(t *testing.T, lines []line, secrets ...string) {
	t.Helper()
	home := lab(t, "LAB_APACHE_HTTP")
	others := 0
	for _, l := range lines {
		if l.port == home {
			continue
		}
		others++
		for _, s := range secrets {
			if strings.Contains(l.auth+l.cookie+l.proxyAuth+l.target, s) {
				t.Errorf("port %s got %q: %+v", l.port, s, l)
			}
		}
	}
	if others == 0 {
		t.Error("no request came to another origin: the test shows nothing")
	}
}

// Credentials, cookies and headers that a user gave go to the first origin
// only, whatever the redirect's status (rule R5).
func TestNothingGoesAcrossOrigins(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{"cross", "host"} {
			t.Run(fmt.Sprint(status, " ", target), func(t *testing.T) {
				w := newWorld(t)
				log := tap(t)
				url := fmt.Sprintf("%s/basic/redirect/%d/%s", origin(t, "LAB_APACHE_HTTP"), status, target)
				r := w.run("", "--no-prompt", "-L", "-u", "alice:wonderland", "-H", "Cookie: session=42", "-H", "X-Token: 43", url)
				if target == "cross" && r.code != 0 {
					t.Errorf("exit %d\n%s", r.code, r.err)
				}
				lines := log.lines()
				if target == "cross" {
					leaks(t, lines, basic("alice", "wonderland"), "session=42")
					return
				}
				// localhost for 127.0.0.1 is the same port, another origin.
				for _, l := range lines[1:] {
					if strings.HasPrefix(l.target, "/basic/redirect/") {
						continue
					}
					if l.auth != "-" || l.cookie != "-" {
						t.Errorf("localhost got what 127.0.0.1 was given: %+v", l)
					}
				}
			})
		}
	}
}

// A realm of the same name at another origin is another realm: the password
// stored for the first is not tried there.
func TestSameRealmElsewhere(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	base := origin(t, "LAB_APACHE_HTTP")
	d := w.talk(base + "/basic/")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.err)
	}
	log := tap(t)
	r := w.run("", "-L", base+"/basic/redirect/302/cross-same-realm")
	if r.code != 67 {
		t.Errorf("exit %d, want 67: nobody could answer the other origin\n%s", r.code, r.err)
	}
	leaks(t, log.lines(), basic("alice", "wonderland"))

	log = tap(t)
	d = w.talk("-L", base+"/basic/redirect/302/cross-same-realm")
	d.expect(origin(t, "LAB_APACHE_OTHER") + " asks for a password (Basic)")
	d.expect(base) // both origins are named
	d.login("alice", "other-password")
	if r := d.end(); r.code != 0 {
		t.Errorf("exit %d\n%s", r.code, r.err)
	}
	leaks(t, log.lines(), basic("alice", "wonderland"))
	if n := len(w.realms()); n != 2 {
		t.Errorf("%d realms, want 2: one of the same name at each origin", n)
	}
}

// Credentials in a Location are the server's, not the user's.
func TestUserinfoInLocation(t *testing.T) {
	w := newWorld(t)
	log := tap(t)
	w.run("", "--no-prompt", "-L", origin(t, "LAB_APACHE_HTTP")+"/redirect/302/userinfo")
	for _, l := range log.lines() {
		if l.auth != "-" {
			t.Errorf("credentials from a Location were sent: %+v", l)
		}
	}
}

// A redirect within the origin keeps the credential; into another realm of it,
// it does not.
func TestRedirectWithinTheOrigin(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	base := origin(t, "LAB_APACHE_HTTP")
	d := w.talk("-L", base+"/basic/redirect/302/same")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "alice") {
		t.Errorf("exit %d, %q\n%s", r.code, r.out, r.err)
	}
	log := tap(t)
	if r := w.run("", "-L", base+"/basic/redirect/302/same-realm-b"); r.code != 67 {
		t.Errorf("exit %d, want 67\n%s", r.code, r.err)
	}
	for _, l := range log.lines("/realm-b/") {
		if l.auth != "-" {
			t.Errorf("realm B got the password of another realm: %+v", l)
		}
	}
}
