//go:build linux

package labtest

import (
	"fmt"
	"strings"
	"testing"
)

// Twenty URLs of one Digest realm: one question, one challenge, and the nonce
// count does the rest.
func TestDigestManyURLs(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	log := tap(t)
	d := w.talk("-w", "%{http_code}\n", origin(t, "LAB_APACHE_HTTP")+"/digest/echo?n=[1-20]")
	d.login("alice", "wonderland")
	r := d.end()
	if n := strings.Count(r.out, "200\n"); r.code != 0 || n != 20 {
		t.Fatalf("exit %d, %d of 20 fetched\n%s", r.code, n, r.err)
	}
	lines := log.expect("401"+strings.Repeat(" 200", 20), "/digest/")
	for i, l := range lines[1:] {
		if want := fmt.Sprintf("nc=%08x", i+1); l.status != 200 || !strings.Contains(l.auth, want) {
			t.Errorf("request %d: %d, %s; want %s", i+1, l.status, l.auth, want)
		}
	}
	if n := strings.Count(r.screen, "asks for a password"); n != 1 {
		t.Errorf("%d questions, want 1", n)
	}
}

// A nonce that has grown old while another file was fetched: stale=true is
// answered without a person.
func TestDigestShortNonce(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	stale := origin(t, "LAB_APACHE_HTTP") + "/digest-stale/index.txt"
	slow := origin(t, "LAB_NGINX_HTTP") + "/slow/4M.bin" // takes 4 s, and a nonce lives 2
	log := tap(t)
	d := w.talk("-s", "-o", "/dev/null", stale, "-o", "/dev/null", slow, "-o", "/dev/null", stale)
	d.login("alice", "wonderland")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 {
		t.Fatalf("exit %d\n%s%s", r.code, r.err, r.screen)
	}
	log.expect("401 200 401 200", "/digest-stale/")
}

// Basic and Digest side by side: the stronger one, and never the password in
// the clear.
func TestDigestBeforeBasic(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	url := origin(t, "LAB_APACHE_HTTP") + "/digest-basic/"
	log := tap(t)
	d := w.talk(url)
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.err)
	}
	w.must("", url)
	for _, l := range log.lines("/digest-basic/") {
		if strings.HasPrefix(l.auth, "Basic") {
			t.Errorf("the password went in clear: %+v", l)
		}
	}
}

// What Apache cannot do and lighttpd does: SHA-256, two algorithms side by
// side, user names hashed, a charset.
func TestDigestOfLighttpd(t *testing.T) {
	for _, path := range []string{"/digest-md5/", "/digest-sha256/", "/digest-both/", "/digest-userhash/", "/basic/"} {
		for user, password := range map[string]string{"alice": "wonderland", "jürgen": "pässwörd€"} {
			t.Run(strings.Trim(path, "/")+" "+user, func(t *testing.T) {
				w := newWorld(t)
				w.keyring()
				url := origin(t, "LAB_LIGHTTPD_HTTP") + path
				d := w.talk(url)
				d.login(user, password)
				if r := d.end(); r.code != 0 || r.out == "" {
					t.Fatalf("exit %d\n%s%s", r.code, r.screen, r.err)
				}
				if r := w.run("", url); r.code != 0 || r.out == "" {
					t.Errorf("from the keyring: exit %d\n%s", r.code, r.err)
				}
			})
		}
	}
}
