package bearer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
)

func answer(t *testing.T, token string) (string, error) {
	t.Helper()
	x, err := Scheme{}.Begin(auth.Challenge{Scheme: "bearer"}, auth.Credential{Secret: auth.NewSecret(token)}, nil)
	if err != nil {
		return "", err
	}
	fields, err := x.Answer(context.Background(), auth.Server, auth.Message{})
	if err != nil || len(fields) != 1 || fields[0].Name != "Authorization" {
		t.Fatalf("%q, %v", fields, err)
	}
	return fields[0].Value, nil
}

func TestRFC6750Section2_1(t *testing.T) {
	if got, err := answer(t, "mF_9.B5f-4.1JqM"); got != "Bearer mF_9.B5f-4.1JqM" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// E12: a token that would begin a field of its own, or that no field can hold,
// is refused, and no part of it is in the error.
func TestE12(t *testing.T) {
	for _, token := range []string{"", "a\r\nX: secret", "sec ret", "secret\x00", "secret\x7f", "sécret", "secret\t"} {
		_, err := answer(t, token)
		if !errors.Is(err, auth.ErrCredential) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", token, err)
		}
	}
	long := strings.Repeat("x", 100<<10)
	if got, err := answer(t, long); got != "Bearer "+long || err != nil {
		t.Errorf("a token of 100 KiB: %d octets, %v", len(got), err)
	}
}

// The public cases of what servers say against a token.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID      string
			Headers []string
			Params  map[string]string
			Action  string
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		list, err := auth.ParseChallenges(c.Headers)
		if strings.Contains(c.Headers[0], "\t") && err == nil {
			t.Logf("%s: HTAB is qdtext", c.ID)
		}
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %v, %v", c.ID, list, err)
			continue
		}
		for name, want := range c.Params {
			if got, _ := list[0].Param(name); got != want {
				t.Errorf("%s: %s is %q, want %q", c.ID, name, got, want)
			}
		}
		got := TroubleOf(list)
		if got.Code != c.Params["error"] || got.Description != c.Params["error_description"] || (got.Code != "" && got.Scope != c.Params["scope"]) {
			t.Errorf("%s: %+v", c.ID, got)
		}
		if (got.Words == "") != (got.Code == "") {
			t.Errorf("%s: %q has no words", c.ID, got.Code)
		}
		x, err := Scheme{}.Begin(list[0], auth.Credential{Secret: auth.NewSecret("token")}, &auth.Live{})
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if v, err := x.Challenged(list[0]); v != auth.Refused || err != nil {
			t.Errorf("%s: the same token goes again", c.ID)
		}
	}
}

func TestTraits(t *testing.T) {
	for text, ok := range map[string]bool{"Bearer": true, `Bearer scope="x"`: true, "Bearer abc==": false} {
		list, _ := auth.ParseChallenges([]string{text})
		tr, err := Scheme{}.Traits(list[0])
		if (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
		if ok && (!tr.SendsSecret || tr.Wants != auth.Token) {
			t.Errorf("%s: %+v", text, tr)
		}
	}
}

func TestExpiry(t *testing.T) {
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	for token, want := range map[string]time.Time{
		jwt(`{"exp":1300819380}`):        at(1300819380), // RFC 7519 section 3.1
		jwt(`{"exp":1300819380.9}`):      at(1300819380),
		jwt(`{"exp":"1300819380"}`):      {},
		jwt(`{"exp":-1}`):                {},
		jwt(`{"exp":1e300}`):             {},
		jwt(`{"iat":1}`):                 {},
		jwt(`[]`):                        {},
		"e30.!.c2ln":                     {},
		"opaque":                         {},
		"a.b":                            {},
		jwt(`{"exp":1300819380}`) + ".x": {},
		"e30." + strings.Repeat("A", maxClaims+1) + ".c2ln": {},
	} {
		if got := Expiry(auth.NewSecret(token)); !got.Equal(want) {
			t.Errorf("%.60s: %v, want %v", token, got, want)
		}
	}
}
