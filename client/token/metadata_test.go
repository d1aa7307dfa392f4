package token

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"getin/client/auth"
)

func parseURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// RFC 9728 section 3.1, RFC 8414 section 3.1, and what is believed of the
// documents that are found there (I2).
func TestI2_Vectors(t *testing.T) {
	type c struct {
		ID, Type, Resource, Issuer string
		Document                   json.RawMessage
		Expect                     string
		About                      struct {
			Resource string `json:"requested_resource"`
			Issuer   string
		}
	}
	for _, c := range readCases[c](t, "metadata.json") {
		switch c.Type {
		case "rfc9728-url":
			if got := insertWellKnown(parseURL(t, c.Resource), wellKnownResource).String(); got != c.Expect {
				t.Errorf("%s: %s, want %s", c.ID, got, c.Expect)
			}
		case "rfc8414-url":
			if got := serverURLs(parseURL(t, c.Issuer))[0].String(); got != c.Expect {
				t.Errorf("%s: %s, want %s", c.ID, got, c.Expect)
			}
		case "metadata":
			var err error
			if c.About.Resource != "" {
				asked := parseURL(t, c.About.Resource)
				_, err = parseResource(c.Document, insertWellKnown(asked, wellKnownResource), asked)
			} else {
				_, err = parseServer(c.Document, c.About.Issuer)
			}
			if (err == nil) != (c.Expect == "accept") {
				t.Errorf("%s: %v, want %s", c.ID, err, c.Expect)
			}
		}
	}
}

// I2: the identifier is the one in the URL of the document, and the document is
// about what was asked for, by whole segments of the path.
func TestI2_Resource(t *testing.T) {
	for _, c := range []struct {
		id, from, target string
		ok               bool
	}{
		{"https://r.test", "/.well-known/oauth-protected-resource", "https://r.test/any/where", true},
		{"https://r.test/", "/.well-known/oauth-protected-resource", "https://r.test/", true},
		{"https://r.test/a", "/.well-known/oauth-protected-resource/a", "https://r.test/a/b?c", true},
		{"https://r.test/a", "/.well-known/oauth-protected-resource/a", "https://r.test/ab", false},
		{"https://r.test/a", "/.well-known/oauth-protected-resource/a", "https://r.test/", false},
		{"https://r.test/a", "/.well-known/oauth-protected-resource", "https://r.test/a", false},
		{"https://r.test", "/.well-known/oauth-protected-resource/a", "https://r.test/a", false},
		{"https://r.test/a", "/about/a", "https://r.test/a/b", true},
		{"https://r.test:8443/a", "/about/a", "https://r.test/a/b", false},
		{"http://r.test/a", "/about/a", "https://r.test/a/b", false},
		{"https://u@r.test/a", "/about/a", "https://r.test/a/b", false},
		{"https://r.test/a#b", "/about/a", "https://r.test/a/b", false},
		{"https://evil.test/", "/about/a", "https://r.test/a/b", false},
		{"/a", "/about/a", "https://r.test/a/b", false},
	} {
		text, err := json.Marshal(Resource{ID: c.id})
		if err != nil {
			t.Fatal(err)
		}
		_, err = parseResource(text, parseURL(t, "https://r.test"+c.from), parseURL(t, c.target))
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// I2: the issuer is the one that was asked for, to the letter; what is sent
// secrets is reached by https.
func TestI2_Server(t *testing.T) {
	good := Server{Issuer: "https://as.test/a", Token: "https://as.test/token"}
	for name, spoil := range map[string]func(*Server){
		"another issuer":          func(s *Server) { s.Issuer = "https://as.test/b" },
		"almost the issuer":       func(s *Server) { s.Issuer += "/" },
		"no token endpoint":       func(s *Server) { s.Token = "" },
		"clear text":              func(s *Server) { s.Token = "http://as.test/token" },
		"clear text on the way":   func(s *Server) { s.Device = "http://as.test/device" },
		"no address":              func(s *Server) { s.Authorization = "javascript:alert(1)" },
		"letters that no URL has": func(s *Server) { s.Registration = "https://as.test/\u202ex" },
		"a user in it":            func(s *Server) { s.Revocation = "https://a@as.test/" },
	} {
		bad := good
		spoil(&bad)
		text, err := json.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseServer(text, good.Issuer); err == nil {
			t.Errorf("%s is believed", name)
		}
	}
	text, _ := json.Marshal(good)
	if _, err := parseServer(text, good.Issuer); err != nil {
		t.Error(err)
	}
}

// I3: nothing is asked of an address that a host out in the world has no business
// with, nor in clear text.
func TestI3(t *testing.T) {
	client := &Client{Lookup: atWorld, Do: func(req *http.Request, _ []netip.Addr) (*http.Response, error) {
		t.Errorf("asked %s", req.URL)
		return says(404, ""), nil
	}}
	for _, named := range []string{
		"https://169.254.169.254/.well-known/oauth-protected-resource", "https://10.0.0.1/", "https://localhost/", "http://localhost/",
		"http://api.example.com/.well-known/oauth-protected-resource", "file:///etc/passwd", "//169.254.169.254/x", "https://a@api.example.com/",
	} {
		ch := auth.Challenge{Scheme: "bearer", Params: []auth.Param{{Name: "resource_metadata", Value: named}}}
		_, err := client.Discover(context.Background(), queryFor(t, ch, "https://api.example.com/v1"))
		if !errors.Is(err, auth.ErrCannotStart) {
			t.Errorf("%s: %v", named, err)
		}
	}
}

func queryFor(t *testing.T, ch auth.Challenge, target string) auth.Query {
	t.Helper()
	return auth.Query{Challenge: ch, Space: ch.Space(auth.Server, origin(t, target)), Target: target}
}
