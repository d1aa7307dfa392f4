package token

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"getin/client/auth"
)

func readCases[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []T }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%s: %d cases, %v", name, len(file.Cases), err)
	}
	return file.Cases
}

func challenge(t *testing.T, text string) auth.Challenge {
	t.Helper()
	list, err := auth.ParseChallenges([]string{text})
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %v, %v", text, list, err)
	}
	return list[0]
}

func TestDockerTokenVectors(t *testing.T) {
	type c struct {
		ID, Challenge string
		ExpectURL     string          `json:"expect_url"`
		Response      json.RawMessage `json:"token_response"`
	}
	for _, c := range readCases[c](t, "credentials.json") {
		var asked string
		client := &Client{
			Lookup: atWorld,
			Do: func(req *http.Request, _ []netip.Addr) (*http.Response, error) {
				asked = req.URL.String()
				return says(200, string(c.Response)), nil
			},
		}
		ch := challenge(t, c.Challenge)
		sp := ch.Space(auth.Server, origin(t, "https://registry-1.example.com"))
		got, err := Scheme{Client: client}.Acquire(context.Background(), auth.Query{Challenge: ch, Space: sp}, auth.Credential{}, nil)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if unescaped(t, asked) != unescaped(t, c.ExpectURL) {
			t.Errorf("%s: asked %s, want %s", c.ID, asked, c.ExpectURL)
		}
		x, err := Scheme{Client: client}.Begin(ch, got, nil)
		if err != nil {
			t.Fatal(err)
		}
		fields, err := x.Answer(context.Background(), auth.Server, auth.Message{})
		if err != nil || len(fields) != 1 || fields[0].Value != "Bearer eyJhbGciOi..." {
			t.Errorf("%s: %q, %v", c.ID, fields, err)
		}
	}
}

func unescaped(t *testing.T, s string) string {
	t.Helper()
	u, err := url.QueryUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The token-endpoint cases (SECURITY-CASES D2, D4, D11): where a secret may go,
// and whether a person is asked first.
func TestTokenEndpointVectors(t *testing.T) {
	type c struct {
		ID         string
		Challenged string `json:"challenged_url"`
		Token      string `json:"token_url"`
		Expect     string
	}
	for _, c := range readCases[c](t, "protection-space.json") {
		from := origin(t, c.Challenged)
		ch := auth.Challenge{Scheme: "bearer", Params: []auth.Param{{Name: "realm", Value: c.Token}, {Name: "service", Value: "s"}}}
		traits, err := Scheme{}.Traits(ch)
		if err != nil {
			t.Fatal(err)
		}
		may := traits.Issuer != (auth.Origin{})
		if may {
			client := &Client{Lookup: atWorld}
			_, err := client.check(context.Background(), from, traits.Issuer)
			may = err == nil
		}
		asks := may && traits.Issuer.Host != from.Host
		want := strings.HasPrefix(c.Expect, "allow") || strings.HasPrefix(c.Expect, "ask") || strings.HasPrefix(c.Expect, "no stored")
		if may != want || asks != strings.HasPrefix(c.Expect, "ask") {
			t.Errorf("%s: may %v, asks %v; want %s", c.ID, may, asks, c.Expect)
		}
	}
}

func origin(t *testing.T, text string) auth.Origin {
	t.Helper()
	o, err := auth.ParseOrigin(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func atWorld(context.Context, auth.Origin) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
}

// D4: a host out in the world points into no private network, by address or by
// name; within one, hosts may name each other.
func TestD4(t *testing.T) {
	at := map[string]string{"reg.example": "93.184.216.34", "evil.example": "10.0.0.1", "reg.corp": "10.0.0.2", "auth.corp": "10.0.0.3", "meta.corp": "169.254.169.254"}
	client := &Client{Lookup: func(_ context.Context, o auth.Origin) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr(at[o.Host])}, nil
	}}
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"https://reg.example", "https://127.0.0.1/", false},
		{"https://reg.example", "https://localhost/", false},
		{"https://reg.example", "http://localhost/", false},
		{"https://reg.example", "https://10.1.2.3/", false},
		{"https://reg.example", "https://192.168.1.1/", false},
		{"https://reg.example", "https://169.254.169.254/", false},
		{"https://reg.example", "https://100.100.100.200/", false},
		{"https://reg.example", "https://[::]/", false},
		{"https://reg.example", "https://[::1]/", false},
		{"https://reg.example", "https://[::ffff:10.0.0.1]/", false},
		{"https://reg.example", "https://[64:ff9b::a9fe:a9fe]/", false},
		{"https://reg.example", "https://[fd00:ec2::254]/", false},
		{"https://reg.example", "https://[fd12::1]/", false},
		{"https://reg.example", "https://evil.example/", false},
		{"https://reg.corp", "https://auth.corp/", true},
		{"https://reg.corp", "https://meta.corp/", false},
		{"https://reg.corp", "https://127.0.0.1/", false},
		{"https://reg.corp", "http://auth.corp/", false},
		{"https://reg.corp", "http://reg.corp/", false},
		{"http://127.0.0.1:5000", "https://auth.corp/", true},
		{"http://127.0.0.1:5000", "https://169.254.169.254/", false},
	} {
		_, err := client.check(context.Background(), origin(t, c.from), origin(t, c.to))
		if (err == nil) != c.ok || err != nil && !errors.Is(err, auth.ErrNotAllowed) {
			t.Errorf("%s names %s: %v", c.from, c.to, err)
		}
	}
}
