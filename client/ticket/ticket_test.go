//go:build !windows

package ticket

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
	"getin/client/authtest"
)

const host = "127.0.0.1"

// world is a realm, and a user's files and environment.
type world struct {
	t   *testing.T
	kdc *authtest.KDC
	dir string
	env map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	k, err := authtest.StartKDC("LAB.TEST", authtest.Users{"alice": "wonderland", "bob": "builder"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	w := &world{t: t, kdc: k, dir: t.TempDir()}
	w.env = map[string]string{"KRB5_CONFIG": w.write("krb5.conf", k.Conf()), "KRB5CCNAME": "FILE:" + filepath.Join(w.dir, "cache")}
	return w
}

func (w *world) write(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w *world) kinit(file, user string, ends time.Duration) {
	w.t.Helper()
	b, err := w.kdc.CacheFile(user, ends)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(file, string(b))
}

func (w *world) client() *Client {
	return &Client{Getenv: func(name string) string { return w.env[name] }}
}

func typed(user, password string) auth.Credential {
	return auth.Credential{User: user, Secret: auth.NewSecret(password)}
}

// A password is turned into tickets, in memory, and the realm is asked once.
func TestPassword(t *testing.T) {
	for _, user := range []string{"alice", "alice@LAB.TEST"} {
		w := newWorld(t)
		c := w.client()
		for range 3 {
			got, err := c.Acquire(t.Context(), host, typed(user, "wonderland"), false)
			if err != nil || !got.Equal(typed(user, "wonderland")) || got.Kept {
				t.Fatalf("got %+v, %v", got, err)
			}
			if _, err := c.Begin(t.Context(), host, got, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.kdc.Asked(); !slices.Equal(got, []string{"AS alice", "AS alice", "TGS HTTP/127.0.0.1"}) {
			t.Errorf("asked %q", got)
		}
		files, _ := os.ReadDir(w.dir)
		if len(files) != 1 {
			t.Errorf("files were written: %v", files)
		}
		// Another password is another matter, whatever tickets are held.
		if _, err := c.Acquire(t.Context(), host, typed(user, "wrong"), false); !errors.Is(err, auth.ErrRefused) {
			t.Errorf("wrong password: %v", err)
		}
	}
}

// Each thing that goes wrong is told apart, in words, and by what a dialogue and
// who gives advice can go by.
func TestErrorsInWords(t *testing.T) {
	unreachable := func(w *world) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		w.write("krb5.conf", strings.ReplaceAll(w.kdc.Conf(), w.kdc.Addr, l.Addr().String()))
	}
	for _, c := range []struct {
		name  string
		world func(*world)
		host  string
		have  auth.Credential
		is    []error
		text  string
	}{
		{"wrong password", nil, host, typed("alice", "wrong"), []error{auth.ErrRefused}, "LAB.TEST does not accept the password of alice@LAB.TEST"},
		{"unknown user", nil, host, typed("nobody", "x"), []error{auth.ErrRefused}, "the password of nobody@LAB.TEST"},
		{"unknown realm", nil, host, typed("alice@NOWHERE.TEST", "x"), []error{auth.ErrCannotStart, ErrRealm}, `no KDC is known for the realm "NOWHERE.TEST"`},
		{"unknown host", nil, "www.elsewhere.test", typed("alice", "wonderland"), []error{auth.ErrCannotStart, ErrRealm}, "no realm is known for www.elsewhere.test"},
		{"unknown service", func(w *world) {
			w.write("krb5.conf", strings.ReplaceAll(w.kdc.Conf(), "[realms]", " dns_canonicalize_hostname = false\n[realms]")+" .lab.test = LAB.TEST\n")
		}, "www.lab.test", typed("alice", "wonderland"), []error{auth.ErrCannotStart, ErrService}, "LAB.TEST knows no service HTTP/www.lab.test"},
		{"unreachable", unreachable, host, typed("alice", "wonderland"), []error{auth.ErrCannotStart, ErrUnreachable}, "the KDC of LAB.TEST cannot be reached: dial tcp"},
		{"behind", func(w *world) { w.kdc.Skew = time.Hour }, host, typed("alice", "wonderland"), []error{auth.ErrCannotStart, ErrSkew}, "behind that of LAB.TEST"},
		{"ahead", func(w *world) { w.kdc.Skew = -time.Hour }, host, typed("alice", "wonderland"), []error{auth.ErrCannotStart, ErrSkew}, "ahead of that of LAB.TEST"},
		{"no ticket", nil, host, auth.Credential{}, []error{auth.ErrNoCredential, ErrNoTicket}, "no ticket cache: nothing in FILE:"},
		{"no ticket for a host that no password is for", nil, "www.elsewhere.test", auth.Credential{}, []error{auth.ErrCannotStart, ErrNoTicket}, "no realm is known for www.elsewhere.test"},
		{"expired ticket", func(w *world) { w.kinit("cache", "alice", -time.Minute) }, host, auth.Credential{}, []error{auth.ErrNoCredential, ErrNoTicket}, "the ticket of alice@LAB.TEST in FILE:"},
		{"another's ticket", func(w *world) { w.kinit("cache", "alice", time.Hour) }, host, auth.Credential{User: "bob"}, []error{auth.ErrNoCredential}, "no ticket of bob@LAB.TEST"},
		{"a cache that cannot be read", func(w *world) { w.env["KRB5CCNAME"] = "KEYRING:persistent:0" }, host, auth.Credential{}, []error{auth.ErrNoCredential}, "KEYRING:persistent:0 is of a kind that getin cannot read"},
		{"no cache at all", func(w *world) { w.write("cache", "GIF89a") }, host, auth.Credential{}, []error{auth.ErrNoCredential}, "not a ticket cache"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.world != nil {
				c.world(w)
			}
			_, err := w.client().Acquire(t.Context(), c.host, c.have, false)
			for _, is := range c.is {
				if !errors.Is(err, is) {
					t.Errorf("got %v, want one that is %v", err, is)
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want %q in it", err, c.text)
			}
		})
	}
}

// The ticket cache is found where it is named: a file, a folder of files with one
// in use, or what krb5.conf says.
func TestCaches(t *testing.T) {
	for _, c := range []struct{ name, env, conf, user, want string }{
		{"FILE", "FILE:$DIR/a", "", "", "alice"},
		{"a path", "$DIR/a", "", "", "alice"},
		{"DIR, the one in use", "DIR:$DIR/many", "", "", "bob"},
		{"DIR, of a user", "DIR:$DIR/many", "", "alice", "alice"},
		{"DIR, one of them", "DIR::$DIR/many/tkt1", "", "", "alice"},
		{"krb5.conf", "", "FILE:$DIR/a", "", "alice"},
		{"KRB5CCNAME before krb5.conf", "FILE:$DIR/many/tkt2", "FILE:$DIR/a", "", "bob"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.kinit("a", "alice", time.Hour)
			w.kinit("many/tkt1", "alice", time.Hour)
			w.kinit("many/tkt2", "bob", time.Hour)
			w.write("many/primary", "tkt2\n")
			put := strings.NewReplacer("$DIR", w.dir)
			w.env["KRB5CCNAME"] = put.Replace(c.env)
			if c.conf != "" {
				w.write("krb5.conf", strings.Replace(w.kdc.Conf(), "[libdefaults]", "[libdefaults]\n default_ccache_name = "+put.Replace(c.conf), 1))
			}
			got, err := w.client().Acquire(t.Context(), host, auth.Credential{User: c.user}, false)
			if err != nil || got.User != c.want+"@LAB.TEST" || !got.Kept || !got.Secret.Empty() {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// A cache that was cut short, or is of bad numbers, is an error and no more.
func TestDamagedCache(t *testing.T) {
	w := newWorld(t)
	b, err := w.kdc.CacheFile("alice", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := readCache(b); err != nil || len(c.tickets) != 1 || c.client.String() != "alice@LAB.TEST" {
		t.Fatalf("got %+v, %v", c, err)
	}
	for i := range b {
		if c, err := readCache(b[:i]); err == nil && len(c.tickets) == 1 {
			t.Errorf("%d octets make a ticket", i)
		}
		wrong := bytes.Clone(b)
		wrong[i] = 0xff
		_, _ = readCache(wrong)
	}
}

// A realm that does not answer is given up when the caller gives up.
func TestCanceled(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w := newWorld(t)
	w.write("krb5.conf", strings.ReplaceAll(w.kdc.Conf(), w.kdc.Addr, l.Addr().String()))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := l.Accept()
		if err == nil {
			cancel()
			defer c.Close()
			_, _ = c.Read(make([]byte, 1<<16))
		}
	}()
	if _, err := w.client().Acquire(ctx, host, typed("alice", "wonderland"), false); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Many requests to where Kerberos is of no use ask the realm once.
func TestAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.kinit("cache", "alice", time.Hour)
	w.write("krb5.conf", strings.ReplaceAll(w.kdc.Conf(), "[realms]", " dns_canonicalize_hostname = false\n[realms]"))
	c := w.client()
	for range 3 {
		if _, err := c.Acquire(t.Context(), "www.elsewhere.test", auth.Credential{}, false); !errors.Is(err, ErrService) {
			t.Errorf("got %v", err)
		}
	}
	if got := w.kdc.Asked(); len(got) != 1 {
		t.Errorf("asked %q", got)
	}
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan bool, 10)
	go func() {
		for {
			conn, err := deaf.Accept()
			if err != nil {
				close(came)
				return
			}
			came <- true
			_ = conn.Close()
		}
	}()
	w.write("krb5.conf", strings.ReplaceAll(w.kdc.Conf(), w.kdc.Addr, deaf.Addr().String()))
	c = w.client()
	for range 3 {
		if _, err := c.Acquire(t.Context(), host, typed("alice", "wonderland"), false); !errors.Is(err, ErrUnreachable) {
			t.Errorf("got %v", err)
		}
	}
	_ = deaf.Close()
	n := 0
	for range came {
		n++
	}
	if n != 1 {
		t.Errorf("a KDC that does not answer was asked %d times", n)
	}
}

// TestC5_NothingIsDelegated: no setting delegates, so none can change between
// two uses of a connection (SECURITY C5). The flag is 1, RFC 4121 section
// 4.1.1.1.
func TestC5_NothingIsDelegated(t *testing.T) {
	sum := checksumOf(nil)
	if flags := binary.LittleEndian.Uint32(sum[len(sum)-4:]); flags&1 != 0 {
		t.Errorf("flags %b ask to delegate", flags)
	}
}
