package negotiate_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/client/auth/negotiate"
)

// sayer is a mechanism whose first token is "mine", and which notes what it is
// fed.
type sayer struct {
	fed   []string
	next  []byte
	err   error
	host  string
	begun int
}

func (s *sayer) Acquire(_ context.Context, _ string, have auth.Credential, _ bool) (auth.Credential, error) {
	return have, nil
}

func (s *sayer) Held(string, string, bool) (string, error) { return "", nil }

func (s *sayer) Begin(_ context.Context, host string, _ auth.Credential, _ []byte) (negotiate.Context, error) {
	s.host = host
	s.begun++
	return s, nil
}

func (s *sayer) Next(token []byte) ([]byte, error) {
	if token == nil {
		return []byte("mine"), nil
	}
	s.fed = append(s.fed, string(token))
	return s.next, s.err
}

func (s *sayer) Done() bool { return false }

func begin(t *testing.T, s *sayer, header string) auth.Exchange {
	t.Helper()
	list, err := auth.ParseChallenges([]string{header})
	if err != nil || len(list) != 1 {
		t.Fatalf("%q: %v, %v", header, list, err)
	}
	x, err := negotiate.Scheme{Mechanism: s}.Begin(list[0], auth.Credential{User: "alice"}, &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func answer(t *testing.T, x auth.Exchange) []byte {
	t.Helper()
	fields, err := x.Answer(t.Context(), auth.Proxy, auth.Message{Host: "proxy.test"})
	if err != nil || len(fields) != 1 || fields[0].Name != "Proxy-Authorization" {
		t.Fatalf("got %v, %v", fields, err)
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(fields[0].Value, "Negotiate "))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVectors are all cases of Negotiate in credentials.json.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID, Type, Header string
			Expect           map[string]any
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			list, err := auth.ParseChallenges([]string{c.Header})
			if err != nil || len(list) != 1 {
				t.Fatalf("got %v, %v", list, err)
			}
			ch, s := list[0], &sayer{}
			want := func(name string) string { text, _ := c.Expect[name].(string); return text }
			if !ch.Is((negotiate.Scheme{}).Name()) {
				// Not ours: refused here.
				if !strings.HasPrefix(want("action"), "answer with a type 3 message") {
					t.Error("not for Negotiate")
				}
				return
			}
			x := begin(t, s, c.Header)
			first := answer(t, x)
			if s.begun != 1 || s.host != "proxy.test" || hex.EncodeToString(first[2:10]) != "06062b0601050502" {
				t.Errorf("began %d contexts with %q: %x", s.begun, s.host, first)
			}
			switch {
			case ch.Token68 == "":
				if v, err := x.Challenged(ch); v != auth.Refused || err != nil {
					t.Errorf("a bare challenge is %v, %v", v, err)
				}
			case want("starts_with_hex") != "":
				// A first token is passed over as a beginning, and no answer.
				if v, err := x.Challenged(ch); v != auth.Refused || err == nil || len(s.fed) > 0 {
					t.Errorf("got %v, %v, fed %q", v, err, s.fed)
				}
			default:
				// The RFC's sample is no token of SPNEGO: it is read, and told.
				if ch.Token68 != want("token_b64") {
					t.Errorf("token %q, want %q", ch.Token68, want("token_b64"))
				}
				if v, err := x.Challenged(ch); v != auth.Refused || err == nil {
					t.Errorf("got %v, %v", v, err)
				}
			}
		})
	}
}

// resp is a NegTokenResp.
func resp(state byte, token string) string {
	body := []byte{0xa0, 3, 0x0a, 1, state}
	if token != "" {
		body = append(body, 0xa2, byte(2+len(token)), 4, byte(len(token)))
		body = append(body, token...)
	}
	b := append([]byte{0xa1, byte(2 + len(body)), 0x30, byte(len(body))}, body...)
	return "Negotiate " + base64.StdEncoding.EncodeToString(b)
}

