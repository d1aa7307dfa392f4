package cli

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"getin/client/authtest"
	"getin/prompt"
	"getin/store"
	"getin/store/storetest"
)

// TestMain makes the test binary also be getin, for the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, underAllNames(map[string]func(){
		"getin": func() {
			if d, err := time.ParseDuration(os.Getenv("GETIN_TEST_PAUSE")); err == nil {
				testOnlyFirstPause = d
			}
			testOnlyUnwatched = 0 // a test does not know when the program has come so far
			if d, err := time.ParseDuration(os.Getenv("GETIN_TEST_UNWATCHED")); err == nil {
				testOnlyUnwatched = d
			}
			code := Main(os.Args[1:], scriptSystem())
			if name := os.Getenv("GETIN_TEST_PEAK"); name != "" {
				_ = os.WriteFile(name, []byte(strconv.FormatInt(peakMemory(), 10)), 0o600) // who wants it will miss it
			}
			if name := os.Getenv("GETIN_TEST_DUMPABLE"); name != "" {
				_ = os.WriteFile(name, []byte(dumpable()), 0o600)
			}
			os.Exit(code)
		},
	}))
}

// underAllNames adds the names of links by which other tools start getin.
func underAllNames(programs map[string]func()) map[string]func() {
	for name := range calledAs {
		programs[name] = programs["getin"]
	}
	return programs
}

// scriptSystem is the real system, but for two things. The terminal is there
// only where a script says GETIN_TEST_TERMINAL=1 and brings one (ttyin): no
// script may take over a developer's own. The keyring is a folder,
// GETIN_TEST_KEYRING.
func scriptSystem() *System {
	sys := OS()
	if os.Getenv("GETIN_TEST_TERMINAL") == "" {
		sys.Terminal = func(context.Context) (*prompt.Terminal, error) { return nil, prompt.ErrNoTerminal }
	}
	if dir := os.Getenv("GETIN_TEST_KEYRING"); dir != "" {
		d := dyingPlace(storetest.Dir{Path: dir})
		sys.Keep = &store.Place{Name: "keyring", Store: d, Quiet: d}
	}
	return sys
}

// scriptToken is a JWT that expires in the year 2100, signed by nobody.
const scriptToken = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6NDEwMjQ0NDgwMH0.c2ln"

