package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"getin/client/auth"
)

const (
	// maxAnswer bounds, in octets, what a token server says: a token with some
	// hundred group names in it, and a refresh token of the same size.
	maxAnswer = 256 << 10

	// defaultLife is that of a token that names none, by the specification.
	defaultLife = 60 * time.Second

	// maxLife bounds expires_in, so that no sum overflows: a run is shorter.
	maxLife = 365 * 24 * time.Hour

	// fetchTime bounds one request to a token server: a slow log-in behind it.
	fetchTime = 60 * time.Second

	// clientID names getin in the form, which wants a name and no registration.
	clientID = "getin"

	// identityUser is the user under which Docker's tools keep a refresh token.
	identityUser = "<token>"
)

// seconds is a time that a server gives, within reason.
func seconds(s float64) time.Duration {
	return time.Duration(min(max(s, 0), maxLife.Seconds()) * float64(time.Second))
}

// issued is what a token server gave.
type issued struct {
	token auth.Secret
	life  time.Duration
}

// fetch gets a token from the realm that the demand names.
func (c *Client) fetch(ctx context.Context, d demand, challenger auth.Origin, have auth.Credential) (issued, error) {
	addrs, err := c.check(ctx, challenger, d.issuer)
	if err != nil {
		return issued{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	if have.User == identityUser {
		return c.send(ctx, d, d.form(have), auth.Credential{}, addrs)
	}
	got, err := c.send(ctx, d, nil, have, addrs)
	var status *statusError
	if errors.As(err, &status) && (status.code == http.StatusNotFound || status.code == http.StatusMethodNotAllowed) && !have.Anonymous() {
		return c.send(ctx, d, d.form(have), auth.Credential{}, addrs)
	}
	return got, err
}

// form is the body of a POST.
func (d demand) form(have auth.Credential) url.Values {
	f := url.Values{"client_id": {clientID}, "service": {d.service}}
	if len(d.scope) > 0 {
		f.Set("scope", d.scope.String())
	}
	if have.User == identityUser {
		f.Set("grant_type", "refresh_token")
		f.Set("refresh_token", have.Secret.Reveal())
		return f
	}
	f.Set("grant_type", "password")
	f.Set("username", have.User)
	f.Set("password", have.Secret.Reveal())
	return f
}

// send makes one request: a POST of the form, or else a GET as the credential's
// user.
func (c *Client) send(ctx context.Context, d demand, form url.Values, who auth.Credential, addrs []netip.Addr) (issued, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.query(who.User).String(), nil)
	if form != nil {
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, d.realm.String(), strings.NewReader(form.Encode()))
	}
	if err != nil {
		return issued{}, d.cannot("%v", err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if !who.Secret.Empty() {
		req.SetBasicAuth(who.User, who.Secret.Reveal())
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.Do(req, addrs)
	if err != nil {
		if why := givenUp(ctx); why != nil {
			return issued{}, why
		}
		return issued{}, d.cannot("%v", err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is asked of the connection again
	return d.read(resp)
}

// givenUp returns why the caller wants no answer any more, or nil: that a server took
// too long is the server's fault.
func givenUp(ctx context.Context) error {
	if why := context.Cause(ctx); !errors.Is(why, context.DeadlineExceeded) {
		return why
	}
	return nil
}

// statusError: the token server answered with another status than 200.
type statusError struct {
	issuer auth.Origin
	code   int
	kind   error
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("token server %s: %d", e.issuer.Display(), e.code)
	switch {
	case e.code/100 == 3:
		text += ": a redirect, which is not followed with a request for a token"
	case errors.Is(e.kind, auth.ErrRefused):
		text += ": it does not give one"
	}
	return text
}

func (e *statusError) Unwrap() error { return e.kind }

// read takes the token from the response.
func (d demand) read(resp *http.Response) (issued, error) {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return issued{}, d.cannot("%v", err)
	}
	if resp.StatusCode != http.StatusOK {
		return issued{}, &statusError{d.issuer, resp.StatusCode, kindOf(resp.StatusCode, text)}
	}
	var said struct {
		Token       string  `json:"token"`
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if len(text) > maxAnswer {
		return issued{}, d.cannot("it says more than %d octets", maxAnswer)
	}
	if json.Unmarshal(text, &said) != nil { // its error may quote what it read
		return issued{}, d.cannot("what it says is no JSON object of a token")
	}
	if said.Token == "" {
		said.Token = said.AccessToken
	}
	if said.Token == "" {
		return issued{}, d.cannot("it gives no token")
	}
	life := defaultLife
	if s := said.ExpiresIn; s > 0 {
		life = seconds(s)
	}
	return issued{auth.NewSecret(said.Token), life}, nil
}

// kindOf tells whether a status speaks against the credential. The form's error
// for a wrong password is invalid_grant, RFC 6749 section 5.2.
func kindOf(code int, text []byte) error {
	var said struct {
		Error any `json:"error"`
	}
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return auth.ErrRefused
	case http.StatusBadRequest:
		if json.Unmarshal(text, &said) == nil && said.Error == "invalid_grant" {
			return auth.ErrRefused
		}
	}
	return auth.ErrCannotStart
}

// cannot is an error that no other credential mends.
func (d demand) cannot(format string, args ...any) error {
	return fmt.Errorf("%w: token server %s: %s", auth.ErrCannotStart, d.issuer.Display(), fmt.Sprintf(format, args...))
}
