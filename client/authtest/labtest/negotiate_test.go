//go:build linux

package labtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// kerberos gives the user the realm's krb5.conf and a ticket cache of their own,
// which is empty.
func (w *world) kerberos() {
	w.t.Helper()
	w.env = append(w.env, "KRB5_CONFIG="+lab(w.t, "KRB5_CONFIG"), "KRB5CCNAME=FILE:"+filepath.Join(w.home, "tickets"))
}

// kinit puts a ticket into the cache.
func (w *world) kinit(user, password string) {
	w.t.Helper()
	cmd := exec.Command("kinit", user)
	cmd.Env, cmd.Stdin = w.env, strings.NewReader(password+"\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("kinit: %v\n%s", err, out)
	}
}

func gss(t *testing.T, path string) string {
	t.Helper()
	return "http://localhost:" + lab(t, "LAB_APACHE_GSS") + path
}

func gssTLS(t *testing.T, path string) string {
	t.Helper()
	return "https://localhost:" + lab(t, "LAB_APACHE_GSS_TLS") + path
}

// A ticket of kinit's answers in silence, and leaves nothing behind; over TLS it
// is bound to the channel.
func TestNegotiateTicket(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	w.kerberos()
	w.kinit("alice", "wonderland")
	for _, args := range [][]string{
		{gss(t, "/negotiate/echo")},
		{gss(t, "/negotiate-basic/echo")},
		{"--negotiate", "-u", ":", gss(t, "/negotiate/echo")},
		{"--cacert", lab(t, "LAB_CA"), gssTLS(t, "/negotiate/echo")},
	} {
		r := w.must("", args...)
		if !strings.Contains(r.out, "user=alice@LAB.TEST") || !strings.Contains(r.out, "auth_type=Negotiate") {
			t.Errorf("%q: %s", args, r.out)
		}
	}
	if list := w.realms(); len(list) != 0 {
		t.Errorf("saved: %+v", list)
	}
	if r := w.must("", "explain", gss(t, "/negotiate/")); !strings.Contains(r.out, "the Kerberos ticket of alice@LAB.TEST") {
		t.Errorf("explain: %s", r.out)
	}
}

// Without a ticket the password is asked for, and found in the keyring later; no
// ticket is written anywhere.
func TestNegotiatePassword(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	w.kerberos()
	url := gss(t, "/negotiate/echo")
	d := w.talk(url)
	d.expect("http://localhost:" + lab(t, "LAB_APACHE_GSS") + " asks for a password (Negotiate)")
	d.login("alice", "wrong")
	d.expect("wrong user or password; 2 tries left")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "user=alice@LAB.TEST") || strings.Contains(r.screen, "wonderland") {
		t.Fatalf("exit %d\n%s%s", r.code, r.screen, r.err)
	}
	r := w.must("", url)
	if !strings.Contains(r.out, "auth_type=Negotiate") {
		t.Errorf("from the keyring: %s", r.out)
	}
	w.nowhere("wonderland")
	if list := w.realms(); len(list) != 1 || list[0].Account != "alice" || list[0].Scheme != "Negotiate" {
		t.Errorf("realms: %+v", list)
	}
	if _, err := os.Stat(filepath.Join(w.home, "tickets")); err == nil {
		t.Error("a ticket was written")
	}
}

// A user of another realm is let in, whose realm is asked for the way: where
// krb5.conf says whose the host is, and where it does not.
func TestNegotiateAcrossRealms(t *testing.T) {
	conf, err := os.ReadFile(lab(t, "KRB5_CONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	mapped, _, _ := strings.Cut(string(conf), "[domain_realm]")
	for name, text := range map[string]string{"known": string(conf), "referred": mapped} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.keyring()
			w.kerberos()
			file := filepath.Join(w.home, "krb5.conf")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			w.env = append(w.env, "KRB5_CONFIG="+file)
			// MIT's KDC refers for names with a dot in them.
			at := "www.lab.test:" + lab(t, "LAB_APACHE_GSS")
			args := []string{"--negotiate", "--resolve", at + ":127.0.0.1", "http://" + at + "/negotiate/echo"}
			d := w.talk(args...)
			d.login("carol@FAR.TEST", "looking-glass")
			if r := d.end(); r.code != 0 || !strings.Contains(r.out, "user=carol@FAR.TEST") {
				t.Fatalf("exit %d\n%s%s%s", r.code, r.out, r.screen, r.err)
			}
			if r := w.must("", args...); !strings.Contains(r.out, "user=carol@FAR.TEST") {
				t.Errorf("from the keyring: %s", r.out)
			}
			w.kinit("carol@FAR.TEST", "looking-glass")
			if r := w.must("", append(args, "--no-store")...); !strings.Contains(r.out, "user=carol@FAR.TEST") {
				t.Errorf("with a ticket: %s", r.out)
			}
		})
	}
}

