package mask

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// inPieces passes the text through in every way to cut it into two and into
// single octets, and returns what is shown if that is always the same.
func inPieces(t *testing.T, m *Mask, mediaType, text string) string {
	t.Helper()
	whole := newStream(m, mediaType)
	want := string(whole.Write([]byte(text))) + string(whole.Flush())
	for cut := range len(text) {
		s := newStream(m, mediaType)
		got := string(s.Write([]byte(text[:cut]))) + string(s.Write([]byte(text[cut:]))) + string(s.Flush())
		if got != want {
			t.Errorf("cut at %d: %q, whole %q", cut, got, want)
		}
	}
	var single strings.Builder
	s := newStream(m, mediaType)
	for i := range len(text) {
		single.Write(s.Write([]byte(text[i : i+1])))
	}
	single.Write(s.Flush())
	if single.String() != want {
		t.Errorf("octet by octet: %q, whole %q", &single, want)
	}
	return want
}

// RULES R16: a live secret is masked in every form, though pieces end within it.
func TestR16_SecretsInPieces(t *testing.T) {
	m := &Mask{}
	m.Add(credential("alice", "wonder land/"))
	m.Add(credential("bob", "wonder"))
	m.Add(credential("carol", "aba"))
	basic := base64.StdEncoding.EncodeToString([]byte("alice:wonder land/"))
	for text, want := range map[string]string{
		"say wonder land/ twice: wonder land/": "say [masked] twice: [masked]",
		"a wonder and a wonder lan":            "a [masked] and a [masked] lan",
		"xababa":                               "x[masked]ba",
		"xaba":                                 "x[masked]",
		"ends wit":                             "ends wit",
		"q=" + url.QueryEscape("wonder land/"): "q=[masked]",
		"Basic " + basic + ".":                 "Basic [masked].",
		"":                                     "",
	} {
		if got := inPieces(t, m, "text/plain", text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	m.Off = true
	if got := inPieces(t, m, "text/plain", "wonder"); got != "wonder" {
		t.Errorf("--show-secrets shows %q", got)
	}
}

// What cannot be the beginning of a secret is not held back: a slow body is seen
// as it comes.
func TestMaskStreamShowsAtOnce(t *testing.T) {
	m := &Mask{}
	m.Add(credential("alice", "wonderland"))
	s := newStream(m, "text/plain")
	if got := string(s.Write([]byte("hello, won"))); got != "hello, " {
		t.Errorf("shown %q", got)
	}
	if got := string(s.Write([]byte("der"))); got != "" {
		t.Errorf("shown %q", got)
	}
	if got := string(s.Write([]byte("ful"))); got != "wonderful" {
		t.Errorf("shown %q", got)
	}
}

// RULES R16: the values of names that stand for secrets, in forms and in JSON.
func TestR16_NamesInBodies(t *testing.T) {
	const form, js, parts = "application/x-www-form-urlencoded", "application/json; charset=utf-8", `multipart/form-data; boundary=XX`
	for _, test := range []struct{ mediaType, text, want string }{
		{form, "user=a&password=v1&x=2", "user=a&password=[masked]&x=2"},
		{form, "%70assword=v1=v2&PWD=&a", "%70assword=[masked]&PWD=[masked]&a"},
		{form, strings.Repeat("n", 200) + "=1&token=v1", strings.Repeat("n", 200) + "=1&token=[masked]"},
		{js, `{"access_token": "v1\"v1", "expires_in":3}`, `{"access_token": "[masked]", "expires_in":3}`},
		{js, `{"a":"token","code" :123,"x":["key","v"],"\u006bey":"v1"}`, `{"a":"token","code" :[masked],"x":["key","v"],"\u006bey":"[masked]"}`},
		{js, `{"secret":{"a":"b","password":null}}`, `{"secret":{"a":"b","password":[masked]}}`},
		{"application/vnd.api+json", `{"key":"v1"}`, `{"key":"[masked]"}`},
		{
			parts,
			"--XX\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\na\r\n--XX\r\ncontent-disposition: form-data; name=password\r\n\r\nv1\r\nv1\r\n--X\r\n--XX--\r\n",
			"--XX\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\na\r\n--XX\r\ncontent-disposition: form-data; name=password\r\n\r\n[masked]\r\n--XX--\r\n",
		},
		{"text/plain", "password=v1", "password=v1"},
	} {
		if got := inPieces(t, &Mask{}, test.mediaType, test.text); got != test.want {
			t.Errorf("%s: shown as\n%q, want\n%q", test.text, got, test.want)
		}
	}
}

// RULES R16: heads, a folded field too.
func TestR16_Heads(t *testing.T) {
	m := &Mask{}
	m.Add(credential("alice", "wonderland"))
	got := strings.Join(m.Head("GET /a?x=1&token=v1&y=wonderland HTTP/1.1\r\nHost: h\r\nCookie: v1\r\n\tv1\r\nX : a\r\n b wonderland\r\n\r\n"), "\n")
	want := "GET /a?x=1&token=[masked]&y=[masked] HTTP/1.1\nHost: h\nCookie: [masked]\n [masked]\nX : a\n b [masked]\n"
	if got != want {
		t.Errorf("shown as\n%q, want\n%q", got, want)
	}
	if got := m.Head("HTTP/1.1 200 what?token=x\n\n"); got[0] != "HTTP/1.1 200 what?token=x" || got[1] != "" {
		t.Errorf("shown as %q", got)
	}
}
