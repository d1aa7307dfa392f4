package mask

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"getin/client/auth"
)

func credential(user, secret string) auth.Credential {
	return auth.Credential{User: user, Secret: auth.NewSecret(secret)}
}

// RULES R16: a live secret is masked in raw, base64, percent and JSON form
// wherever it occurs.
func TestR16_LiveSecretsInEveryForm(t *testing.T) {
	const secret = `p&ss "wörd"/+\`
	m := &Mask{}
	m.Add(credential("alice", secret))
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"raw": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret), "JSON": string(quoted),
		"base64":            base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64url":         base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"Basic":             base64.StdEncoding.EncodeToString([]byte("alice:" + secret)),
		"Basic, other user": base64.StdEncoding.EncodeToString([]byte("bo:" + secret)),
		"base64, inside":    base64.StdEncoding.EncodeToString([]byte(`{"k":"` + secret + `"}`)),
	} {
		shown := m.Text("before " + form + " after")
		if strings.Contains(shown, form) || !strings.Contains(shown, Placeholder) || !strings.HasPrefix(shown, "before ") {
			t.Errorf("%s: %s", name, shown)
		}
	}
	if got := m.Text("nothing of the kind"); got != "nothing of the kind" {
		t.Errorf("harmless text became %q", got)
	}
	m.Off = true
	if got := m.Text(secret); got != secret {
		t.Errorf("--show-secrets shows %q", got)
	}
}

// RULES R16: a URL is shown as it was typed, without what nobody shall see.
func TestR16_TypedURLs(t *testing.T) {
	m := &Mask{}
	m.Add(credential("alice", "wonderland"))
	for typed, want := range map[string]string{
		"h.org":                                  "h.org",
		"alice:x@h.org":                          "h.org",
		"alice:x@y@h.org/a@b?c@d":                "h.org/a@b?c@d",
		"https://alice:x@h.org#token=t":          "https://h.org#token=[masked]",
		"https://h.org?a=1&pwd=p#f?key=k":        "https://h.org?a=1&pwd=[masked]#f?key=k",
		"https://h.org/wonderland?access_token=": "https://h.org/[masked]?access_token=",
	} {
		if got := m.TypedURL(typed); got != want {
			t.Errorf("%s: %s, want %s", typed, got, want)
		}
	}
	if got := (&Mask{Off: true}).TypedURL("a:b@h?token=t"); got != "h?token=t" {
		t.Errorf("--show-secrets shows %s", got)
	}
}

func TestR16_Fields(t *testing.T) {
	m := &Mask{}
	for _, test := range []struct{ name, value, want string }{
		{"Authorization", "Basic eA==", "Basic [masked]"},
		{"proxy-authorization", "Digest username=x", "Digest [masked]"},
		{"Authorization", "naked-token", Placeholder},
		{"AUTHENTICATION-INFO", "rspauth=x", Placeholder},
		{"Proxy-Authentication-Info", "x", Placeholder},
		{"Cookie", "a=b", Placeholder},
		{"Set-Cookie", "a=b; Path=/", Placeholder},
		{"Accept", "*/*", "*/*"},
		{"Location", "https://u:p@h/x?token=t&y=1", "https://h/x?token=[masked]&y=1"},
		{"Referer", "https://h/?API_KEY=t", "https://h/?API_KEY=[masked]"},
	} {
		if got := m.Field(test.name, test.value); got != test.want {
			t.Errorf("%s: %s shown as %s, want %s", test.name, test.value, got, test.want)
		}
	}
}

func TestR16_QueryNames(t *testing.T) {
	names := "password passwd pwd token access_token refresh_token id_token client_secret code code_verifier assertion " +
		"device_code api_key apikey key secret signature sig X-Amz-Signature X-Amz-Security-Token"
	m := &Mask{}
	for _, name := range strings.Fields(names) {
		u := &url.URL{Scheme: "https", Host: "h", Path: "/", RawQuery: "a=1&" + name + "=v1s1ble&b=2"}
		if got := m.URL(u); strings.Contains(got, "v1s1ble") || !strings.Contains(got, "a=1&") || !strings.Contains(got, "&b=2") {
			t.Errorf("%s: %s", name, got)
		}
	}
	u := &url.URL{Scheme: "https", User: url.UserPassword("u", "p"), Host: "h", Path: "/", RawQuery: "%74oken=v1s1ble"}
	if got := m.URL(u); got != "https://h/?%74oken=[masked]" {
		t.Errorf("shown as %s", got)
	}
}
