package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"getin/client/auth"
)

// registration is what getin tells of itself, RFC 7591 section 2 and, for
// application_type, OpenID Connect Dynamic Client Registration 1.0 section 2. It
// is a public client: a program that anybody can read keeps no secret (RFC 8252
// section 8.5).
type registration struct {
	Name      string   `json:"client_name"`
	Kind      string   `json:"application_type"`
	Redirects []string `json:"redirect_uris"`
	Grants    []string `json:"grant_types"`
	Responses []string `json:"response_types"`
	Auth      string   `json:"token_endpoint_auth_method"`
}

func registrationFor(server *Server) registration {
	r := registration{
		Name: "getin", Kind: "native", Auth: clientNone,
		Redirects: []string{"http://127.0.0.1" + callback, "http://[::1]" + callback},
		Responses: []string{"code"},
	}
	for _, g := range []string{"authorization_code", "refresh_token", grantDevice} {
		if slices.Contains(server.Grants, g) || len(server.Grants) == 0 && (g != grantDevice || server.Device != "") {
			r.Grants = append(r.Grants, g)
		}
	}
	return r
}

// identify returns who getin is for the issuer: whom the user names, who it was
// when the grant was given that is to be replaced, who it has registered as
// before, or who it registers as now. known is set for those two that a server
// may have forgotten.
func (c *Client) identify(ctx context.Context, r *request) (id identity, known string, err error) {
	server, g := r.path.Server, r.have.Grant
	if name, _ := c.Use.client(server.Issuer); name != "" {
		return identified(server, name, r.own()), "", nil
	}
	if g != nil && g.Issuer == server.Issuer && g.ClientID != "" {
		return identity{g.ClientID, g.ClientSecret, g.ClientAuth}, g.ClientID, nil
	}
	if c.Registered != nil {
		if name := c.Registered(server.Issuer); name != "" {
			return identity{id: name}, name, nil
		}
	}
	id, err = c.register(ctx, r)
	return id, "", err
}

// own is the client's secret, when the user has given one.
func (r *request) own() auth.Secret {
	if r.have.Given && r.have.Grant == nil {
		return r.have.Secret
	}
	return auth.Secret{}
}

// identified is the client of that name, which proves itself with the secret, if
// there is one, as the server wants it.
func identified(server *Server, name string, secret auth.Secret) identity {
	switch {
	case secret.Empty():
		return identity{id: name}
	case len(server.ClientAuth) > 0 && !slices.Contains(server.ClientAuth, clientBasic) && slices.Contains(server.ClientAuth, clientPost):
		return identity{name, secret, clientPost}
	}
	return identity{name, secret, clientBasic} // the default of RFC 8414 section 2
}

// register makes getin known to the server, RFC 7591 section 3, and has it
// remembered. One that was given a secret is not: where clients are remembered
// there are no secrets.
func (c *Client) register(ctx context.Context, r *request) (identity, error) {
	server := r.path.Server
	if server.Registration == "" {
		return identity{}, &noClientError{server.Issuer}
	}
	content, err := json.Marshal(registrationFor(server))
	if err != nil {
		return identity{}, err
	}
	e := r.endpoint(server.Registration, identity{})
	e.json = content
	text, _, err := c.post(ctx, e, nil)
	if err != nil {
		return identity{}, err
	}
	var said struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Auth   string `json:"token_endpoint_auth_method"`
	}
	if json.Unmarshal(text, &said) != nil || said.ID == "" { // its error may quote what it read
		return identity{}, e.cannot("%w", errors.New("what it says is no registration"))
	}
	if said.Secret != "" && said.Auth != clientNone {
		secret := auth.NewSecret(said.Secret)
		c.notify(secret)
		return identified(server, said.ID, secret), nil
	}
	if c.Remember != nil {
		c.Remember(ctx, server.Issuer, said.ID)
	}
	return identity{id: said.ID}, nil
}

func (c *Client) forgetClient(ctx context.Context, issuer string) {
	if c.Remember != nil {
		c.Remember(ctx, issuer, "")
	}
}

// noClientError: the issuer wants to know who getin is, and nobody has told.
type noClientError struct{ issuer string }

func (e *noClientError) Error() string {
	return fmt.Sprintf("%s: it registers no clients by itself", e.issuer)
}

func (e *noClientError) Unwrap() error { return auth.ErrCannotStart }

// Hint says what to do about it.
func (e *noClientError) Hint() string {
	return "--oauth-client-id names the client that was registered there by hand"
}
