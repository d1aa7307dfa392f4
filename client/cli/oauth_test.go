package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptOAuth is a resource, $API, and the authorization server that it names,
// $ISSUER, where everybody who comes has signed in already. /closed/ is another
// resource, whose issuer registers no clients and knows app alone, and robot with
// its secret.
type scriptOAuth struct {
	mu      sync.Mutex
	log     []string
	clients int
	scope   string // of the last authorization request

	resource, issuer *httptest.Server
}

type oauthKey struct{}

// cmdOAuth is "oauth", which starts both, and "oauth FILE": what they have seen
// since the last time.
func cmdOAuth(ts *testscript.TestScript, neg bool, args []string) {
	o := ts.Value(oauthKey{}).(*scriptOAuth)
	if len(args) == 1 {
		o.mu.Lock()
		defer o.mu.Unlock()
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(o.log, "\n")+"\n"), 0o600))
		o.log = nil
		return
	}
	o.issuer = httptest.NewServer(http.HandlerFunc(o.issue))
	o.resource = httptest.NewServer(http.HandlerFunc(o.serve)) // names the other
	ts.Defer(func() { o.resource.Close(); o.issuer.Close() })
	ts.Setenv("API", o.resource.URL)
	ts.Setenv("ISSUER", o.issuer.URL)
}

func (o *scriptOAuth) note(format string, args ...any) {
	o.log = append(o.log, fmt.Sprintf(format, args...))
}

// serve answers with who the client is, and for what.
func (o *scriptOAuth) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	const known = "/.well-known/oauth-protected-resource"
	if at, ok := strings.CutPrefix(r.URL.Path, known); ok {
		_ = json.NewEncoder(w).Encode(map[string]any{"resource": o.resource.URL + at, "authorization_servers": []string{o.issuer.URL + at}})
		return
	}
	at := ""
	if strings.HasPrefix(r.URL.Path, "/closed/") {
		at = "/closed"
	}
	token, has := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer token-for-")
	o.note("resource %s %q", r.URL.Path, token)
	if !has {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="API", scope="read", resource_metadata="%s%s%s"`, o.resource.URL, known, at))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintln(w, "the answer for", token)
}

func (o *scriptOAuth) issue(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = r.ParseForm()
	at, path := "", r.URL.Path
	if strings.Contains(path, "/closed") {
		at, path = "/closed", strings.Replace(path, "/closed", "", 1)
	}
	base := o.issuer.URL + at
	answer := map[string]any{}
	switch path {
	case "/.well-known/oauth-authorization-server":
		answer = map[string]any{
			"issuer": base, "authorization_endpoint": base + "/authorize", "token_endpoint": base + "/token",
			"device_authorization_endpoint": base + "/device", "code_challenge_methods_supported": []string{"S256"},
		}
		if at == "" {
			answer["registration_endpoint"] = base + "/register"
		}
	case "/register":
		o.clients++
		answer["client_id"] = fmt.Sprintf("client-%d", o.clients)
		w.WriteHeader(http.StatusCreated)
	case "/authorize":
		o.scope = r.Form.Get("scope")
		back := url.Values{"state": {r.Form.Get("state")}, "code": {"code"}}
		http.Redirect(w, r, r.Form.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	case "/device":
		o.scope = r.Form.Get("scope")
		answer = map[string]any{
			"device_code": "device", "user_code": "WDJB-MJHT", "verification_uri": base + "/enter", "expires_in": 60, "interval": 0,
		}
	case "/token":
		client, secret, _ := r.BasicAuth()
		if id := r.Form.Get("client_id"); id != "" {
			client = id
		}
		kind := r.Form.Get("grant_type")
		if kind == "client_credentials" {
			o.scope = r.Form.Get("scope")
		}
		o.note("issuer %s %s %s", kind[strings.LastIndex(kind, ":")+1:], client, o.scope)
		if at != "" && client != "app" && (client != "robot" || secret != "s3cret") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			answer["error"] = "invalid_client"
			break
		}
		answer["access_token"], answer["token_type"], answer["scope"] = "token-for-"+client+"-"+o.scope, "Bearer", o.scope
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	_ = json.NewEncoder(w).Encode(answer)
}
