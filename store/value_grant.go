package store

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// grantValue is auth.Grant as it is stored, its secrets in clear.
type grantValue struct {
	Issuer        string    `json:"issuer"`
	TokenEndpoint string    `json:"token_endpoint"`
	Revocation    string    `json:"revocation,omitempty"`
	Resource      string    `json:"resource,omitempty"`
	Scope         string    `json:"scope,omitempty"`
	Subject       string    `json:"subject,omitempty"`
	ClientID      string    `json:"client_id,omitempty"`
	ClientSecret  string    `json:"client_secret,omitempty"`
	ClientAuth    string    `json:"client_auth,omitempty"`
	Own           bool      `json:"own,omitempty"`
	Type          string    `json:"type,omitempty"`
	Refresh       string    `json:"refresh,omitempty"`
	Expires       time.Time `json:"expires,omitzero"`
	Key           string    `json:"key,omitempty"` // base64: it is DER
}

func grantToValue(g *auth.Grant) *grantValue {
	if g == nil {
		return nil
	}
	return &grantValue{
		Issuer: g.Issuer, TokenEndpoint: g.TokenEndpoint, Revocation: g.Revocation, Resource: g.Resource, Scope: g.Scope,
		Subject: g.Subject, ClientID: g.ClientID, ClientSecret: g.ClientSecret.Reveal(), ClientAuth: g.ClientAuth,
		Own: g.Own, Type: g.Type, Refresh: g.Refresh.Reveal(), Expires: g.Expires.UTC(), Key: base64.StdEncoding.EncodeToString([]byte(g.Key.Reveal())),
	}
}

func (v *grantValue) grant() *auth.Grant {
	if v == nil {
		return nil
	}
	key, _ := base64.StdEncoding.DecodeString(v.Key) // what is none fails where it is used
	return &auth.Grant{
		Issuer: v.Issuer, TokenEndpoint: v.TokenEndpoint, Revocation: v.Revocation, Resource: v.Resource, Scope: v.Scope,
		Subject: v.Subject, ClientID: v.ClientID, ClientSecret: auth.NewSecret(v.ClientSecret), ClientAuth: v.ClientAuth,
		Own: v.Own, Type: v.Type, Refresh: auth.NewSecret(v.Refresh), Expires: v.Expires, Key: auth.NewSecret(string(key)),
	}
}

// MarshalGrant returns the grant in JSON, its secrets in clear; nil for none.
func MarshalGrant(g *auth.Grant) ([]byte, error) {
	if g == nil {
		return nil, nil
	}
	return json.Marshal(grantToValue(g))
}

// UnmarshalGrant reads what MarshalGrant returned. No error holds any of it.
func UnmarshalGrant(b []byte) (*auth.Grant, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var v *grantValue
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, fmt.Errorf("%w: not a grant", ErrDamaged)
	}
	return v.grant(), nil
}

// tokenOf returns what the index says of a token.
func tokenOf(c auth.Credential) index.Entry {
	e := index.Entry{Expires: c.Expires}
	if g := c.Grant; g != nil {
		e.Expires, e.Issuer, e.Scope, e.Refreshable = g.Expires, g.Issuer, g.Scope, g.Refreshable()
	}
	return e
}
