package digest

import (
	"errors"
	"io"
	"testing"

	"getin/client/auth"
)

type infoVector struct {
	ID, Header, Expect string
	Request            vector
	NextNonce          string `json:"next_nonce"`
}

func TestAuthInfoVectors(t *testing.T) {
	for _, v := range cases[infoVector](t, "auth-info", 4) {
		x, _ := v.Request.run(t)
		err := finish(x, "", v.Header)
		if failed := errors.Is(err, auth.ErrServerUnverified); failed != (v.Expect == "failed") || !failed && err != nil {
			t.Errorf("%s: %v, want %s", v.ID, err, v.Expect)
		}
		if v.NextNonce == "" {
			continue
		}
		got := sent(t, answer(t, x, auth.Server, v.Request.message()))
		if got["nonce"] != v.NextNonce || got["nc"] != "00000001" {
			t.Errorf("%s: then nonce %q, nc %s", v.ID, got["nonce"], got["nc"])
		}
	}
}

// The values below are those of the vectors digest-rspauth-0 and -2.
const (
	asksAuth = `Digest realm="example.com", nonce="abc123nonce", algorithm=MD5, qop="auth"`
	asksInt  = `Digest realm="example.com", nonce="abc123nonce", algorithm=SHA-256, qop="auth-int"`
	goodAuth = `rspauth="f011eef80cbeb60982eec6f567fd7fa4", qop=auth, nc=00000002, cnonce="deadbeefcafebabe"`
	goodInt  = `rspauth="984c4c34fb6434e4442da455beca0498e1eb91f2e2a28e7f1a9a5b2f97b7a95a", qop=auth-int, nc=00000002, cnonce="deadbeefcafebabe"`
)

func secondRequest(t *testing.T, value string) auth.Exchange {
	setCnonces(t, "deadbeefcafebabe")
	x := begin(t, value, &auth.Live{})
	for range 2 {
		answer(t, x, auth.Server, auth.Message{Method: "GET", Target: "/secret"})
	}
	return x
}

func TestRFC7616Section3_5(t *testing.T) {
	const sum = `rspauth="f011eef80cbeb60982eec6f567fd7fa4"`
	for _, c := range []struct {
		values []string
		ok     bool
	}{
		{nil, true},
		{[]string{""}, true},
		{[]string{goodAuth}, true},
		{[]string{`qop=auth, nc=00000002`, `cnonce=deadbeefcafebabe`, sum}, true},
		{[]string{sum + `, nc=00000002, cnonce="deadbeefcafebabe"`}, true},
		{[]string{sum + `, qop="AUTH", nc="00000002", cnonce="deadbeefcafebabe"`}, true},
		{[]string{sum + `, qop=auth, nc=00000001, cnonce="deadbeefcafebabe"`}, false},
		{[]string{sum + `, qop=auth, cnonce="deadbeefcafebabe"`}, false},
		{[]string{sum + `, qop=auth, nc=00000002, cnonce="DEADBEEFCAFEBABE"`}, false},
		{[]string{sum + `, qop=other, nc=00000002, cnonce="deadbeefcafebabe"`}, false},
		{[]string{`rspauth="36bd13135c3df6c9a7c373c44dc7886b", qop=auth, nc=00000002, cnonce="deadbeefcafebabe"`}, false}, // our response sent back
		{[]string{`rspauth="", qop=auth, nc=00000002, cnonce="deadbeefcafebabe"`}, false},
		{[]string{`rspauth="f011eef80cbeb60982eec6f567fd7fa"`}, false},
		{[]string{goodAuth, sum}, false},
		{[]string{goodAuth + `, rspauth="x"`}, false},
		{[]string{`rspauth="unterminated`}, false},
		{[]string{`Digest ` + goodAuth}, false},
	} {
		err := finish(secondRequest(t, asksAuth), "", c.values...)
		if c.ok && err != nil || !c.ok && !errors.Is(err, auth.ErrServerUnverified) {
			t.Errorf("%q: %v", c.values, err)
		}
	}
}

