//go:build linux

package labtest

import (
	"strings"
	"testing"
)

// The story that getin is for: asked once, kept in the keyring, then silent:
// one request, no 401, nobody there.
func TestAskedOnceThenSilent(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	url := origin(t, "LAB_APACHE_HTTP") + "/basic/"
	log := tap(t)
	d := w.talk(url)
	d.expect(origin(t, "LAB_APACHE_HTTP") + " asks for a password (Basic)")
	d.expect(`"Lab Basic"`)
	d.login("alice", "wonderland")
	r := d.end()
	if r.code != 0 || r.out != "This is /basic/ of the lab.\n" {
		t.Fatalf("exit %d, %q\n%s", r.code, r.out, r.err)
	}
	if strings.Contains(r.screen, "wonderland") {
		t.Errorf("the password stood on the terminal:\n%s", r.screen)
	}
	if !strings.Contains(r.err+r.screen, "saved in the keyring") {
		t.Errorf("nothing was said of saving:\n%s%s", r.screen, r.err)
	}
	log.expect("401 200", "/basic/")

	for _, path := range []string{"", "index.txt", "deep/er/"} {
		log := tap(t)
		if r := w.run("", url+path); r.code != 0 || r.out == "" || r.err != "" {
			t.Errorf("%s again: exit %d, %q, stderr %q", path, r.code, r.out, r.err)
		}
		log.expect("200", "/basic/")
	}
	if list := w.realms(); len(list) != 1 || list[0].Realm != "Lab Basic" || list[0].Account != "alice" || list[0].Store != "keyring" {
		t.Errorf("realms: %+v", list)
	}
	w.nowhere("wonderland")
}

func TestWrongThenRight(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	d := w.talk(origin(t, "LAB_APACHE_HTTP") + "/basic/")
	d.login("alice", "jabberwocky")
	d.expect("wrong user or password; 2 tries left")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || r.out != "This is /basic/ of the lab.\n" {
		t.Errorf("exit %d, %q\n%s", r.code, r.out, r.err)
	}
}

func TestThreeRefusals(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	log := tap(t)
	d := w.talk(origin(t, "LAB_APACHE_HTTP") + "/basic/")
	for _, wrong := range []string{"one", "two", "three"} {
		d.login("alice", wrong)
	}
	if r := d.end(); r.code != 67 {
		t.Errorf("exit %d, want 67\n%s", r.code, r.err)
	}
	log.expect("401 401 401 401", "/basic/")
	if list := w.realms(); len(list) != 0 {
		t.Errorf("something was saved: %+v", list)
	}
}

// What people have as names and passwords, each sent as it was typed.
func TestPasswordsOfAllKinds(t *testing.T) {
	for _, c := range []struct{ path, user, password string }{
		{"/basic/", "colon", "pa:ss:word"},
		{"/basic/", "spaces", " two  spaces "},
		{"/basic/", "long", strings.Repeat("x", 72)},
		{"/utf8/", "jürgen", "pässwörd€"},
		{"/quoted/", "alice", "wonderland"},
	} {
		t.Run(strings.Trim(c.path, "/")+" "+c.user, func(t *testing.T) {
			w := newWorld(t)
			w.keyring()
			url := origin(t, "LAB_APACHE_HTTP") + c.path
			d := w.talk(url)
			d.login(c.user, c.password)
			if r := d.end(); r.code != 0 || !strings.HasPrefix(r.out, "This is /") {
				t.Fatalf("exit %d, %q\n%s", r.code, r.out, r.err)
			}
			log := tap(t)
			w.must("", url)
			log.expect("200", c.path)
		})
	}
}

// Two realms on one origin, and one within another's path: each keeps its own
// password, and the longest path decides.
func TestRealmsOfOneOrigin(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	base := origin(t, "LAB_APACHE_HTTP")
	for _, c := range []struct{ path, user, password string }{
		{"/realm-a/", "alice", "wonderland-a"},
		{"/realm-b/", "alice", "wonderland-b"},
		{"/basic/", "alice", "wonderland"},
		{"/basic/inner/", "carol", "christmas"},
	} {
		d := w.talk(base + c.path)
		d.login(c.user, c.password)
		if r := d.end(); r.code != 0 {
			t.Fatalf("%s: exit %d\n%s", c.path, r.code, r.err)
		}
	}
	log := tap(t)
	r := w.must("", base+"/realm-a/", base+"/realm-b/", base+"/basic/deep/", base+"/basic/inner/")
	want := "This is /realm-a/ of the lab.\nThis is /realm-b/ of the lab.\nThis is /basic/deep/ of the lab.\nThis is /basic/inner/ of the lab.\n"
	if r.out != want {
		t.Errorf("delivered:\n%s", r.out)
	}
	log.expect("200 200 200 200", "/realm", "/basic")
	if n := len(w.realms()); n != 4 {
		t.Errorf("%d realms, want 4", n)
	}
}

// A right password that is not let in: 401 (and the entry stays, rule R2), or
// 403 (which proves the password, rule R1).
func TestKnownAndNotLetIn(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	base := origin(t, "LAB_APACHE_HTTP")
	d := w.talk(base + "/bob-only-403/")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "403") {
		t.Errorf("403: exit %d, %q, want what curl does\n%s", r.code, r.out, r.err)
	}
	if n := len(w.realms()); n != 1 {
		t.Fatalf("%d realms after a 403 that proved the password, want 1", n)
	}
	if r := w.run("", base+"/bob-only/"); r.code != 67 {
		t.Errorf("401 for a right password: exit %d, want 67\n%s", r.code, r.err)
	}
	if n := len(w.realms()); n != 1 {
		t.Errorf("%d realms: the refusal cost the password", n)
	}
	// The same realm, "Lab Basic": here the password that /bob-only/ refused is
	// right, and after a refusal it goes when it is asked for (rule R2).
	log := tap(t)
	w.must("", base+"/basic/")
	log.expect("401 200", "/basic/")
	log = tap(t)
	w.must("", base+"/basic/")
	log.expect("200", "/basic/")
}

// 429 comes before nginx has looked at the password: neither saved nor held
// against it.
func TestTooManyRequests(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	d := w.talk(origin(t, "LAB_NGINX_HTTP") + "/limited/")
	d.login("alice", "wonderland")
	r := d.end()
	if r.code != 0 || !strings.Contains(r.out, "slow down") {
		t.Errorf("exit %d, %q, want 429's body as in curl\n%s", r.code, r.out, r.err)
	}
	if strings.Contains(r.screen, "wrong user or password") {
		t.Errorf("429 was taken for a refusal:\n%s", r.screen)
	}
	if list := w.realms(); len(list) != 0 {
		t.Errorf("429 proved nothing, and yet: %+v", list)
	}
}
