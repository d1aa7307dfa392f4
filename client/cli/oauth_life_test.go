package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

// rotating is an authorization server and its resource. A refresh token is good
// for once; who brings one a second time ends the grant, as a thief would.
type rotating struct {
	*httptest.Server
	mu                sync.Mutex
	serial, refreshes int
	ended             bool
	slow              time.Duration // to answer for a token: time for others to come
	revoked           []string
}

func newRotating(t *testing.T) *rotating {
	s := &rotating{}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", s.resource)
	mux.HandleFunc("/token", s.token)
	mux.HandleFunc("/revoke", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.revoked = append(s.revoked, r.PostFormValue("token_type_hint")+" "+r.PostFormValue("token"))
		s.ended = true
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *rotating) access() string  { return fmt.Sprintf("acc3ss-%d", s.serial) }
func (s *rotating) refresh() string { return fmt.Sprintf("r3fresh-%d", s.serial) }

func (s *rotating) resource(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || r.Header.Get("Authorization") != "Bearer "+s.access() {
		w.Header().Set("WWW-Authenticate", `Bearer realm="API", error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintln(w, "welcome")
}

func (s *rotating) token(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refreshes++
	w.Header().Set("Content-Type", "application/json")
	if s.ended || r.PostFormValue("refresh_token") != s.refresh() || r.PostFormValue("client_id") != "cli" || r.PostFormValue("resource") != s.URL+"/api" {
		s.ended = true
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_grant","error_description":%q}`, r.PostFormValue("refresh_token"))
		return
	}
	s.serial++
	_, _ = fmt.Fprintf(w, `{"access_token":%q,"refresh_token":%q,"token_type":"Bearer","expires_in":3600}`, s.access(), s.refresh())
}

// signedIn is a user who has signed in at a server some time ago: the token has
// expired since, or only the server says that it is over.
type signedIn struct {
	t        *testing.T
	home     string
	keep     storetest.Dir
	ix       *index.Index
	key      store.Key
	resource string
}

func newSignedIn(t *testing.T, s *rotating, expires time.Time) *signedIn {
	t.Helper()
	return newSignedInWith(t, s.URL, s.refresh(), "Bearer", expires)
}

func newSignedInWith(t *testing.T, base, refresh, kind string, expires time.Time) *signedIn {
	t.Helper()
	u := &signedIn{t: t, home: t.TempDir(), keep: storetest.Dir{Path: t.TempDir()}, resource: base + "/api/x"}
	u.ix = index.Open(filepath.Join(u.home, "state", "getin", "index"))
	o, err := auth.ParseOrigin(base)
	if err != nil {
		t.Fatal(err)
	}
	u.key = store.Key{Space: auth.Space{Party: auth.Server, Origin: o, Realm: "API", HasRealm: true}, Kind: auth.Token}
	c := auth.Credential{Secret: auth.NewSecret("old-acc3ss"), Grant: &auth.Grant{
		Issuer: base, TokenEndpoint: base + "/token", Revocation: base + "/revoke", Resource: base + "/api",
		ClientID: "cli", Type: kind, Refresh: auth.NewSecret(refresh), Expires: expires,
	}}
	if kind == "DPoP" {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		c.Grant.Key = auth.NewSecret(string(der))
	}
	w := &store.Wallet{Keep: store.Place{Name: "keyring", Store: u.keep}, Index: u.ix}
	if err := w.Add(t.Context(), u.key, c, index.Entry{Strength: auth.StrengthBearer, Prefixes: []string{"/api/"}}); err != nil {
		t.Fatal(err)
	}
	return u
}

// command is a getin of its own, which shares nothing but the store.
func (u *signedIn) command(args ...string) *exec.Cmd {
	cmd := getinCommand(u.t, args...)
	cmd.Env = append(cmd.Env, "GETIN_TEST_KEYRING="+u.keep.Path, "XDG_STATE_HOME="+filepath.Join(u.home, "state"))
	return cmd
}

func (u *signedIn) entry() index.Entry {
	u.t.Helper()
	f, err := u.ix.Load(auth.Server, u.key.Space.Origin)
	if err != nil || len(f.Entries) != 1 {
		u.t.Fatalf("%d entries, %v", len(f.Entries), err)
	}
	return f.Entries[0]
}

// I8: a token that is over is refreshed once, however many requests of however
// many processes want the next, whether its time says so or only the server does.
// What they get is there for who comes later, and in no file but the store's.
func TestI8RefreshOnceForAllProcesses(t *testing.T) {
	for name, expires := range map[string]time.Time{
		"expired":       time.Now().Add(-time.Minute),
		"invalid_token": time.Now().Add(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			s := newRotating(t)
			s.slow = 300 * time.Millisecond
			u := newSignedIn(t, s, expires)
			var jobs sync.WaitGroup
			for range 8 {
				cmd := u.command("--no-prompt", "-v", "--no-save", "-Z", u.resource, u.resource+"2", u.resource+"3")
				jobs.Go(func() {
					out, err := cmd.CombinedOutput()
					if err != nil || strings.Count(string(out), "welcome") != 3 {
						t.Errorf("%v\n%s", err, out)
					}
					if strings.Contains(string(out), "acc3ss") || strings.Contains(string(out), "r3fresh") {
						t.Errorf("a token is shown:\n%s", out)
					}
				})
			}
			jobs.Wait()
			if s.refreshes != 1 {
				t.Errorf("%d refreshes", s.refreshes)
			}
			if out, err := u.command("--no-prompt", u.resource).CombinedOutput(); string(out) != "welcome\n" {
				t.Errorf("later: %v %s", err, out)
			}
			if e := u.entry(); !e.Expires.After(time.Now()) || !e.Refreshable {
				t.Errorf("entry %+v", e)
			}
			if out, err := exec.Command("grep", "-rE", "acc3ss|r3fresh", u.home).CombinedOutput(); len(out) > 0 {
				t.Errorf("%v %s", err, out)
			}
		})
	}
}

