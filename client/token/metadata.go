package token

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"getin/client/auth"
)

// Well-known paths: RFC 9728 section 3, RFC 8414 section 3, OpenID Connect
// Discovery 1.0 section 4.
const (
	wellKnownResource = "/.well-known/oauth-protected-resource"
	wellKnownServer   = "/.well-known/oauth-authorization-server"
	wellKnownOpenID   = "/.well-known/openid-configuration"
)

// Resource is what a protected resource says of itself, RFC 9728 section 2.
type Resource struct {
	ID      string   `json:"resource"`
	Issuers []string `json:"authorization_servers"`
	Scopes  []string `json:"scopes_supported"`
	Methods []string `json:"bearer_methods_supported"`
	Name    string   `json:"resource_name"` // the server's text

	// DPoP: the resource takes no token that is not bound to a key (RFC 9449
	// section 5.1).
	DPoP bool `json:"dpop_bound_access_tokens_required"`
}

// Server is what an authorization server says of itself, RFC 8414 section 2.
type Server struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Device        string   `json:"device_authorization_endpoint"` // RFC 8628 section 4
	Registration  string   `json:"registration_endpoint"`         // RFC 7591
	Revocation    string   `json:"revocation_endpoint"`           // RFC 7009
	Grants        []string `json:"grant_types_supported"`
	Scopes        []string `json:"scopes_supported"`
	ClientAuth    []string `json:"token_endpoint_auth_methods_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"` // RFC 7636
	DPoPAlgs      []string `json:"dpop_signing_alg_values_supported"`

	// IssInAnswer: an authorization response has an iss parameter (RFC 9207).
	IssInAnswer bool `json:"authorization_response_iss_parameter_supported"`
}

// insertWellKnown puts the well-known path between the host and the path of an
// identifier, RFC 9728 section 3.1 and RFC 8414 section 3.1.
func insertWellKnown(id *url.URL, wellKnown string) *url.URL {
	u := *id
	u.Path = wellKnown + strings.TrimSuffix(id.Path, "/")
	if id.RawPath != "" {
		u.RawPath = wellKnown + strings.TrimSuffix(id.RawPath, "/")
	}
	u.Fragment, u.RawFragment = "", ""
	return &u
}

// serverURLs are where the metadata of an issuer may be, in the order of RFC 8414
// sections 3.1 and 5: what OpenID providers have had before comes after.
func serverURLs(issuer *url.URL) []*url.URL {
	list := []*url.URL{insertWellKnown(issuer, wellKnownServer), insertWellKnown(issuer, wellKnownOpenID)}
	if strings.Trim(issuer.Path, "/") != "" {
		list = append(list, issuer.JoinPath(wellKnownOpenID))
	}
	return list
}

// parseResource reads the metadata that were found at a URL, for a request to
// target. An identifier that is not the one in the URL, or whose resource is not
// what was requested, makes the document worthless (RFC 9728 sections 3.3 and
// 7.3).
func parseResource(text []byte, from, target *url.URL) (*Resource, error) {
	var r Resource
	if json.Unmarshal(text, &r) != nil { // its error may quote what it read
		return nil, fmt.Errorf("no JSON object of resource metadata")
	}
	id, err := url.Parse(r.ID)
	if err != nil || !covers(id, target) {
		return nil, fmt.Errorf("it is about the resource %s, which is not what was asked for", shown(r.ID))
	}
	if strings.HasPrefix(from.Path, wellKnownResource) && insertWellKnown(id, wellKnownResource).String() != strings.TrimSuffix(from.String(), "/") {
		return nil, fmt.Errorf("it is about the resource %s, which has its metadata elsewhere", shown(r.ID))
	}
	return &r, nil
}

// covers reports whether a URL is of the resource: of its origin, and at or below
// its path.
func covers(resource, target *url.URL) bool {
	a, err := auth.OriginOf(resource)
	if err != nil {
		return false
	}
	b, err := auth.OriginOf(target)
	if err != nil || a != b || resource.User != nil || resource.Fragment != "" {
		return false
	}
	path := strings.TrimSuffix(resource.EscapedPath(), "/")
	rest, ok := strings.CutPrefix(target.EscapedPath(), path)
	return ok && (rest == "" || rest[0] == '/')
}

// coversTarget is covers for what is not parsed yet.
func coversTarget(resource, target string) bool {
	id, err := url.Parse(resource)
	if err != nil {
		return false
	}
	u, err := url.Parse(target)
	return err == nil && covers(id, u)
}

// parseServer reads the metadata of an issuer. The identifier must be the one
// that was asked for, to the letter (RFC 8414 section 3.3), and whatever may be
// sent a secret must be reached by https, or lie on this machine.
func parseServer(text []byte, issuer string) (*Server, error) {
	var s Server
	if json.Unmarshal(text, &s) != nil {
		return nil, fmt.Errorf("no JSON object of server metadata")
	}
	if s.Issuer != issuer {
		return nil, fmt.Errorf("it is about the issuer %s", shown(s.Issuer))
	}
	if s.Token == "" {
		return nil, fmt.Errorf("it names no token endpoint")
	}
	for _, e := range []string{s.Token, s.Authorization, s.Device, s.Registration, s.Revocation} {
		if e == "" {
			continue
		}
		if _, _, err := endpointURL(e); err != nil {
			return nil, fmt.Errorf("it names the endpoint %s: %v", shown(e), err)
		}
	}
	return &s, nil
}

// endpointURL reads the URL of an endpoint or an issuer.
func endpointURL(text string) (*url.URL, auth.Origin, error) {
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, auth.Origin{}, fmt.Errorf("not a URL")
	}
	o, err := auth.OriginOf(u)
	switch {
	case err != nil:
		return nil, o, err
	case o.Scheme != "https" && !o.LoopbackName():
		return nil, o, fmt.Errorf("not https")
	case u.User != nil || u.Fragment != "":
		return nil, o, fmt.Errorf("more than an address")
	}
	return u, o, nil
}

// ResourceID returns the identifier of the resource whose metadata are at the
// URL, when that is a well-known one; else the URL.
func ResourceID(metadata string) string { return strings.Replace(metadata, wellKnownResource, "", 1) }

// shown quotes a server's text for an error.
func shown(text string) string { return fmt.Sprintf("%+.80q", text) }
