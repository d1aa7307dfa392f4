package digest

import (
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"getin/client/auth"
)

var (
	_ auth.Scheme         = Scheme{}
	_ auth.ContentChecker = (*exchange)(nil)
)

// vector is a case of type digest in testdata/credentials.json, and the request
// of one of type auth-info.
type vector struct {
	ID, Username, Password, Realm, Method, URI, Nonce string
	Algorithm, Qop, NC, Cnonce, Opaque, Charset       *string
	Body                                              *string
	Userhash, Proxy                                   bool
	Challenge                                         []string

	Response, HA1, Rspauth string
	UsernameHash           string `json:"username_hash"`
	UsernameQuoted         string `json:"username_quoted"`
	RealmQuoted            string `json:"realm_quoted"`
}

// cases returns the cases of one type.
func cases[T any](t testing.TB, kind string, want int) []T {
	t.Helper()
	b, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var list []T
	for _, raw := range file.Cases {
		var head struct{ Type string }
		if err := json.Unmarshal(raw, &head); err != nil {
			t.Fatal(err)
		}
		if head.Type != kind {
			continue
		}
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if len(list) != want {
		t.Errorf("%d cases of type %s, want %d", len(list), kind, want)
	}
	return list
}

// field writes the challenge that the vector's server must have sent.
func (v vector) field() string {
	if len(v.Challenge) > 0 {
		return v.Challenge[0]
	}
	s := "Digest realm=" + auth.Quote(v.Realm) + ", nonce=" + auth.Quote(v.Nonce)
	for name, value := range map[string]*string{"algorithm": v.Algorithm, "qop": v.Qop, "opaque": v.Opaque} {
		if value != nil {
			s += ", " + name + "=" + auth.Quote(*value)
		}
	}
	if v.Userhash {
		s += ", userhash=true"
	}
	return s
}

func (v vector) password() string {
	if v.Charset == nil {
		return v.Password
	}
	var octets []byte // as typed on a terminal of charset ISO-8859-1
	for _, r := range v.Password {
		octets = append(octets, byte(r))
	}
	return string(octets)
}

func (v vector) message() auth.Message {
	m := auth.Message{Method: v.Method, Target: v.URI}
	if v.Body != nil {
		m.Body = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(*v.Body)), nil }
	}
	return m
}

// run answers as often as it takes to reach the vector's nc, and returns the
// exchange and its last answer.
func (v vector) run(t *testing.T) (auth.Exchange, string) {
	t.Helper()
	if v.Cnonce != nil {
		setCnonces(t, *v.Cnonce)
	}
	x, err := Scheme{}.Begin(challenge(t, v.field()), credential(v.Username, v.password()), &auth.Live{})
	if err != nil {
		t.Fatalf("%s: %v", v.ID, err)
	}
	times := uint64(1)
	if v.NC != nil {
		if times, err = strconv.ParseUint(*v.NC, 16, 32); err != nil {
			t.Fatal(err)
		}
	}
	party, last := auth.Server, ""
	if v.Proxy {
		party = auth.Proxy
	}
	for range times {
		last = answer(t, x, party, v.message())
	}
	return x, last
}

// setCnonces fixes the client nonces: each in turn, the last for ever.
func setCnonces(t *testing.T, list ...string) {
	was := testOnlyCnonce
	t.Cleanup(func() { testOnlyCnonce = was })
	testOnlyCnonce = func() string {
		c := list[0]
		if len(list) > 1 {
			list = list[1:]
		}
		return c
	}
}

func credential(user, password string) auth.Credential {
	return auth.Credential{User: user, Secret: auth.NewSecret(password)}
}

func challenge(t testing.TB, value string) auth.Challenge {
	t.Helper()
	list, err := auth.ParseChallenges([]string{value})
	if err != nil || len(list) != 1 {
		t.Fatalf("%q: %v, %v", value, list, err)
	}
	return list[0]
}

func begin(t testing.TB, value string, live *auth.Live) auth.Exchange {
	t.Helper()
	x, err := Scheme{}.Begin(challenge(t, value), credential("user", "pass"), live)
	if err != nil {
		t.Fatalf("%q: %v", value, err)
	}
	return x
}

func answer(t testing.TB, x auth.Exchange, p *auth.Party, m auth.Message) string {
	t.Helper()
	fields, err := x.Answer(t.Context(), p, m)
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) != 1 || fields[0].Name != p.Answer {
		t.Fatalf("fields %v, want one %s", fields, p.Answer)
	}
	return fields[0].Value
}

// sent reads an answer as a server does: credentials have the grammar of a
// challenge, RFC 9110 section 11.4.
func sent(t testing.TB, value string) map[string]string {
	t.Helper()
	params := map[string]string{}
	for _, p := range challenge(t, value).Params {
		params[p.Name] = p.Value
	}
	return params
}

func orAbsent(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestVectors(t *testing.T) {
	for _, v := range cases[vector](t, "digest", 74) {
		t.Run(v.ID, func(t *testing.T) {
			_, value := v.run(t)
			user := v.Username
			if v.Userhash {
				user = v.UsernameHash
			}
			got := sent(t, value)
			for name, want := range map[string]string{
				"response": v.Response, "username": user, "realm": v.Realm, "nonce": v.Nonce, "uri": v.URI,
				"algorithm": orAbsent(v.Algorithm), "opaque": orAbsent(v.Opaque),
				"qop": orAbsent(v.Qop), "nc": orAbsent(v.NC), "cnonce": orAbsent(v.Cnonce),
			} {
				if got[name] != want {
					t.Errorf("%s=%q, want %q", name, got[name], want)
				}
			}
			for _, want := range []string{v.UsernameQuoted, v.RealmQuoted} {
				if !strings.Contains(value, "="+want) {
					t.Errorf("%s: not quoted as %s", value, want)
				}
			}
			if (got["userhash"] == "true") != v.Userhash {
				t.Errorf("userhash=%q", got["userhash"])
			}
		})
	}
}

// TestVectorsHA1 looks at the one value that never shows on the wire.
func TestVectorsHA1(t *testing.T) {
	for _, v := range cases[vector](t, "digest", 74) {
		if v.HA1 == "" {
			continue
		}
		x, _ := v.run(t)
		if got := x.(*exchange).key.Reveal(); got != v.HA1 {
			t.Errorf("%s: %s, want %s", v.ID, got, v.HA1)
		}
	}
}

func TestVectorsRspauth(t *testing.T) {
	n := 0
	for _, v := range cases[vector](t, "digest", 74) {
		if v.Rspauth == "" {
			continue
		}
		n++
		for _, right := range []bool{true, false} {
			x, _ := v.run(t)
			rspauth := v.Rspauth
			if !right {
				rspauth = strings.Repeat("0", len(rspauth))
			}
			value := `rspauth="` + rspauth + `", qop=` + *v.Qop + `, nc=` + *v.NC + `, cnonce="` + *v.Cnonce + `"`
			if err := finish(x, "", value); (err == nil) != right {
				t.Errorf("%s: rspauth right: %v; %v", v.ID, right, err)
			}
		}
	}
	if n != 4 {
		t.Errorf("%d cases, want 4", n)
	}
}

// finish does what a client does with the final response.
func finish(x auth.Exchange, content string, values ...string) error {
	f := auth.Final{Status: 200, Info: values}
	if _, err := x.Accepted(f); err != nil {
		return err
	}
	w, done := x.(auth.ContentChecker).CheckContent(f)
	if done == nil {
		return nil
	}
	if _, err := io.WriteString(w, content); err != nil {
		return err
	}
	return done(nil)
}
