//go:build linux

package labtest

import (
	"os"
	"strings"
	"testing"
)

// squid is a proxy of the lab, by the scheme that it demands.
var squid = map[string]string{
	"Basic": "LAB_SQUID_BASIC", "Digest": "LAB_SQUID_DIGEST", "NTLM": "LAB_SQUID_NTLM",
}

// squidLog returns what squid has logged since it was size octets long.
func squidLog(t *testing.T, size int64) string {
	t.Helper()
	b, err := os.ReadFile(lab(t, "LAB_SQUID_LOG"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b[size:])
}

func squidSize(t *testing.T) int64 {
	t.Helper()
	info, err := os.Stat(lab(t, "LAB_SQUID_LOG"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// What squid demands is typed once, for http and https targets alike, and found
// in the keyring after that. The question names the proxy.
func TestSquid(t *testing.T) {
	for scheme, port := range squid {
		for kind, target := range map[string]string{
			"http":  origin(t, "LAB_APACHE_HTTP") + "/open/index.txt",
			"https": "https://127.0.0.1:" + lab(t, "LAB_APACHE_HTTPS") + "/open/index.txt",
		} {
			t.Run(scheme+" "+kind, func(t *testing.T) {
				w := newWorld(t)
				w.keyring()
				proxy := origin(t, port)
				args := []string{"-x", proxy, "--cacert", lab(t, "LAB_CA"), target}
				d := w.talk(args...)
				d.expect("proxy " + proxy + " asks for a password (" + scheme)
				d.login("proxyuser", "proxypass")
				if r := d.end(); r.code != 0 || r.out == "" {
					t.Fatalf("exit %d\n%s%s", r.code, r.screen, r.err)
				}
				for range 2 {
					if r := w.run("", args...); r.code != 0 || r.out == "" {
						t.Errorf("from the keyring: exit %d\n%s", r.code, r.err)
					}
				}
				w.nowhere("proxypass")
				if list := w.realms(); len(list) != 1 || list[0].Account != "proxyuser" || !strings.Contains(list[0].Origin, strings.TrimPrefix(proxy, "http://")) {
					t.Errorf("realms: %+v", list)
				}
			})
		}
	}
}

// Many URLs over NTLM take one handshake for a connection, and what is wrong is
// refused at the server.
func TestSquidManyURLs(t *testing.T) {
	w := newWorld(t)
	for kind, c := range map[string]struct {
		target string
		want   int // lines of squid's log: legs, and requests or tunnels
	}{
		"http":  {origin(t, "LAB_APACHE_HTTP") + "/open/echo?n=[1-20]", 21},
		"https": {"https://127.0.0.1:" + lab(t, "LAB_APACHE_HTTPS") + "/open/echo?n=[1-20]", 2},
	} {
		size := squidSize(t)
		args := []string{"-x", origin(t, "LAB_SQUID_NTLM"), "--proxy-ntlm", "-U", "proxyuser:proxypass", "--cacert", lab(t, "LAB_CA")}
		if r := w.must("", append(args, c.target)...); strings.Count(r.out, "GET") < 20 {
			t.Errorf("%s: %s", kind, r.out)
		}
		for range 100 { // a tunnel is logged when it ends
			if strings.Count(squidLog(t, size), "\n") >= c.want {
				break
			}
			if r := w.run("", "-s", origin(t, "LAB_APACHE_HTTP")+"/open/index.txt"); r.code != 0 {
				t.Fatal(r.err)
			}
		}
		if got := strings.Count(squidLog(t, size), "\n"); got != c.want {
			t.Errorf("%s: %d lines in squid's log, want %d\n%s", kind, got, c.want, squidLog(t, size))
		}
	}
}

// The proxy asks, and the server behind it: two questions once, none after that.
func TestSquidAndServer(t *testing.T) {
	for scheme, port := range squid {
		t.Run(scheme, func(t *testing.T) {
			w := newWorld(t)
			w.keyring()
			args := []string{"-x", origin(t, port), "--cacert", lab(t, "LAB_CA"), "https://127.0.0.1:" + lab(t, "LAB_APACHE_HTTPS") + "/basic/echo"}
			log := tap(t)
			d := w.talk(args...)
			d.expect("proxy")
			d.login("proxyuser", "proxypass")
			d.expect("asks for a password (Basic)")
			d.login("alice", "wonderland")
			if r := d.end(); r.code != 0 {
				t.Fatalf("exit %d\n%s%s", r.code, r.screen, r.err)
			}
			w.must("", args...)
			for _, l := range log.lines("/basic/") {
				if l.proxyAuth != "-" {
					t.Errorf("the server saw what was for the proxy: %+v", l)
				}
			}
		})
	}
}

// Apache's NTLM is gss-ntlmssp's: over TLS the channel bindings are checked.
func TestApacheNTLM(t *testing.T) {
	for kind, base := range map[string]string{
		"http": "http://localhost:" + lab(t, "LAB_APACHE_GSS"), "https": "https://localhost:" + lab(t, "LAB_APACHE_GSS_TLS"),
	} {
		for _, user := range []string{"alice", `LAB\alice`} {
			t.Run(kind+" "+user, func(t *testing.T) {
				w := newWorld(t)
				w.keyring()
				args := []string{"--cacert", lab(t, "LAB_CA"), "--ntlm", base + "/ntlm/echo"}
				d := w.talk(args...)
				d.expect("asks for a password (NTLM)")
				d.login(user, "wrong")
				d.login(user, "wonderland")
				if r := d.end(); r.code != 0 || r.out == "" {
					t.Fatalf("exit %d\n%s%s", r.code, r.screen, r.err)
				}
				if r := w.run("", args...); r.code != 0 || r.out == "" {
					t.Errorf("from the keyring: exit %d\n%s", r.code, r.err)
				}
				log := tap(t)
				w.must("", append(args, base+"/ntlm/echo?n=[1-20]")...)
				if n := len(log.lines("/ntlm/echo?")); n != 20 {
					t.Errorf("%d requests for 20 URLs after the first", n)
				}
				if r := w.run("", "--no-store", "--ntlm", "-u", user+":wrong", "--cacert", lab(t, "LAB_CA"), base+"/ntlm/echo"); r.code != 67 {
					t.Errorf("a wrong password: exit %d\n%s", r.code, r.err)
				}
			})
		}
	}
}

// A server's NTLM through a plain proxy, which keeps the two connections of a client
// together: typed once, then from the keyring, with one handshake for many URLs.
func TestServerNTLMBehindSquid(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	url := "http://localhost:" + lab(t, "LAB_APACHE_GSS") + "/ntlm/echo"
	args := []string{"-x", origin(t, "LAB_SQUID_OPEN"), "--ntlm", "--allow-cleartext"}
	d := w.talk(append(args, url)...)
	d.expect("http://localhost:" + lab(t, "LAB_APACHE_GSS") + " asks for a password (NTLM)")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "user=") {
		t.Fatalf("exit %d\n%s%s%s", r.code, r.out, r.screen, r.err)
	}
	size := squidSize(t)
	if r := w.must("", append(args, url+"?n=[1-20]")...); strings.Count(r.out, "auth_type=") != 20 {
		t.Errorf("from the keyring:\n%s", r.out)
	}
	if n := strings.Count(squidLog(t, size), "/ntlm/echo?"); n != 22 {
		t.Errorf("%d requests for 20 URLs, want 22\n%s", n, squidLog(t, size))
	}
}
