package basic_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/client/auth/basic"
)

var _ auth.Scheme = basic.Scheme{}

// vector is a case of testdata/credentials.json.
type vector struct {
	ID, Type, Username, Password, Authorization, Charset string
	Challenge                                            json.RawMessage
	Reject                                               bool
}

func vectors(t *testing.T) []vector {
	b, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var list []vector
	for _, raw := range file.Cases {
		var kind struct{ Type string }
		if err := json.Unmarshal(raw, &kind); err != nil {
			t.Fatal(err)
		}
		if kind.Type != "basic" {
			continue
		}
		var v vector
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// challenge reads the one challenge of a field value.
func challenge(t *testing.T, value string) auth.Challenge {
	t.Helper()
	list, err := auth.ParseChallenges([]string{value})
	if err != nil || len(list) != 1 {
		t.Fatalf("%q: %v, %v", value, list, err)
	}
	return list[0]
}

func answer(t *testing.T, c auth.Challenge, p *auth.Party, user, password string) (string, error) {
	t.Helper()
	e, err := basic.Scheme{}.Begin(c, auth.Credential{User: user, Secret: auth.NewSecret(password)}, &auth.Live{})
	if err != nil {
		return "", err
	}
	fields, err := e.Answer(t.Context(), p, auth.Message{Method: "GET", Target: "/"})
	if err != nil {
		return "", err
	}
	if len(fields) != 1 || fields[0].Name != p.Answer {
		t.Errorf("fields %v, want one %s", fields, p.Answer)
	}
	return fields[0].Value, nil
}

func TestVectors(t *testing.T) {
	list := vectors(t)
	if len(list) != 15 {
		t.Errorf("%d cases, want 15", len(list))
	}
	for _, v := range list {
		value := `Basic realm="r"`
		var lines []string
		if json.Unmarshal(v.Challenge, &lines) == nil {
			value = lines[0]
		}
		password := v.Password
		if v.Charset == "iso-8859-1" { // typed on a terminal of that charset
			var octets []byte
			for _, r := range password {
				octets = append(octets, byte(r))
			}
			password = string(octets)
		}
		got, err := answer(t, challenge(t, value), auth.Server, v.Username, password)
		if v.Reject {
			if !errors.Is(err, auth.ErrCredential) {
				t.Errorf("%s: %q, %v", v.ID, got, err)
			}
			continue
		}
		if err != nil || got != v.Authorization {
			t.Errorf("%s: %q, %v; want %q", v.ID, got, err, v.Authorization)
		}
	}
}

func TestRFC7617Section2(t *testing.T) {
	for _, c := range []struct{ user, password string }{
		{"a:b", "x"}, {"a\r\nX: y", "x"}, {"a\x7f", "x"}, {"a", "x\x00"}, {"a", "x\x1f"},
	} {
		got, err := answer(t, challenge(t, `Basic realm="r"`), auth.Server, c.user, c.password)
		if !errors.Is(err, auth.ErrCredential) {
			t.Errorf("%q %q: %q, %v", c.user, c.password, got, err)
		}
	}
	_, err := answer(t, challenge(t, `Basic realm="r"`), auth.Server, "alice-name", "s3cret\x00")
	if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "alice-name") {
		t.Errorf("the error shows the credential: %v", err)
	}
}

// Section 2.1: the server's charset asks for Normalization Form C; without it,
// or with one that is not defined, the octets stay as typed.
func TestRFC7617Section2_1(t *testing.T) {
	const composed, decomposed = "Basic dXPDqXI6cMOkc3M=", "Basic dXNlzIFyOnBhzIhzcw=="
	for params, want := range map[string]string{
		``:                     decomposed,
		`, charset="UTF-8"`:    composed,
		`, charset=utf-8`:      composed,
		`, charset="US-ASCII"`: decomposed,
		`, charset=""`:         decomposed,
	} {
		got, err := answer(t, challenge(t, `Basic realm="r"`+params), auth.Server, "use\u0301r", "pa\u0308ss")
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", params, got, err, want)
		}
	}
	_, err := answer(t, challenge(t, `Basic realm="r", charset="UTF-8"`), auth.Server, "a", "\xe4")
	if !errors.Is(err, auth.ErrCredential) {
		t.Errorf("octets that are not UTF-8: %v", err)
	}
}

func TestTraits(t *testing.T) {
	want := auth.Traits{Wants: auth.Password, Strength: auth.StrengthBasic, SendsSecret: true, Unasked: true}
	for _, value := range []string{`Basic realm="r"`, `Basic realm=""`, `basic REALM=r, more=x, charset="US-ASCII"`} {
		if got, err := (basic.Scheme{}).Traits(challenge(t, value)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", value, got, err)
		}
	}
	for _, value := range []string{"Basic", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic charset=UTF-8"} {
		if got, err := (basic.Scheme{}).Traits(challenge(t, value)); err == nil || got != (auth.Traits{}) {
			t.Errorf("%s: %+v, %v", value, got, err)
		}
	}
}

func TestProxyHasItsOwnField(t *testing.T) {
	got, err := answer(t, auth.Challenge{Scheme: "basic"}, auth.Proxy, "Aladdin", "open sesame")
	if err != nil || got != "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOneLeg(t *testing.T) {
	cred := auth.Credential{User: "use\u0301r", Secret: auth.NewSecret("p")}
	c := challenge(t, `Basic realm="r", charset="UTF-8"`)
	e, err := basic.Scheme{}.Begin(c, cred, &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := e.Challenged(c); v != auth.Refused || err != nil {
		t.Errorf("challenged again: %v, %v", v, err)
	}
	if got, err := e.Accepted(auth.Final{Status: 200, Info: []string{`rspauth="x"`}}); err != nil || !reflect.DeepEqual(got, cred) {
		t.Errorf("accepted: %+v, %v; want what was given", got, err)
	}
	if s := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(s, "dXPDqXI6cA==") {
		t.Errorf("the exchange shows its answer: %s", s)
	}
}
