//go:build linux

package labtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"getin/client/authtest"
)

// elsewhere is a server that is not on loopback, as seen from a network
// namespace of its own, and a user who lives in that namespace.
func elsewhere(t *testing.T) (*world, *authtest.Server) {
	t.Helper()
	w := newWorld(t)
	if os.Getuid() != 0 {
		t.Skip("a network namespace needs root")
	}
	name := fmt.Sprintf("getin%d", os.Getpid()%100000)
	here, there := name+"a", name+"b" // at most 15 octets each (IFNAMSIZ)
	ip := func(args ...string) error {
		out, err := exec.Command("ip", args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	if err := ip("netns", "add", name); err != nil {
		t.Skipf("no network namespace to be had: %v", err)
	}
	t.Cleanup(func() { _ = ip("netns", "del", name) })
	for _, args := range [][]string{
		{"link", "add", here, "type", "veth", "peer", "name", there},
		{"link", "set", there, "netns", name},
		{"addr", "add", "10.231.7.1/24", "dev", here},
		{"link", "set", here, "up"},
		{"-n", name, "addr", "add", "10.231.7.2/24", "dev", there},
		{"-n", name, "link", "set", there, "up"},
	} {
		if err := ip(args...); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = ip("link", "del", here) })
	l, err := net.Listen("tcp", "10.231.7.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := authtest.StartOn(l, authtest.Row{Path: "/", Demands: []authtest.Demand{
		authtest.Basic{Realm: "Elsewhere", Users: authtest.Users{"alice": "wonderland"}},
	}}, authtest.Row{Path: "/digest", Demands: []authtest.Demand{
		&authtest.Digest{Realm: "Digest", Algorithm: "SHA-256", QOP: "auth", Users: authtest.Users{"alice": "wonderland"}},
	}}, authtest.Row{Path: "/ntlm", Demands: []authtest.Demand{
		&authtest.NTLM{Users: authtest.Users{"alice": "wonderland"}, Host: "10.231.7.1"},
	}})
	t.Cleanup(s.Close)
	w.via = []string{"ip", "netns", "exec", name}
	return w, s
}

// sent demands that no request carried credentials.
func unsent(t *testing.T, s *authtest.Server) {
	t.Helper()
	for _, r := range s.Log() {
		if r.Authorization != "" {
			t.Errorf("a password went in clear: %s %s with %s", r.Method, r.Target, r.Authorization)
		}
	}
}

// Over http to a host that is not loopback no secret is sent, whatever its
// source, unless the user says so (rule R6).
func TestClearTextIsRefused(t *testing.T) {
	w, s := elsewhere(t)
	url := s.URL + "/page"
	for _, c := range []struct {
		input string
		args  []string
	}{
		{"wonderland\n", []string{"--account", "alice", "--secret-stdin"}},
		{"", []string{"-u", "alice:wonderland"}},
		{"", []string{"--basic", "-u", "alice:wonderland"}},
	} {
		r := w.run(c.input, append(c.args, url)...)
		if r.code != 94 || !strings.Contains(r.err, "https://") || !strings.Contains(r.err, "--allow-cleartext") {
			t.Errorf("%v: exit %d, want 94 and what to do\n%s", c.args, r.code, r.err)
		}
	}
	if r := w.run("wonderland\n", "--account", "alice", "--secret-stdin", s.URL+"/ntlm"); r.code != 94 || !strings.Contains(r.err, "--allow-cleartext") {
		t.Errorf("NTLM that was not asked for: exit %d\n%s", r.code, r.err)
	}
	unsent(t, s)
	if r := w.run("wonderland\n", "--no-store", "--ntlm", "--account", "alice", "--secret-stdin", s.URL+"/ntlm"); r.code != 0 || r.out != "welcome, alice\n" {
		t.Errorf("--ntlm is consent: exit %d, %q\n%s", r.code, r.out, r.err)
	}
	if r := w.run("wonderland\n", "--allow-cleartext", "--account", "alice", "--secret-stdin", url); r.code != 0 || r.out != "welcome, alice\n" {
		t.Errorf("--allow-cleartext: exit %d, %q\n%s", r.code, r.out, r.err)
	}
	if r := w.run("wonderland\n", "--account", "alice", "--secret-stdin", s.URL+"/digest"); r.code != 0 {
		t.Errorf("Digest sends no secret and is let through: exit %d\n%s", r.code, r.err)
	}
	if c := s.Complaints(); len(c) > 0 {
		t.Errorf("complaints: %q", c)
	}
}

// On a terminal it is asked, and the default is no.
func TestClearTextIsAsked(t *testing.T) {
	w, s := elsewhere(t)
	d := w.talk(s.URL + "/page")
	d.expect("unencrypted")
	d.say("")
	if r := d.end(); r.code != 94 {
		t.Errorf("exit %d, want 94\n%s%s", r.code, r.screen, r.err)
	}
	unsent(t, s)
	d = w.talk(s.URL + "/page")
	d.expect("unencrypted")
	d.say("yes")
	d.login("alice", "wonderland")
	if r := d.end(); r.code != 0 || r.out != "welcome, alice\n" {
		t.Errorf("exit %d, %q\n%s%s", r.code, r.out, r.screen, r.err)
	}
}
