package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// bindingServer is an authorization server and its resource, which take nothing
// without a proof of the key and their own nonce in it (RFC 9449).
type bindingServer struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	bound  string // the key of the token
	serial int
	seen   map[string]bool
	log    []string
}

func newBindingServer(t *testing.T) *bindingServer {
	s := &bindingServer{t: t, seen: map[string]bool{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// proof returns the key and the nonce of the request's proof, or "" when it is no
// proof for this request and this token.
func (s *bindingServer) proof(r *http.Request, token string) (key, nonce string) {
	parts := strings.Split(r.Header.Get("DPoP"), ".")
	if len(parts) != 3 {
		return "", ""
	}
	raw := func(text string) []byte { b, _ := base64.RawURLEncoding.DecodeString(text); return b }
	var head struct {
		Typ, Alg string
		Jwk      struct{ X, Y string }
	}
	var said struct{ Htm, Htu, Jti, Ath, Nonce string }
	if json.Unmarshal(raw(parts[0]), &head) != nil || json.Unmarshal(raw(parts[1]), &said) != nil {
		return "", ""
	}
	number := func(b []byte) *big.Int { return new(big.Int).SetBytes(b) }
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, raw(head.Jwk.X), raw(head.Jwk.Y)))
	if err != nil {
		return "", ""
	}
	sum, sig, ath := sha256.Sum256([]byte(parts[0]+"."+parts[1])), raw(parts[2]), ""
	if token != "" {
		of := sha256.Sum256([]byte(token))
		ath = base64.RawURLEncoding.EncodeToString(of[:])
	}
	if len(sig) != 64 || !ecdsa.Verify(public, sum[:], number(sig[:32]), number(sig[32:])) || said.Ath != ath ||
		said.Htm != r.Method || said.Htu != s.URL+r.URL.Path || s.seen[said.Jti] {
		s.t.Errorf("%s %s: proof %+v %+v", r.Method, r.URL, head, said)
		return "", ""
	}
	s.seen[said.Jti] = true
	return head.Jwk.X + head.Jwk.Y, said.Nonce
}

func (s *bindingServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/.well-known/oauth-protected-resource/api":
		_ = json.NewEncoder(w).Encode(map[string]any{"resource": s.URL + "/api", "authorization_servers": []string{s.URL}})
		return
	case "/.well-known/oauth-authorization-server":
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": s.URL, "token_endpoint": s.URL + "/token", "dpop_signing_alg_values_supported": []string{"ES256"}})
		return
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme == "Bearer" {
		s.t.Errorf("%s: a bearer token", r.URL)
	}
	if r.URL.Path == "/token" {
		token = ""
		w.Header().Set("Content-Type", "application/json")
	}
	key, nonce := s.proof(r, token)
	want := "nonce-of-" + map[bool]string{true: "the-issuer", false: "the-resource"}[r.URL.Path == "/token"]
	s.log = append(s.log, fmt.Sprint(r.URL.Path, " ", scheme, " ", key != "", " ", nonce == want))
	w.Header().Set("DPoP-Nonce", want)
	switch {
	case r.URL.Path == "/token" && nonce != want:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"use_dpop_nonce"}`)
	case r.URL.Path == "/token":
		s.serial++
		s.bound = key
		_, _ = fmt.Fprintf(w, `{"access_token":"acc3ss-%d","refresh_token":"r3fresh-%d","token_type":"DPoP","expires_in":3600}`, s.serial, s.serial)
	case scheme != "DPoP" || token != fmt.Sprintf("acc3ss-%d", s.serial) || key != s.bound:
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`DPoP realm="API", algs="ES256", resource_metadata="%s/.well-known/oauth-protected-resource/api"`, s.URL))
		w.WriteHeader(http.StatusUnauthorized)
	case nonce != want:
		w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
		w.WriteHeader(http.StatusUnauthorized)
	default:
		_, _ = fmt.Fprintln(w, "welcome")
	}
}

func (s *bindingServer) took() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.log = nil }()
	return strings.Join(s.log, "\n")
}

// A client that asks in its own name gets a token bound to a key that is made for
// it, and proves with each request that it has the key.
func TestDPoP(t *testing.T) {
	s := newBindingServer(t)
	cmd := getinCommand(t, "--no-prompt", "--no-store", "-v", "--oauth-client-id", "robot", "--secret-stdin", s.URL+"/api/x?y", s.URL+"/api/z")
	cmd.Stdin = strings.NewReader("s3cret")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "welcome") != 2 || strings.Contains(string(out), "acc3ss") {
		t.Errorf("%v\n%s", err, out)
	}
	want := `/api/x  false false
/token Basic true false
/token Basic true true
/api/x DPoP true false
/api/x DPoP true true
/api/z DPoP true true`
	if got := s.took(); got != want {
		t.Errorf("it took\n%s", got)
	}
}

// The key is kept with the grant: the next token is bound to the same, and goes
// with later commands. Neither is shown, or in any file but the store's.
func TestDPoPKept(t *testing.T) {
	s := newBindingServer(t)
	u := newSignedInWith(t, s.URL, "r3fresh-0", "DPoP", time.Now().Add(-time.Minute))
	stored := func() string {
		c, err := u.keep.Get(t.Context(), u.key)
		if err != nil {
			t.Fatal(err)
		}
		return c.Grant.Key.Reveal()
	}
	before := stored()
	for _, want := range []string{
		"/token  true false\n/token  true true\n/api/x DPoP true false\n/api/x DPoP true true",
		"/api/x DPoP true false\n/api/x DPoP true true",
	} {
		out, err := u.command("--no-prompt", "-v", u.resource).CombinedOutput()
		if err != nil || strings.Count(string(out), "welcome") != 1 || strings.Contains(string(out), "acc3ss") || strings.Contains(string(out), before) {
			t.Errorf("%v\n%s", err, out)
		}
		if got := s.took(); got != want {
			t.Errorf("it took\n%s", got)
		}
	}
	if stored() != before {
		t.Error("another key")
	}
	key := base64.StdEncoding.EncodeToString([]byte(before))
	if out, _ := exec.Command("grep", "-rF", "-e", "acc3ss", "-e", "r3fresh", "-e", key[:40], u.home).CombinedOutput(); len(out) > 0 {
		t.Errorf("%s", out)
	}
}
