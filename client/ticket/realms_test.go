//go:build !windows

package ticket

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"getin/client/auth"
	"getin/client/authtest"
)

const faraway = "www.elsewhere.test"

// far adds a realm that knows the service faraway, and that the first refers to. It
// returns the realm, and its part of [realms].
func (w *world) far() (*authtest.KDC, string) {
	w.t.Helper()
	k, err := authtest.StartKDC("FAR.TEST", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(k.Close)
	if err := errors.Join(k.Add("HTTP/"+faraway, "of the other service"), w.kdc.Refer(k)); err != nil {
		w.t.Fatal(err)
	}
	return k, "[realms]\n FAR.TEST = {\n  kdc = " + k.Addr + "\n }\n"
}

// A service of another realm is found where krb5.conf says, and else where one's own
// realm refers to.
func TestServiceOfAnotherRealm(t *testing.T) {
	for known, asked := range map[string][]string{
		"":                              {"AS alice", "AS alice", "TGS HTTP/" + faraway},
		" .elsewhere.test = FAR.TEST\n": {"AS alice", "AS alice", "TGS krbtgt/FAR.TEST"},
	} {
		w := newWorld(t)
		far, realms := w.far()
		w.write("krb5.conf", w.kdc.Conf()+known+realms)
		c := w.client()
		got, err := c.Acquire(t.Context(), faraway, typed("alice", "wonderland"), true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Begin(t.Context(), faraway, got, nil); err != nil {
			t.Error(err)
		}
		if here, there := w.kdc.Asked(), far.Asked(); !slices.Equal(here, asked) || !slices.Equal(there, []string{"TGS HTTP/" + faraway}) {
			t.Errorf("%q: the realm was asked %q, the other %q", known, here, there)
		}
	}
}

// Realms that refer to each other, or to themselves, are not followed for ever.
func TestReferralsEnd(t *testing.T) {
	w := newWorld(t)
	far, realms := w.far()
	w.write("krb5.conf", w.kdc.Conf()+realms)
	if err := far.Refer(w.kdc); err != nil {
		t.Fatal(err)
	}
	refused := func(words string) {
		t.Helper()
		_, err := w.client().Acquire(t.Context(), "www.nowhere.test", typed("alice", "wonderland"), true)
		if !errors.Is(err, auth.ErrCannotStart) || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v", err)
		}
	}
	refused("realms lie on the way")
	if n := len(w.kdc.Asked()) + len(far.Asked()); n != 2+maxReferrals {
		t.Errorf("the realms were asked %d times", n)
	}
	if err := w.kdc.Refer(w.kdc); err != nil {
		t.Fatal(err)
	}
	refused("refers to itself")
}

// A host that the realm does not know is looked for under its canonical name, if
// krb5.conf allows.
func TestCanonicalName(t *testing.T) {
	serveName(t, "www.alias.test.", "www.real.test.")
	for setting, want := range map[string][]string{
		"":                                     {"AS alice", "AS alice", "TGS HTTP/www.alias.test", "TGS HTTP/www.real.test"},
		" dns_canonicalize_hostname = false\n": {"AS alice", "AS alice", "TGS HTTP/www.alias.test"},
	} {
		w := newWorld(t)
		if err := w.kdc.Add("HTTP/www.real.test", "of the service"); err != nil {
			t.Fatal(err)
		}
		w.write("krb5.conf", strings.Replace(w.kdc.Conf(), "[realms]", setting+"[realms]", 1)+" .test = LAB.TEST\n")
		_, err := w.client().Acquire(t.Context(), "www.alias.test", typed("alice", "wonderland"), false)
		if errors.Is(err, ErrService) != (setting != "") || err != nil && setting == "" {
			t.Errorf("%q: %v", setting, err)
		}
		if got := w.kdc.Asked(); !slices.Equal(got, want) {
			t.Errorf("%q: asked %q", setting, got)
		}
	}
}

// serveName answers the process's questions about a name: it is an alias.
func serveName(t *testing.T, alias, name string) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = server.Close()
	})
	canonical, address := dnsmessage.MustNewName(name), [4]byte{192, 0, 2, 1}
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if q := m.Questions[0]; q.Name.String() == alias {
				header := func(n dnsmessage.Name, of dnsmessage.Type) dnsmessage.ResourceHeader {
					return dnsmessage.ResourceHeader{Name: n, Type: of, Class: dnsmessage.ClassINET, TTL: 60}
				}
				m.Answers = []dnsmessage.Resource{{Header: header(q.Name, dnsmessage.TypeCNAME), Body: &dnsmessage.CNAMEResource{CNAME: canonical}}}
				if q.Type == dnsmessage.TypeA {
					m.Answers = append(m.Answers, dnsmessage.Resource{Header: header(canonical, dnsmessage.TypeA), Body: &dnsmessage.AResource{A: address}})
				}
			} else {
				m.RCode = dnsmessage.RCodeNameError
			}
			if answer, err := m.Pack(); err == nil {
				_, _ = server.WriteTo(answer, from) // who asked may have gone
			}
		}
	}()
}
