package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptRegistry is a registry of images, and the token server that it names: the
// same over https, and by another name of this machine. /v2/public/ wants
// anybody's token, /v2/private/ alice's, /v2/once/ each of hers a single time.
type scriptRegistry struct {
	mu    sync.Mutex
	log   []string
	other string // where the blobs are

	serial atomic.Int32
	seen   map[string]bool

	registry, issuer, secure *httptest.Server
}

type registryKey struct{}

// cmdRegistry is "registry", which starts one as $REGISTRY, and "registry FILE":
// what both servers have seen since the last time.
func cmdRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 1 {
		r := ts.Value(registryKey{}).(*scriptRegistry)
		r.mu.Lock()
		defer r.mu.Unlock()
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(r.log, "\n")+"\n"), 0o600))
		r.log = nil
		return
	}
	r := ts.Value(registryKey{}).(*scriptRegistry)
	r.other = ts.Value(serversKey{}).(*scriptServers).other.URL
	r.issuer = httptest.NewServer(http.HandlerFunc(r.issue))
	r.secure = httptest.NewTLSServer(http.HandlerFunc(r.issue))
	r.registry = httptest.NewServer(http.HandlerFunc(r.serve)) // names the others
	ts.Defer(func() { r.registry.Close(); r.issuer.Close(); r.secure.Close() })
	ts.Setenv("REGISTRY", r.registry.URL)
	ts.Setenv("ISSUER", r.issuer.URL)
}

func (r *scriptRegistry) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

// again reports whether the token has come before.
func (r *scriptRegistry) again(token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	defer func() { r.seen[token] = true }()
	return r.seen[token]
}

func (r *scriptRegistry) serve(w http.ResponseWriter, req *http.Request) {
	at := strings.Split(strings.TrimPrefix(req.URL.Path, "/v2/"), "/")
	scope := "repository:" + at[0] + ":pull"
	realm := r.issuer.URL
	switch {
	case strings.HasPrefix(at[0], "elsewhere"):
		realm = strings.Replace(realm, "127.0.0.1", "localhost", 1)
	case at[0] == "secure":
		realm = r.secure.URL
	case at[0] == "redirected":
		realm += "/redirect"
	case at[0] == "inside":
		realm = "https://169.254.169.254"
	}
	user := ""
	scheme, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	switch base, _, _ := strings.Cut(token, "#"); base {
	case "token-of-alice-for-" + scope:
		user = "alice"
	case "token-of--for-" + scope:
		user = "anybody"
	}
	if at[0] == "once" && r.again(token) {
		user = ""
	}
	r.note("registry %s %q %s", req.URL.Path, user, scheme)
	switch {
	case user == "" || at[0] != "public" && user != "alice":
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="reg",scope="%s"`, realm, scope))
		w.WriteHeader(http.StatusUnauthorized)
	case at[1] == "blobs":
		http.Redirect(w, req, r.other+"/landed", http.StatusTemporaryRedirect)
	default:
		_, _ = fmt.Fprintf(w, "the manifest for %s\n", user)
	}
}

func (r *scriptRegistry) issue(w http.ResponseWriter, req *http.Request) {
	user, pass, _ := req.BasicAuth()
	r.note("issuer %s %s %q", req.URL.Path, req.URL.Query().Get("scope"), user)
	switch {
	case req.URL.Path == "/redirect/token" && user != "":
		http.Redirect(w, req, "/token?"+req.URL.RawQuery, http.StatusTemporaryRedirect)
	case user != "" && (user != "alice" || pass != "wonderland"):
		w.WriteHeader(http.StatusUnauthorized)
	default:
		life := 300
		if strings.Contains(req.URL.RawQuery, "short") {
			life = 60
		}
		_, _ = fmt.Fprintf(w, `{"token":"token-of-%s-for-%s#%d","expires_in":%d}`, user, req.URL.Query().Get("scope"), r.serial.Add(1), life)
	}
}