// A grant that the server has ended is tried once, kept, and noted as refused; a
// person is told how to sign in again (R2, part 6 of sign-in).
func TestR2InvalidGrant(t *testing.T) {
	s := newRotating(t)
	s.ended = true
	u := newSignedIn(t, s, time.Now().Add(-time.Minute))
	cmd := u.command("--no-prompt", u.resource)
	out, err := cmd.CombinedOutput()
	if exitCode(t, err) != exitLogin || !strings.Contains(string(out), "getin login "+u.resource) || strings.Contains(string(out), "r3fresh") {
		t.Errorf("%v\n%s", err, out)
	}
	if s.refreshes != 1 {
		t.Errorf("%d refreshes", s.refreshes)
	}
	if e := u.entry(); e.Refused != 1 || e.State != index.Saved {
		t.Errorf("entry %+v", e)
	}
	if c, err := u.keep.Get(t.Context(), u.key); err != nil || !c.Grant.Refreshable() {
		t.Errorf("what was stored: %v", err)
	}
}

// Who logs out has the tokens taken back by their issuer; when that is not to be
// reached, they are forgotten here and it is said.
func TestLogoutRevokes(t *testing.T) {
	s := newRotating(t)
	u := newSignedIn(t, s, time.Now().Add(time.Hour))
	if out, err := u.command("logout", u.resource).CombinedOutput(); err != nil || strings.Contains(string(out), "warning") {
		t.Errorf("%v\n%s", err, out)
	}
	if got := strings.Join(s.revoked, ", "); got != "refresh_token r3fresh-0, access_token old-acc3ss" {
		t.Errorf("revoked: %s", got)
	}
	u = newSignedIn(t, s, time.Now().Add(time.Hour))
	s.Close()
	out, err := u.command("logout", u.resource).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "not revoked at "+s.URL) || strings.Contains(string(out), "r3fresh") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := u.keep.Get(t.Context(), u.key); err == nil {
		t.Error("it is stored still")
	}
}