func challenge(t *testing.T, header string) auth.Challenge {
	t.Helper()
	list, err := auth.ParseChallenges([]string{header})
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// TestRFC4178Section4_2_1: the first token.
func TestRFC4178Section4_2_1(t *testing.T) {
	got := hex.EncodeToString(answer(t, begin(t, &sayer{}, "Negotiate")))
	const want = "6023" + "06062b0601050502" + "a0193017" + "a00d300b" + "06092a864886f712010202" + "a206" + "0404" + "6d696e65"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestRFC4559Section5: a token with a challenge is another leg.
func TestRFC4559Section5(t *testing.T) {
	s := &sayer{next: []byte("more")}
	x := begin(t, s, "Negotiate")
	answer(t, x)
	if v, err := x.Challenged(challenge(t, resp(1, "theirs"))); v != auth.Continue || err != nil {
		t.Fatalf("got %v, %v", v, err)
	}
	if got := hex.EncodeToString(answer(t, x)); got != "a10a3008a206"+"0404"+hex.EncodeToString([]byte("more")) || s.begun != 1 {
		t.Errorf("sent %s", got)
	}
	if len(s.fed) != 1 || s.fed[0] != "theirs" {
		t.Errorf("fed %q", s.fed)
	}
}

// TestRejected: whoever is rejected was refused, whatever the token inside says;
// an error that explains more is told.
func TestRejected(t *testing.T) {
	for _, c := range []struct {
		token string
		err   error
		told  bool
	}{{"", nil, false}, {"x", auth.ErrRefused, false}, {"x", auth.ErrCannotStart, true}, {"x", nil, false}} {
		s := &sayer{err: c.err}
		x := begin(t, s, "Negotiate")
		answer(t, x)
		if v, err := x.Challenged(challenge(t, resp(2, c.token))); v != auth.Refused || (err != nil) != c.told {
			t.Errorf("%+v: got %v, %v", c, v, err)
		}
	}
}

// TestServerUnverified: the last token has to prove something, and where there is
// none nothing is claimed.
func TestServerUnverified(t *testing.T) {
	for _, c := range []struct {
		header string
		err    error
		want   bool
	}{
		{resp(0, "theirs"), nil, true},
		{resp(0, ""), nil, true},
		{"Negotiate", nil, true},
		{`Basic realm="x"`, nil, true},
		{resp(0, "theirs"), errors.New("no"), false},
		{resp(2, "theirs"), nil, false},
		{"Negotiate abcd", nil, false},
		{resp(0, "theirs")[:16], nil, false},
	} {
		s := &sayer{err: c.err}
		x := begin(t, s, "Negotiate")
		answer(t, x)
		cred, err := x.Accepted(auth.Final{Status: 200, Challenges: []auth.Challenge{challenge(t, c.header)}})
		if c.want != (err == nil) || err != nil && !errors.Is(err, auth.ErrServerUnverified) {
			t.Errorf("%q, %v: got %v", c.header, c.err, err)
		}
		if err == nil && cred.User != "alice" {
			t.Errorf("kept %+v", cred)
		}
	}
}

// FuzzToken: no token of a server's makes an exchange panic.
func FuzzToken(f *testing.F) {
	f.Add(resp(1, "theirs")[10:])
	f.Add("YIIJvwYGKwYBBQUCoIIJszCCCa+gJDAi=")
	f.Add("")
	f.Fuzz(func(_ *testing.T, token string) {
		x, _ := negotiate.Scheme{Mechanism: &sayer{}}.Begin(auth.Challenge{}, auth.Credential{}, &auth.Live{})
		_, _ = x.Answer(context.Background(), auth.Server, auth.Message{})
		_, _ = x.Challenged(auth.Challenge{Scheme: "negotiate", Token68: token})
		_, _ = x.Accepted(auth.Final{Challenges: []auth.Challenge{{Scheme: "negotiate", Token68: token}}})
	})
}
