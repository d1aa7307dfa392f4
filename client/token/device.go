package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"getin/client/auth"
)

const (
	// grantDevice names the device flow, RFC 8628 section 3.4.
	grantDevice = "urn:ietf:params:oauth:grant-type:device_code"

	// defaultInterval is that of RFC 8628 section 3.2; slowDown is what section
	// 3.5 adds to it.
	defaultInterval = 5 * time.Second
	slowDown        = 5 * time.Second

	// leastInterval is kept where a server asks for none at all.
	leastInterval = time.Second

	// maxUserCode bounds, in octets, what somebody would type: RFC 8628 section
	// 6.1 has eight letters.
	maxUserCode = 64
)

// testOnlyAfter stands in for the clock's.
var testOnlyAfter = time.After

// deviceCode is a device authorization response, RFC 8628 section 3.2.
type deviceCode struct {
	Code
	secret   auth.Secret // device_code
	interval time.Duration
}

// readDevice reads the response. Addresses that are not for a browser make it
// worthless (SECURITY I9); one with the code in it that is elsewhere than the
// other is left out.
func readDevice(text []byte, issuer string) (deviceCode, error) {
	var said struct {
		Device   string   `json:"device_code"`
		User     string   `json:"user_code"`
		Address  string   `json:"verification_uri"`
		Complete string   `json:"verification_uri_complete"`
		Expires  float64  `json:"expires_in"`
		Interval *float64 `json:"interval"`
	}
	// Its error may quote what it read.
	if json.Unmarshal(text, &said) != nil || said.Device == "" || said.User == "" || len(said.User) > maxUserCode || said.Expires <= 0 {
		return deviceCode{}, errors.New("what it says is no device code")
	}
	address, at, err := pageURL(said.Address)
	if err != nil {
		return deviceCode{}, fmt.Errorf("the address to enter the code at, %q: %w", said.Address, err)
	}
	d := deviceCode{secret: auth.NewSecret(said.Device), interval: defaultInterval}
	d.Code = Code{Issuer: issuer, User: said.User, Address: address, Expires: testOnlyNow().Add(seconds(said.Expires))}
	if complete, there, err := pageURL(said.Complete); err == nil && there == at {
		d.Complete = complete
	}
	if said.Interval != nil {
		d.interval = max(seconds(*said.Interval), leastInterval)
	}
	return d, nil
}

// pageURL reads the address of a page that a person is to look at: https, or on
// this machine, and nothing else that a program which opens things would take
// (SECURITY I9). The host is in the form in which it is looked up.
func pageURL(text string) (string, auth.Origin, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", auth.Origin{}, errors.New("not a URL")
	}
	o, err := auth.OriginOf(u)
	switch {
	case err != nil:
		return "", o, err
	case o.Scheme != "https" && !o.LoopbackName():
		return "", o, errors.New("not https")
	case u.User != nil:
		return "", o, errors.New("it names a user")
	}
	u.Scheme, u.Host = o.Scheme, strings.TrimPrefix(o.Display(), o.Scheme+"://")
	return u.String(), o, nil
}

// device signs in with a code that a person enters in a browser anywhere, while
// the server is asked again and again.
func (s *signIn) device(ctx context.Context) (answer, error) {
	form := s.form()
	if scope := s.asked(); scope != "" {
		form.Set("scope", scope)
	}
	text, _, err := s.client.post(ctx, s.endpoint(s.path.Server.Device), form)
	if err != nil {
		return answer{}, err
	}
	d, err := readDevice(text, s.path.Server.Issuer)
	if err != nil {
		return answer{}, s.cannot(err)
	}
	s.client.notify(d.secret)
	return s.shown(ctx, d.Code, func(ctx context.Context) (answer, error) {
		form := s.form()
		form.Set("grant_type", grantDevice)
		form.Set("device_code", d.secret.Reveal())
		return d.poll(ctx, func(ctx context.Context) (answer, error) {
			return s.client.token(ctx, s.endpoint(s.path.Server.Token), form)
		})
	})
}

// poll asks until somebody has entered the code, or its time is over, as RFC 8628
// section 3.5 has it.
func (d deviceCode) poll(ctx context.Context, ask func(context.Context) (answer, error)) (answer, error) {
	interval := d.interval
	for {
		left := d.Expires.Sub(testOnlyNow())
		select {
		case <-testOnlyAfter(min(interval, left)):
		case <-ctx.Done():
			return answer{}, context.Cause(ctx)
		}
		if left < interval {
			return answer{}, &Error{Issuer: d.Issuer, Code: "expired_token"}
		}
		got, err := ask(ctx)
		if err == nil {
			return got, nil
		}
		switch code := codeOf(err); {
		case code == "authorization_pending":
		case code == "slow_down":
			interval += slowDown
		case code == "temporarily_unavailable", passing(err):
			interval *= 2
		default:
			return answer{}, err
		}
	}
}

// codeOf returns the code of a server's refusal, or "".
func codeOf(err error) string {
	if said := (*Error)(nil); errors.As(err, &said) {
		return said.Code
	}
	return ""
}

// passing tells of a fault that may be over with the next request: nobody was
// reached.
func passing(err error) bool {
	var lost net.Error
	return !errors.Is(err, auth.ErrNotAllowed) && errors.As(err, &lost)
}
