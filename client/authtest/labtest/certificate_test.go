//go:build linux

package labtest

import (
	"strings"
	"testing"
)

// Apache demands a client certificate: its key's pass phrase is typed once, and
// found in the keyring after that, as is the password that is asked for behind it.
func TestApacheClientCertificate(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	base := "https://localhost:" + lab(t, "LAB_APACHE_MTLS")
	plain := []string{"-s", "--cacert", lab(t, "LAB_CA"), "-E", lab(t, "LAB_CLIENT_CERT"), "--key", lab(t, "LAB_CLIENT_KEY"), base + "/echo"}
	if r := w.must("", plain...); !strings.Contains(r.out, "client_cert=CN=alice") {
		t.Errorf("an open key: %s", r.out)
	}
	if r := w.run("", "-s", "--cacert", lab(t, "LAB_CA"), base+"/echo"); r.code == 0 {
		t.Errorf("without one: %s", r.out)
	}

	args := []string{"--cacert", lab(t, "LAB_CA"), "-E", lab(t, "LAB_CLIENT_CERT"), "--key", lab(t, "LAB_CLIENT_KEY_ENC"), base + "/basic/echo"}
	d := w.talk(args...)
	d.expect("pass phrase: ")
	d.say("client-pass\r")
	d.expect("keep it in the keyring")
	d.say("y\r")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "client_cert=CN=alice") || strings.Contains(r.screen, "client-pass") {
		t.Fatalf("exit %d\n%s%s%s", r.code, r.out, r.screen, r.err)
	}
	for range 2 {
		if r := w.must("", args...); !strings.Contains(r.out, "client_cert=CN=alice") {
			t.Errorf("from the keyring: %s", r.out)
		}
	}
	w.nowhere("client-pass")
	w.nowhere("wonderland")
}
