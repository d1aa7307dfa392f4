package token

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"getin/client/auth"
)

// The ways in which a client proves itself to an endpoint, RFC 7591 section 2.
const (
	clientNone  = "none"
	clientBasic = "client_secret_basic"
	clientPost  = "client_secret_post"
)

// identity is who getin is for an authorization server.
type identity struct {
	id     string
	secret auth.Secret
	method string // one of the above; "" is clientNone
}

// endpoint takes forms: a token endpoint and its like.
type endpoint struct {
	address    string
	challenger auth.Origin // in whose name it is asked
	issuer     string      // for people
	client     identity

	// json, when not nil, goes in the place of a form (RFC 7591 section 3.1).
	json []byte

	// key is what a token is to be bound to (DPoP); empty: to nothing.
	key auth.Secret

	// sign, when not nil, adds to each request what proves more than the client
	// does.
	sign func(*http.Request) error
}

// answer is a successful response of a token endpoint, RFC 6749 section 5.1.
type answer struct {
	access, refresh auth.Secret
	kind            string // token_type
	scope           string // "" is what was asked for
	expires         time.Time
}

// post sends the form and returns the text of a successful response. Otherwise
// the error is an *Error when the server has said no in its own words, and wraps
// auth.ErrCannotStart when it has not. No redirect is followed: a secret is for
// the place that was looked at. The head of the response comes with both, as far
// as there is one.
func (c *Client) post(ctx context.Context, e endpoint, form url.Values) ([]byte, http.Header, error) {
	u, o, err := endpointURL(e.address)
	if err != nil {
		return nil, nil, e.cannot("endpoint %s: %v", shown(e.address), err)
	}
	addrs, err := c.check(ctx, e.challenger, o)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	req, err := e.request(ctx, u, form)
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.Do(req, addrs)
	if err != nil {
		if why := givenUp(ctx); why != nil {
			return nil, nil, why
		}
		return nil, nil, e.cannot("%w", err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is asked of the connection again
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, resp.Header, e.cannot("%w", err)
	case len(text) > maxAnswer:
		return nil, resp.Header, e.cannot("it says more than %d octets", maxAnswer)
	case resp.StatusCode/100 == 2:
		return text, resp.Header, nil
	case resp.StatusCode/100 == 3:
		return nil, resp.Header, e.cannot("%d: a redirect, which is not followed with a request for a token", resp.StatusCode)
	}
	return nil, resp.Header, e.refusal(resp, text)
}

// request makes the request of the form, with the client's proof in it.
func (e endpoint) request(ctx context.Context, u *url.URL, form url.Values) (*http.Request, error) {
	sent := url.Values{}
	for name, values := range form {
		sent[name] = values
	}
	if e.client.id != "" && e.client.method != clientBasic {
		sent.Set("client_id", e.client.id)
	}
	if e.client.method == clientPost {
		sent.Set("client_secret", e.client.secret.Reveal())
	}
	kind, content := "application/x-www-form-urlencoded", sent.Encode()
	if e.json != nil {
		kind, content = "application/json", string(e.json)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(content))
	if err != nil {
		return nil, e.cannot("%v", err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept", "application/json")
	if e.client.method == clientBasic {
		// Both are encoded first, RFC 6749 section 2.3.1.
		req.SetBasicAuth(url.QueryEscape(e.client.id), url.QueryEscape(e.client.secret.Reveal()))
	}
	if e.sign != nil {
		if err := e.sign(req); err != nil {
			return nil, e.cannot("%w", err)
		}
	}
	return req, nil
}

// refusal reads an error response, RFC 6749 section 5.2.
func (e endpoint) refusal(resp *http.Response, text []byte) error {
	var said struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if strings.HasSuffix(kind, "json") && json.Unmarshal(text, &said) == nil && said.Code != "" {
		return &Error{Issuer: e.issuer, Code: said.Code, Description: said.Description}
	}
	return e.cannot("%d", resp.StatusCode)
}

// token asks for a token. One that is to be bound to a key and comes without is
// none (RFC 9449 section 5).
func (c *Client) token(ctx context.Context, e endpoint, form url.Values) (answer, error) {
	post := c.post
	if !e.key.Empty() {
		post = c.postProven
	}
	text, _, err := post(ctx, e, form)
	if err != nil {
		return answer{}, err
	}
	a, err := e.read(text)
	if err == nil && !e.key.Empty() && !strings.EqualFold(a.kind, dpopName) {
		return answer{}, e.cannot("the token is of type %s, and bound to no key", shown(a.kind))
	}
	if err == nil {
		c.noted(a)
	}
	return a, err
}

// read reads the answer of a token endpoint. No error holds any of it.
func (e endpoint) read(text []byte) (answer, error) {
	var said struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Kind    string `json:"token_type"`
		Scope   string `json:"scope"`
		Life    any    `json:"expires_in"` // seconds; some servers send a string
	}
	if json.Unmarshal(text, &said) != nil || said.Access == "" {
		return answer{}, e.cannot("what it says is no JSON object of a token")
	}
	a := answer{access: auth.NewSecret(said.Access), kind: said.Kind, scope: said.Scope, expires: endOf(said.Life)}
	if said.Refresh != "" {
		a.refresh = auth.NewSecret(said.Refresh)
	}
	return a, nil
}

// endOf returns until when a token is sent whose life begins now, or the zero time
// when nobody says how long it is.
func endOf(life any) time.Time {
	s, ok := life.(float64)
	if text, is := life.(string); is {
		d, err := time.ParseDuration(text + "s")
		s, ok = d.Seconds(), err == nil
	}
	if !ok || s <= 0 {
		return time.Time{}
	}
	return lifetime(seconds(s)).Round(0)
}

// cannot is an error that no other credential mends.
func (e endpoint) cannot(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %w", auth.ErrCannotStart, e.issuer, fmt.Errorf(format, args...))
}