// With auth-int the proof covers the content, and may come behind it.
func TestRFC7616Section3_5_AuthInt(t *testing.T) {
	for _, c := range []struct {
		content     string
		head, after []string
		ok          bool
	}{
		{"", []string{goodInt}, nil, true},
		{"", nil, []string{goodInt}, true},
		{"", nil, nil, true},
		{"", []string{`nextnonce="n2"`}, []string{goodInt}, true},
		{"changed", []string{goodInt}, nil, false},
		{"changed", nil, []string{goodInt}, false},
		{"", []string{goodInt}, []string{goodInt}, false},
		{"", nil, []string{`"`}, false},
	} {
		x := secondRequest(t, asksInt)
		if _, err := x.Accepted(auth.Final{Status: 200, Info: c.head}); err != nil {
			t.Errorf("%q: accepted: %v", c.head, err)
			continue
		}
		w, done := x.(auth.ContentChecker).CheckContent(auth.Final{Status: 200, Info: c.head})
		if w == nil || done == nil {
			t.Errorf("%q: the content is not asked for", c.head)
			continue
		}
		_, _ = io.WriteString(w, c.content)
		if err := done(c.after); (err == nil) != c.ok || err != nil && !errors.Is(err, auth.ErrServerUnverified) {
			t.Errorf("%q, %q, %q: %v", c.head, c.content, c.after, err)
		}
	}
}

func TestNextNonceInTheTrailer(t *testing.T) {
	for content, want := range map[string]string{"": "n2", "changed": "abc123nonce"} {
		x := secondRequest(t, asksInt)
		w, done := x.(auth.ContentChecker).CheckContent(auth.Final{Status: 200})
		_, _ = io.WriteString(w, content)
		if err := done([]string{goodInt, `nextnonce="n2"`}); (err == nil) != (content == "") {
			t.Errorf("%q: %v", content, err)
		}
		if got := sent(t, answer(t, x, auth.Server, auth.Message{})); got["nonce"] != want {
			t.Errorf("%q: then nonce %q, want %q", content, got["nonce"], want)
		}
	}
}

func TestContentDoesNotMatterForAuth(t *testing.T) {
	x := secondRequest(t, asksAuth)
	if w, done := x.(auth.ContentChecker).CheckContent(auth.Final{Status: 200, Info: []string{goodAuth}}); w != nil || done != nil {
		t.Error("the content is asked for")
	}
	// A server may prove more than it was asked for.
	const stronger = `qop=auth-int, nc=00000002, cnonce="deadbeefcafebabe", rspauth="00"`
	if err := finish(x, "", stronger); !errors.Is(err, auth.ErrServerUnverified) {
		t.Errorf("a wrong proof over the content: %v", err)
	}
}

// A nextnonce that comes with a wrong proof is not taken.
func TestNextNonceNeedsTheProof(t *testing.T) {
	x := secondRequest(t, asksAuth)
	if err := finish(x, "", `nextnonce="evil", rspauth="00", nc=00000002, cnonce="deadbeefcafebabe"`); err == nil {
		t.Error("a wrong proof is accepted")
	}
	if got := sent(t, answer(t, x, auth.Server, auth.Message{})); got["nonce"] != "abc123nonce" || got["nc"] != "00000003" {
		t.Errorf("nonce %q, nc %s", got["nonce"], got["nc"])
	}
}

func TestAcceptedReturnsWhatWasGiven(t *testing.T) {
	cred := credential("use\u0301r", "pa\u0308ss")
	x, err := Scheme{}.Begin(challenge(t, `Digest realm="r", nonce="n", qop="auth", charset=UTF-8`), cred, &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	answer(t, x, auth.Server, auth.Message{Method: "GET", Target: "/"})
	if got, err := x.Accepted(auth.Final{Status: 200}); err != nil || !got.Equal(cred) {
		t.Errorf("%v, %v", got, err)
	}
}
