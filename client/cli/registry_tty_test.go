//go:build unix

package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// D2: on a terminal, a token server on another host is named beside the registry
// before the password is asked for, and a yes is for good.
func TestD2TokenServerIsAskedAbout(t *testing.T) {
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, _ := r.BasicAuth(); user != "alice" || pass != "wonderland" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = fmt.Fprint(w, `{"token":"t0ken","expires_in":30}`)
	}))
	t.Cleanup(issuer.Close)
	elsewhere := strings.Replace(issuer.URL, "127.0.0.1", "localhost", 1)
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken" {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="reg",scope="repository:a:pull"`, elsewhere))
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(registry.Close)
	url := registry.URL + "/v2/a/manifests/latest"
	question := registry.URL + " wants the password to go to the token server " + elsewhere + ", now and from now on. Send it there?"

	sys, _, stderr := testSystem(t)
	for _, step := range []struct {
		name    string
		answers [][2]string
		code    int
	}{
		{"no", [][2]string{{"[y/N]\n> ", "n\r"}}, exitAuth},
		{"yes", [][2]string{{"[y/N]\n> ", "y\r"}, {"  user: ", "alice\r"}, {"  password: ", "wonderland\r"}}, exitOK},
		{"remembered", nil, exitOK},
	} {
		s := newScreen(t)
		sys.Terminal = s.open
		stderr.Reset()
		done := make(chan int)
		go func() { done <- Main([]string{url}, sys) }()
		for _, a := range step.answers {
			s.answer(a[0], a[1])
			if t.Failed() {
				break
			}
		}
		if code := <-done; code != step.code {
			t.Errorf("%s: exit %d\n%s", step.name, code, stderr)
		}
		if asked := strings.Contains(strings.Join(strings.Fields(s.text()), " "), question); asked != (step.answers != nil) {
			t.Errorf("%s: on the terminal:\n%s", step.name, s.text())
		}
	}
}
