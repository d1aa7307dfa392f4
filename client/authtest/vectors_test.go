package authtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// vector is a case of testdata/credentials.json, whose values come from RFC
// 7616, RFC 7617 and the tests of other programs ("source" names each).
type vector struct {
	ID, Type, Username, Password, Charset, Authorization string
	Realm, Method, URI, Nonce, Algorithm, QOP            string
	NC, Cnonce, Opaque, Body, Response, Rspauth          string
	UserHash                                             bool
	UsernameHash                                         string `json:"username_hash"`
	Reject                                               bool
}

func vectors(t *testing.T, kind string) (found []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Cases {
		if v.Type == kind && !v.Reject {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no %s vectors", kind)
	}
	return found
}

// octets is the text in the charset of the vector.
func (v vector) octets(s string) string {
	if v.Charset != "iso-8859-1" {
		return s
	}
	var b bytes.Buffer
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

func TestBasicVectors(t *testing.T) {
	for _, v := range vectors(t, "basic") {
		d := Basic{Users: Users{v.octets(v.Username): v.octets(v.Password)}}
		if j := d.check(nil, v.Authorization, nil); !j.ok || j.complaint != "" {
			t.Errorf("%s: refused %q: %s", v.ID, v.Authorization, j.complaint)
		}
		d.Users[v.octets(v.Username)] += "x"
		if j := d.check(nil, v.Authorization, nil); j.ok {
			t.Errorf("%s: accepted for another password", v.ID)
		}
	}
}

func (v vector) digest() *Digest {
	return &Digest{
		Realm: v.Realm, Algorithm: v.Algorithm, QOP: v.QOP, Opaque: v.Opaque, Nonce: v.Nonce,
		UserHash: v.UserHash, Users: Users{v.octets(v.Username): v.octets(v.Password)},
	}
}

// line writes the credentials that the vector tells to send.
func (v vector) line(response string) string {
	user := v.octets(v.Username)
	if v.UserHash {
		user = v.UsernameHash
	}
	params := []string{
		"username=" + quote(user), "realm=" + quote(v.Realm), "nonce=" + quote(v.Nonce),
		"uri=" + quote(v.URI), "response=" + quote(response),
	}
	if v.Algorithm != "" {
		params = append(params, "algorithm="+v.Algorithm)
	}
	if v.Opaque != "" {
		params = append(params, "opaque="+quote(v.Opaque))
	}
	if v.QOP != "" {
		params = append(params, "qop="+v.QOP, "nc="+v.NC, "cnonce="+quote(v.Cnonce))
	}
	if v.UserHash {
		params = append(params, "userhash=true")
	}
	return join("Digest", params)
}

func TestDigestVectors(t *testing.T) {
	for _, v := range vectors(t, "digest") {
		if strings.HasSuffix(v.Algorithm, "-sess") && v.Cnonce == "" {
			continue // RFC 2069 knew no cnonce, and "-sess" needs one
		}
		r := &http.Request{Method: v.Method, RequestURI: v.URI}
		d := v.digest()
		d.challenge(false)
		j := d.check(r, v.line(v.Response), []byte(v.Body))
		if !j.ok || j.complaint != "" {
			t.Errorf("%s: refused: %q", v.ID, j.complaint)
			continue
		}
		if v.Rspauth != "" && !strings.Contains(j.info(nil), fmt.Sprintf("rspauth=%q", v.Rspauth)) {
			t.Errorf("%s: Authentication-Info: %s; rspauth should be %s", v.ID, j.info(nil), v.Rspauth)
		}
		wrong := "0" + v.Response[1:]
		if v.Response[0] == '0' {
			wrong = "1" + v.Response[1:]
		}
		d = v.digest()
		d.challenge(false)
		if j := d.check(r, v.line(wrong), []byte(v.Body)); j.ok {
			t.Errorf("%s: a wrong response was accepted", v.ID)
		}
	}
}

// What RFC 7616 section 3.4 forbids to write is complained of, though the
// arithmetic be right.
func TestDigestWrongForm(t *testing.T) {
	v := vectors(t, "digest")[0]
	v.Algorithm, v.QOP, v.NC, v.Cnonce = "MD5", "auth", "00000001", "c"
	for _, c := range []struct{ old, new, want string }{
		{"qop=auth", `qop="auth"`, "qop must not be quoted"},
		{"nc=00000001", `nc="00000001"`, "nc must not be quoted"},
		{"nc=00000001", "nc=1", "8LHEX"},
		{"algorithm=MD5", `algorithm="MD5"`, "algorithm must not be quoted"},
		{"algorithm=MD5", "algorithm=SHA-256", "algorithm"},
		{`cnonce="c"`, "cnonce=c", "cnonce must be a quoted-string"},
		{`cnonce="c"`, `cnonce=""`, "no cnonce"},
		{"uri=" + quote(v.URI), `uri="/elsewhere"`, "request-target"},
		{"realm=" + quote(v.Realm), `realm="other"`, "realm"},
		{"qop=auth", "qop=auth-int", "not offered"},
		{"qop=auth", "qop=auth, qop=auth", "twice"},
		{"username=", "username*=UTF-8''x, username=", "exactly one"},
		{"qop=auth", "userhash=true, qop=auth", "userhash was not offered"},
	} {
		d := v.digest()
		d.challenge(false)
		line := v.line(v.Response)
		broken := strings.Replace(line, c.old, c.new, 1)
		if broken == line {
			t.Fatalf("%q does not occur in %s", c.old, line)
		}
		j := d.check(&http.Request{Method: v.Method, RequestURI: v.URI}, broken, nil)
		if !strings.Contains(j.complaint, c.want) || j.ok {
			t.Errorf("%s for %s: complaint %q, want one of %q", c.new, c.old, j.complaint, c.want)
		}
	}
}
