package token

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"getin/client/auth"
)

// Every registered error is told in a sentence of ours, with what it means for
// who asked; the server's own words are not in it.
func TestErrorWords(t *testing.T) {
	means := map[string]error{
		"invalid_grant": auth.ErrRefused, "access_denied": auth.ErrDeclined, "expired_token": auth.ErrDeclined,
	}
	for _, code := range []string{
		"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
		"invalid_target", "access_denied", "expired_token", "authorization_pending", "slow_down", "server_error",
		"temporarily_unavailable", "unsupported_response_type", "login_required", "interaction_required", "consent_required",
		"invalid_dpop_proof", "use_dpop_nonce", "invalid_redirect_uri", "invalid_client_metadata",
	} {
		e := &Error{Issuer: "https://as.test", Code: code, Description: "theirs"}
		want := means[code]
		if want == nil {
			want = auth.ErrCannotStart
		}
		if text := e.Error(); strings.Contains(text, code) || strings.Contains(text, "theirs") || !strings.HasPrefix(text, "https://as.test: ") {
			t.Errorf("%s: %q", code, text)
		}
		if !errors.Is(e, want) {
			t.Errorf("%s is %v", code, e.Unwrap())
		}
	}
	e := &Error{Issuer: "https://as.test", Code: "evil\x1b[2J\u202e" + strings.Repeat("x", 1000)}
	if text := e.Error(); strings.ContainsAny(text, "\x1b\u202e") || len(text) > 200 || !errors.Is(e, auth.ErrCannotStart) {
		t.Errorf("%q", text)
	}
}

// What a token endpoint answers: its own word, or that it has none. No redirect is
// followed, and nothing of a body is in an error.
func TestEndpointRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		kind   string
		body   string
		code   string
		want   error
	}{
		"its word":           {400, "application/json", `{"error":"invalid_grant"}`, "invalid_grant", auth.ErrRefused},
		"its word, 401":      {401, "application/json;charset=UTF-8", `{"error":"invalid_client"}`, "invalid_client", auth.ErrCannotStart},
		"a page":             {400, "text/html", `<p>s3cret</p>`, "", auth.ErrCannotStart},
		"a redirect":         {307, "text/plain", `s3cret`, "", auth.ErrCannotStart},
		"no token in it":     {200, "application/json", `{"refresh_token":"s3cret"}`, "", auth.ErrCannotStart},
		"something else":     {200, "application/json", `"s3cret"`, "", auth.ErrCannotStart},
		"more than is taken": {200, "application/json", strings.Repeat("s3cret", maxAnswer), "", auth.ErrCannotStart},
	} {
		d := newDocuments(t)
		d.at["/token"] = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		}
		e := endpoint{address: d.URL + "/token", challenger: origin(t, d.URL), issuer: d.URL}
		_, err := d.client.token(t.Context(), e, nil)
		var said *Error
		if !errors.Is(err, c.want) || errors.As(err, &said) != (c.code != "") || said != nil && said.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), "s3cret") || len(d.asked) != 1 {
			t.Errorf("%s: %v, asked %q", name, err, d.asked)
		}
	}
}

// How a client proves itself, RFC 6749 section 2.3.1.
func TestEndpointClient(t *testing.T) {
	for method, want := range map[string]string{
		clientNone:  `"" client_id=a%3Ab&x=1`,
		clientBasic: `"Basic YSUzQWI6cyUyQjE=" x=1`,
		clientPost:  `"" client_id=a%3Ab&client_secret=s%2B1&x=1`,
	} {
		d := newDocuments(t)
		got := ""
		d.at["/token"] = func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			got = fmt.Sprintf("%q %s", r.Header.Get("Authorization"), r.PostForm.Encode())
			fmt.Fprint(w, `{"access_token":"t","token_type":"Bearer","expires_in":"60"}`)
		}
		e := endpoint{address: d.URL + "/token", challenger: origin(t, d.URL), client: identity{"a:b", auth.NewSecret("s+1"), method}}
		a, err := d.client.token(t.Context(), e, map[string][]string{"x": {"1"}})
		if err != nil || got != want || a.expires.IsZero() {
			t.Errorf("%s: sent %s, want %s; %v, %v", method, got, want, a, err)
		}
	}
}