// scriptRows are what the scripts' server has; see testdata/script/README.
func scriptRows(other string) []authtest.Row {
	var rows []authtest.Row
	for _, code := range []int{402, 404, 413, 414, 418, 422, 428, 431, 499} {
		rows = append(rows, authtest.Row{Path: fmt.Sprintf("/status/%d", code), Status: code})
	}
	users := authtest.Users{"alice": "wonderland", "bob": "p:w d"}
	basic := authtest.Basic{Realm: "Access to the staging site", Users: users}
	digest := &authtest.Digest{Realm: "Digests", Users: users, Algorithm: "SHA-256", QOP: "auth"}
	return append(rows, []authtest.Row{
		{Path: "/", Body: []byte("hello\n")},
		{Path: "/empty", Body: []byte{}},
		{Path: "/binary", Body: []byte("a\x00b")},
		{Path: "/basic/", Demands: []authtest.Demand{basic}},
		{Path: "/named-realm/", Demands: []authtest.Demand{authtest.Basic{Realm: "named.example", Users: users}}},
		{Path: "/basic/missing", Demands: []authtest.Demand{basic}, Status: http.StatusNotFound},
		{Path: "/basic/secret-in-body", Demands: []authtest.Demand{basic}, Status: http.StatusForbidden},
		{Path: "/basic/busy", Demands: []authtest.Demand{basic}, Status: http.StatusServiceUnavailable},
		{Path: "/forbidden/", Demands: []authtest.Demand{basic}, Forbidden: map[string]int{"alice": http.StatusForbidden}},
		{Path: "/digest/", Demands: []authtest.Demand{digest}},
		{Path: "/bearer/", Demands: []authtest.Demand{authtest.Bearer{Realm: "API", Scope: "read", Token: scriptToken}}},
		{Path: "/bearer/expired", Demands: []authtest.Demand{authtest.Bearer{Realm: "API", Token: "another", Trouble: "invalid_token", Description: "it expired \u202eyesterday"}}},
		{Path: "/bearer/scope", Status: http.StatusForbidden, Header: http.Header{"WWW-Authenticate": {`Bearer error="insufficient_scope", scope="read write"`}}},
		{Path: "/bearer-or-basic/", Demands: []authtest.Demand{authtest.Bearer{Realm: "API", Token: scriptToken}, basic}},
		{Path: "/both/", Demands: []authtest.Demand{basic, digest}},
		{Path: "/negotiate/", Raw: []string{"Negotiate"}, Demands: []authtest.Demand{}},
		{
			Path: "/five/", OneLine: true, RawFirst: true, Raw: []string{`Unheard realm="x, Digest realm=x\"` + "\u202e" + `"`, "NTLM"},
			Demands: []authtest.Demand{basic, &authtest.Digest{Realm: "Digests", Users: users, QOP: "auth"}, digest},
		},
		{Path: "/scram/", Demands: []authtest.Demand{basic, digest, &authtest.SCRAM{Realm: "Salted", Users: users}}},
		{Path: "/scram-liar/", Demands: []authtest.Demand{&authtest.SCRAM{Realm: "Liar", Users: users, WrongSignature: true}}},
		{Path: "/scram-mute/", Demands: []authtest.Demand{&authtest.SCRAM{Realm: "Mute", Users: users, NoSignature: true}}},
		{Path: "/scram-weak/", Demands: []authtest.Demand{&authtest.SCRAM{Realm: "Weak", Users: users, Iterations: 1000}}},
		{Path: "/to-ftp", Status: http.StatusFound, Location: "ftp://127.0.0.1/x"},
		{Path: "/long/", Demands: []authtest.Demand{authtest.Basic{Realm: strings.Repeat("r", 64<<10), Users: users}}},
		{Path: "/backslash/", Demands: []authtest.Demand{&authtest.Digest{Realm: `x\`, Users: users, QOP: "auth"}}},
		{Path: "/broken/", Raw: []string{`Basic realm="a`}},
		{Path: "/liar/", Demands: []authtest.Demand{&authtest.Digest{Realm: "Liar", Users: users, QOP: "auth", WrongInfo: true}}},
		{Path: "/dated", Header: http.Header{"Last-Modified": {"Sun, 06 Nov 1994 08:49:37 GMT"}}, Body: []byte("dated\n")},
		{Path: "/json", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"a":[1]}`)},
		{Path: "/missing", Status: http.StatusNotFound, Body: []byte("nothing here\n")},
		{Path: "/error", Status: http.StatusInternalServerError, Body: []byte("oops\n")},
		{Path: "/only-get", Status: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {"GET, \u202eHEAD"}}},
		{Path: "/here", Status: http.StatusFound, Location: "/landed", Body: []byte("moved\n")},
		{Path: "/landed", Body: []byte("landed\n")},
		{Path: "/away", Status: http.StatusFound, Location: other + "/landed"},
		{Path: "/away-basic", Status: http.StatusFound, Location: other + "/basic/x"},
		{Path: "/away-token", Status: http.StatusFound, Location: other + "/bearer-or-basic/x"},
		{Path: "/created", Status: http.StatusCreated, Location: other + "/landed"},
		{Path: "/bearer-elsewhere/", Raw: []string{`Bearer realm="` + other + `/token",service="here",scope="read"`}, Demands: []authtest.Demand{}},
		{Path: "/loop", Status: http.StatusFound, Location: "/loop"},
		{Path: "/cookie/set", Header: http.Header{"Set-Cookie": {"session=s3cret; Path=/"}}},
		{Path: "/cookie/n/", Header: http.Header{"Set-Cookie": {"n=1; Path=/"}}},
		{Path: "/named", Header: http.Header{"Content-Disposition": {`attachment; filename="../theirs.txt"`}}, Body: []byte("theirs\n")},
	}...)
}

// stagingServer has the same paths, for a test that is no script.
func stagingServer(t *testing.T) *authtest.Server {
	t.Helper()
	s := authtest.Start(scriptRows("")...)
	t.Cleanup(s.Close)
	return s
}

// scriptServers is what a script's own commands act on.
type scriptServers struct{ first, other, tls *authtest.Server }

type serversKey struct{}

func startServers(env *testscript.Env) error {
	s := &scriptServers{other: authtest.Start(scriptRows("")...)}
	s.first = authtest.Start(scriptRows(s.other.URL)...)
	s.tls = authtest.StartTLS(scriptRows(s.other.URL)...)
	env.Defer(func() { s.first.Close(); s.other.Close(); s.tls.Close() })
	startProxies(env)
	env.Values[serversKey{}] = s
	env.Values[registryKey{}] = &scriptRegistry{}
	env.Values[oauthKey{}] = &scriptOAuth{}
	for _, dir := range []string{"home", "keyring"} {
		if err := os.Mkdir(filepath.Join(env.WorkDir, dir), 0o700); err != nil {
			return err
		}
	}
	ca := filepath.Join(env.WorkDir, "ca.pem")
	if err := writeCertificate(ca, s.tls); err != nil {
		return err
	}
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	for name, dir := range map[string]string{
		"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "XDG_RUNTIME_DIR": "runtime",
	} {
		env.Setenv(name, filepath.Join(env.WorkDir, "xdg", dir))
	}
	env.Setenv("GETIN_TEST_KEYRING", filepath.Join(env.WorkDir, "keyring"))
	env.Setenv("URL", s.first.URL)
	env.Setenv("HOSTPORT", strings.TrimPrefix(s.first.URL, "http://"))
	env.Setenv("OTHER", s.other.URL)
	env.Setenv("TOKEN", scriptToken)
	env.Setenv("TLS", s.tls.URL)
	env.Setenv("CA", ca)
	env.Setenv("LF", "\n")
	return nil
}

// startProxies starts a proxy for each scheme: $BASICPROXY and so on. The
// proxies' alice has a password of her own.
func startProxies(env *testscript.Env) {
	users := authtest.Users{"alice": "looking glass"}
	for name, d := range map[string]authtest.Demand{
		"BASICPROXY": authtest.Basic{Realm: "Way out", Users: users}, "NTLMPROXY": &authtest.NTLM{Users: users},
		"DIGESTPROXY": &authtest.Digest{Realm: "Way out", Users: users, QOP: "auth"},
	} {
		p := authtest.StartProxy(authtest.Row{Demands: []authtest.Demand{d}, Refusal: "the proxy's page\n"})
		env.Defer(p.Close)
		env.Setenv(name, p.URL)
		if at := strings.TrimPrefix(p.URL, "http://"); name == "BASICPROXY" {
			env.Setenv("BASICAT", at)
			env.Setenv("BASICPORT", at[strings.LastIndex(at, ":")+1:])
		}
	}
}

// writeCertificate writes the certificate that the server shows.
func writeCertificate(file string, s *authtest.Server) error {
	c, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "https://"), &tls.Config{RootCAs: s.Pool()})
	if err != nil {
		return err
	}
	defer c.Close()
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ConnectionState().PeerCertificates[0].Raw})
	return os.WriteFile(file, b, 0o600)
}

// cmdRequests is "requests [-other|-tls] FILE": what the server has seen since
// the last time, a line each: method, target, status, and what it was told.
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serversKey{}).(*scriptServers)
	server := s.first
	if len(args) > 0 && args[0] == "-other" {
		server, args = s.other, args[1:]
	} else if len(args) > 0 && args[0] == "-tls" {
		server, args = s.tls, args[1:]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: requests [-other|-tls] FILE")
	}
	var b strings.Builder
	for _, r := range server.Log() {
		scheme, _, _ := strings.Cut(r.Authorization, " ")
		if scheme == "" {
			scheme = "-"
		}
		fmt.Fprintf(&b, "%s %s %d %s\n", r.Method, r.Target, r.Status, scheme)
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			if name != "Authorization" && name != "Content-Length" { // the scheme and the body are told
				fmt.Fprintf(&b, "  %s: %s\n", name, strings.Join(r.Header[name], ", "))
			}
		}
		if len(r.Body) > 0 {
			fmt.Fprintf(&b, "  %q\n", r.Body)
		}
	}
	server.Forget()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// cmdExit is "exit CODE command...": runs it and wants that exit code, which
// testscript's "! exec" does not tell.
func cmdExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE command...")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func scriptParams() testscript.Params {
	return testscript.Params{
		Setup: startServers,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"requests": cmdRequests, "exit": cmdExit,
			"registry": cmdRegistry, "oauth": cmdOAuth, "remember": cmdRemember, "id": cmdID, "damage": cmdDamage,
		},
		Condition: func(cond string) (bool, error) {
			if cond != "kernelkeyring" {
				return false, fmt.Errorf("no such condition")
			}
			return keepsKeys(), nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	}
}

func TestScripts(t *testing.T) {
	p := scriptParams()
	p.Dir = filepath.Join("testdata", "script")
	testscript.Run(t, p)
}
