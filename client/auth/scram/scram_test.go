package scram

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"getin/client/auth"
)

type vector struct {
	ID, Type, Mechanism, Username, Password string
	Nonce                                   string `json:"client_nonce"`
	First                                   string `json:"client_first"`
	ServerFirst                             string `json:"server_first"`
	Final                                   string `json:"client_final"`
	ServerFinal                             string `json:"server_final"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) < 4 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	// RFC 5802 section 5 has the same for SHA-1.
	return append(file.Cases, vector{
		ID: "RFC5802Section5", Type: "scram", Mechanism: "SCRAM-SHA-1", Username: "user", Password: "pencil",
		Nonce: "fyko+d2lbbFgONRv9qkxdawL", First: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
		ServerFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		Final:       "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		ServerFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
	})
}

func begin(t *testing.T, v vector) *exchange {
	t.Helper()
	s := Scheme{SHA1: v.Mechanism == "SCRAM-SHA-1"}
	x, err := s.Begin(auth.Challenge{Scheme: s.Name()}, auth.Credential{User: v.Username, Secret: auth.NewSecret(v.Password)}, &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	e := x.(*exchange)
	e.nonce = v.Nonce
	return e
}

func leg(s string) auth.Challenge {
	return auth.Challenge{Params: []auth.Param{{Name: "sid", Value: "AAAABBBB"}, {Name: "data", Value: base64.StdEncoding.EncodeToString([]byte(s))}}}
}

// sent returns the message that Answer sends.
func sent(t *testing.T, e *exchange) string {
	t.Helper()
	fields, err := e.Answer(context.Background(), auth.Server, auth.Message{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := auth.ParseChallenges([]string{fields[0].Value})
	if err != nil || !list[0].Is(e.scheme.Name()) {
		t.Fatalf("%s: %v", fields[0].Value, err)
	}
	data, _ := list[0].Param("data")
	raw, _ := base64.StdEncoding.DecodeString(data)
	return string(raw)
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		e := begin(t, v)
		if got := sent(t, e); v.First != "" && got != v.First {
			t.Errorf("%s: first %s, want %s", v.ID, got, v.First)
		}
		verdict, err := e.Challenged(leg(v.ServerFirst))
		if v.Type != "scram" {
			if err == nil || verdict != auth.Refused {
				t.Errorf("%s: %v, %v", v.ID, verdict, err)
			}
			continue
		}
		if err != nil || verdict != auth.Continue {
			t.Errorf("%s: %v, %v", v.ID, verdict, err)
			continue
		}
		if got := sent(t, e); got != v.Final {
			t.Errorf("%s: final %s, want %s", v.ID, got, v.Final)
		}
		info := func(s string) auth.Final {
			return auth.Final{Status: 200, Info: []string{`sid=AAAABBBB, data="` + base64.StdEncoding.EncodeToString([]byte(s)) + `"`}}
		}
		if _, err := e.Accepted(info(v.ServerFinal)); err != nil {
			t.Errorf("%s: %v", v.ID, err)
		}
		for _, bad := range []auth.Final{info("v=" + strings.Repeat("A", 43) + "="), info("e=other-error"), info(""), {Status: 200}, {Status: 304}} {
			if _, err := e.Accepted(bad); !errors.Is(err, auth.ErrServerUnverified) {
				t.Errorf("%s: %v believed: %v", v.ID, bad, err)
			}
		}
		if _, err := e.Accepted(auth.Final{Status: 503}); err != nil {
			t.Errorf("%s: a busy gateway proves nothing either way: %v", v.ID, err)
		}
		if got, err := e.Challenged(leg(v.ServerFirst)); got != auth.Refused || err != nil {
			t.Errorf("%s: a third leg: %v, %v", v.ID, got, err)
		}
	}
}

// The server's words may be anything.
func TestFirstMessages(t *testing.T) {
	for _, text := range []string{
		"", "r=abcd", "r=abcd,s=c2FsdA==", "s=c2FsdA==,r=abcd,i=4096", "m=x,r=abcd,s=c2FsdA==,i=4096", "r=xabcd,s=c2FsdA==,i=4096",
		"r=abcd,s=!,i=4096", "r=abcd,s=,i=4096", "r=abcd,s=c2FsdA==,i=", "r=abcd,s=c2FsdA==,i=-1", "r=abcd,s=c2FsdA==,i=99999999999999999999",
		"r=abcd,s=c2FsdA==,i=4095", "r=abcd,s=c2FsdA==,i=2000001",
	} {
		if _, err := readFirst(text, "abc"); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if _, err := readFirst("r=abcd,s=c2FsdA==,i=4096,x=y", "abc"); err != nil {
		t.Errorf("an optional extension: %v", err)
	}
}

func TestRFC4013Section3(t *testing.T) {
	for text, want := range map[string]string{
		"I\u00adX": "IX", "user": "user", "USER": "USER", "\u00aa": "a", "\u2168": "IX",
		"\u0007": "!", "\u06271": "!", "a\u00a0b": "a b", "\u0627\u0031\u0628": "\u0627\u0031\u0628",
		"\u0627a\u0628": "!", "x\u202e": "!", "\ue000": "!", "a\xff": "!", "p:w d": "p:w d",
	} {
		got, err := prepare(text)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// E12: neither name nor password can bring a message of its own.
func TestE12(t *testing.T) {
	e := begin(t, vector{Username: "a,r=x=,n=b", Password: "p"})
	if got := sent(t, e); !strings.HasPrefix(got, "n,,n=a=2Cr=3Dx=3D=2Cn=3Db,r=") {
		t.Errorf("%s", got)
	}
	for _, c := range []auth.Credential{{User: "a\r\n"}, {Secret: auth.NewSecret("pass\x00word")}} {
		_, err := Scheme{}.Begin(auth.Challenge{}, c, &auth.Live{})
		if !errors.Is(err, auth.ErrCredential) || strings.Contains(err.Error(), "word\x00") || strings.Contains(err.Error(), "pass\x00") {
			t.Errorf("%v", err)
		}
	}
}