// 200 URLs take one handshake where the server lets in the connection, and
// otherwise one each, without a challenge between.
func TestNegotiateManyURLs(t *testing.T) {
	w := newWorld(t)
	w.kerberos()
	w.kinit("alice", "wonderland")
	for path, want := range map[string]string{
		"/negotiate-ntlm/": "401" + strings.Repeat(" 200", 200),
		"/negotiate/":      "401 200 401" + strings.Repeat(" 200", 199),
	} {
		log := tap(t)
		r := w.must("", "-s", "-w", "%{http_code}\n", gss(t, path)+"echo?n=[1-200]")
		if n := strings.Count(r.out, "200\n"); n < 200 {
			t.Errorf("%s: %d of 200 fetched", path, n)
		}
		answers := 0
		for _, l := range log.expect(want, path) {
			if l.auth != "-" {
				answers++
			}
		}
		handshakes := 200
		if path == "/negotiate-ntlm/" {
			handshakes = 2 // Apache ends a connection after a hundred requests
		}
		if answers != handshakes {
			t.Errorf("%s: %d handshakes, want %d", path, answers, handshakes)
		}
	}
}

// What goes wrong is told in words, with the exit code that says whose fault it
// is.
func TestNegotiateErrors(t *testing.T) {
	url := gss(t, "/negotiate/")
	for _, c := range []struct {
		args  []string
		conf  string
		code  int
		words string
	}{
		{[]string{url}, "", 67, "no ticket cache: nothing in FILE:"},
		{[]string{"-u", "alice:wrong", "--negotiate", url}, "", 67, "the user or password was refused"},
		{[]string{"-u", "nobody:x", "--negotiate", url}, "", 67, "the user or password was refused"},
		{[]string{"-u", "expired:old-password", "--negotiate", url}, "", 94, "the password of expired@LAB.TEST has expired"},
		{[]string{"-u", "alice@NOWHERE.TEST:x", "--negotiate", url}, "", 94, `no KDC is known for the realm "NOWHERE.TEST"`},
		{[]string{"-u", "alice:wonderland", "--negotiate", url}, "127.0.0.1:1", 94, "the KDC of LAB.TEST cannot be reached"},
		{[]string{url}, "none", 67, "no realm is known for localhost"},
	} {
		w := newWorld(t)
		w.kerberos()
		switch c.conf {
		case "":
		case "none":
			w.env = append(w.env, "KRB5_CONFIG=/dev/null")
		default:
			file := filepath.Join(w.home, "krb5.conf")
			text := "[libdefaults]\ndefault_realm = LAB.TEST\n[realms]\nLAB.TEST = {\nkdc = " + c.conf + "\n}\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			w.env = append(w.env, "KRB5_CONFIG="+file)
		}
		r := w.run("", append([]string{"-o", "/dev/null"}, c.args...)...)
		if r.code != c.code || !strings.Contains(r.err, c.words) || !strings.Contains(r.err, "hint: ") {
			t.Errorf("%q: exit %d, want %d and %q\n%s", c.args, r.code, c.code, c.words, r.err)
		}
	}
}

// Where Kerberos cannot start the next scheme answers, and nobody is asked for a
// password that would not be used.
func TestNegotiateFallsToBasic(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	w.kerberos()
	w.env = append(w.env, "KRB5_CONFIG=/dev/null")
	d := w.talk(gss(t, "/negotiate-basic/echo"))
	d.expect("asks for a password (Basic)")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "auth_type=Basic") {
		t.Errorf("exit %d\n%s%s", r.code, r.screen, r.err)
	}
}

// Squid takes a ticket for http and https targets: kinit's, then one got with a
// typed password, then with one from the keyring.
func TestSquidNegotiate(t *testing.T) {
	proxy := "http://localhost:" + lab(t, "LAB_SQUID_NEGOTIATE")
	for kind, target := range map[string]string{
		"http":  origin(t, "LAB_APACHE_HTTP") + "/open/index.txt",
		"https": "https://127.0.0.1:" + lab(t, "LAB_APACHE_HTTPS") + "/open/index.txt",
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.keyring()
			w.kerberos()
			args := []string{"-x", proxy, "--cacert", lab(t, "LAB_CA"), target}
			w.kinit("alice", "wonderland")
			w.must("", args...)
			w.must("", append([]string{"--proxy-negotiate", "-U", ":"}, args...)...)
			if err := os.Remove(filepath.Join(w.home, "tickets")); err != nil {
				t.Fatal(err)
			}
			d := w.talk(args...)
			d.expect("the proxy " + proxy + " asks for a password (Negotiate)")
			d.login("alice", "wonderland")
			if r := d.end(); r.code != 0 || r.out == "" {
				t.Fatalf("exit %d\n%s%s", r.code, r.screen, r.err)
			}
			for range 2 {
				if r := w.run("", args...); r.code != 0 || r.out == "" {
					t.Errorf("from the keyring: exit %d\n%s", r.code, r.err)
				}
			}
		})
	}
}
