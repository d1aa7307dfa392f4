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
// its secret; so has /elsewhere/, with an issuer on another host, and /web/, where
// robot is what a person signs in with. That of /codes/ has codes alone. The
// metadata of /wrong/ are about something else.
type scriptOAuth struct {
	mu      sync.Mutex
	log     []string
	clients int
	scope   string // of the last authorization request
	waits   bool   // nobody has entered the code yet

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
	ts.Defer(o.start())
	ts.Setenv("API", o.resource.URL)
	ts.Setenv("ISSUER", o.issuer.URL)
	ts.Setenv("ELSEWHERE", o.base("/elsewhere"))
}

// start starts both, until stop.
func (o *scriptOAuth) start() (stop func()) {
	o.mu.Lock() // the port may be one that somebody still calls
	defer o.mu.Unlock()
	o.issuer = httptest.NewServer(http.HandlerFunc(o.issue))
	o.resource = httptest.NewServer(http.HandlerFunc(o.serve)) // names the other
	return func() { o.resource.Close(); o.issuer.Close() }
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
		id := o.resource.URL + at
		if at == "/wrong" {
			id = "https://elsewhere.example"
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"resource": id, "authorization_servers": []string{o.base(at)}})
		return
	}
	at := placeOf(r.URL.Path)
	token, has := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer token-for-")
	o.note("resource %s %q", r.URL.Path, token)
	if !has {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="API", scope="read", resource_metadata="%s%s%s"`, o.resource.URL, known, at))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintln(w, "the answer for", token)
}

// base is the issuer of a place.
func (o *scriptOAuth) base(at string) string {
	if at == "/elsewhere" {
		return strings.Replace(o.issuer.URL, "127.0.0.1", "localhost", 1) + at
	}
	return o.issuer.URL + at
}

func placeOf(path string) string {
	for _, at := range []string{"/closed", "/codes", "/elsewhere", "/web", "/wrong"} {
		if strings.Contains(path, at) {
			return at
		}
	}
	return ""
}

func (o *scriptOAuth) entered() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waits = false
}

func (o *scriptOAuth) issue(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = r.ParseForm()
	at := placeOf(r.URL.Path)
	path := strings.Replace(r.URL.Path, at, "", 1)
	base := o.base(at)
	answer := map[string]any{}
	switch path {
	case "/.well-known/oauth-authorization-server":
		answer = map[string]any{
			"issuer": base, "authorization_endpoint": base + "/authorize", "token_endpoint": base + "/token",
			"device_authorization_endpoint": base + "/device", "code_challenge_methods_supported": []string{"S256"},
		}
		if at != "/closed" {
			answer["registration_endpoint"] = base + "/register"
		}
		switch at {
		case "/codes":
			delete(answer, "authorization_endpoint")
		case "/web":
			answer["grant_types_supported"] = []string{"authorization_code"}
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
		if o.waits {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			answer["error"] = "authorization_pending"
			break
		}
		if at != "" && at != "/codes" && client != "app" && (client != "robot" || secret != "s3cret") {
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
