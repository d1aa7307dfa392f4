package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"getin/client/auth"
)

// polls runs a device flow in time that passes by itself: each answer is an error
// code, "lost" when nobody was reached, or "ok". It returns when was polled, in
// seconds, and how it ended.
func polls(t *testing.T, d deviceCode, answers ...string) (at []int, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d.Expires = began.Add(30 * time.Minute)
		_, err = d.poll(t.Context(), func(context.Context) (answer, error) {
			at = append(at, int(time.Since(began).Seconds()))
			said := answers[min(len(at), len(answers))-1]
			switch said {
			case "ok":
				return answer{access: auth.NewSecret("t")}, nil
			case "lost":
				return answer{}, fmt.Errorf("%w: %w", auth.ErrCannotStart, &net.OpError{Op: "dial", Err: context.DeadlineExceeded})
			}
			return answer{}, &Error{Issuer: "https://a.example", Code: said}
		})
	})
	return at, err
}

// I10: slow_down adds five seconds to the interval, for the rest of the flow; who
// is not reached is asked less and less often.
func TestI10(t *testing.T) {
	for _, c := range []struct{ answers, at string }{
		{"authorization_pending authorization_pending ok", "[5 10 15]"},
		{"authorization_pending slow_down authorization_pending ok", "[5 10 20 30]"},
		{"slow_down slow_down authorization_pending ok", "[5 15 30 45]"},
		{"lost lost ok", "[5 15 35]"},
		{"temporarily_unavailable ok", "[5 15]"},
	} {
		at, err := polls(t, deviceCode{interval: 5 * time.Second}, strings.Fields(c.answers)...)
		if got := fmt.Sprint(at); got != c.at || err != nil {
			t.Errorf("%s: polled at %s, want %s; %v", c.answers, got, c.at, err)
		}
	}
}

// A code that nobody enters has an end, and every other error of the server is
// one.
func TestPollEnds(t *testing.T) {
	at, err := polls(t, deviceCode{interval: 10 * time.Minute}, "authorization_pending")
	if fmt.Sprint(at) != "[600 1200 1800]" || codeOf(err) != "expired_token" || !errors.Is(err, auth.ErrDeclined) {
		t.Errorf("polled at %v, %v", at, err)
	}
	if at, err := polls(t, deviceCode{interval: 7 * time.Minute}, "authorization_pending"); len(at) != 4 || codeOf(err) != "expired_token" {
		t.Errorf("polled at %v, %v", at, err)
	}
	for _, code := range []string{"access_denied", "expired_token", "invalid_client", "invalid_grant", "what_is_this"} {
		if at, err := polls(t, deviceCode{interval: time.Second}, code); len(at) != 1 || codeOf(err) != code {
			t.Errorf("%s: polled %d times, %v", code, len(at), err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(auth.ErrCanceled)
		d := deviceCode{interval: time.Hour, Code: Code{Expires: time.Now().Add(time.Hour)}}
		if _, err := d.poll(ctx, nil); !errors.Is(err, auth.ErrCanceled) {
			t.Errorf("canceled: %v", err)
		}
	})
}

// The public cases of the device flow: what is shown, what is polled, and when it
// ends.
func TestDeviceVectors(t *testing.T) {
	type vector struct {
		ID, Issuer string
		Response   json.RawMessage
		Error      json.RawMessage `json:"token_error"`
		Expect     json.RawMessage
	}
	for _, c := range readCases[vector](t, "device-flow.json") {
		d, err := readDevice(c.Response, c.Issuer)
		switch c.ID {
		case "device-authz-response":
			var want struct {
				Interval int `json:"poll_interval"`
				Deadline int
				Show     []string
			}
			if err := json.Unmarshal(c.Expect, &want); err != nil {
				t.Fatal(err)
			}
			left := time.Until(d.Expires).Round(time.Minute)
			if err != nil || d.interval != time.Duration(want.Interval)*time.Second || left != time.Duration(want.Deadline)*time.Second ||
				d.Address != want.Show[0] || d.User != want.Show[1] || d.Complete != want.Show[0]+"?user_code="+want.Show[1] {
				t.Errorf("%s: %+v, %v", c.ID, d, err)
			}
		case "device-http-uri", "device-javascript-uri":
			if err == nil {
				t.Errorf("%s: %+v is shown", c.ID, d.Code)
			}
		case "device-other-host":
			if err != nil || d.Address != "https://phish.example.net/device" || d.Complete != "" {
				t.Errorf("%s: %+v, %v", c.ID, d, err)
			}
		case "device-err-access_denied", "device-err-invalid_client":
			var said struct{ Error string }
			if err := json.Unmarshal(c.Error, &said); err != nil {
				t.Fatal(err)
			}
			if at, err := polls(t, deviceCode{interval: time.Second}, said.Error); len(at) != 1 || codeOf(err) != said.Error {
				t.Errorf("%s: polled %d times, %v", c.ID, len(at), err)
			}
		case "device-timeout":
			if at, err := polls(t, deviceCode{interval: time.Second}, "lost", "ok"); fmt.Sprint(at) != "[1 3]" || err != nil {
				t.Errorf("%s: polled at %v, %v", c.ID, at, err)
			}
		default:
			t.Errorf("%s: a case that nobody looks at", c.ID)
		}
	}
}

// I9: no address of another kind gets to a person or to a program that opens
// things, and names are shown as they are looked up.
func TestI9(t *testing.T) {
	for _, bad := range []string{
		"", "/device", "javascript:alert(1)", "file:///etc/passwd", "http://example.com/device", "data:text/html,x", "--help",
		"https://", "https://user@example.com/", "https://exa mple.com/", "ssh://-oProxyCommand=x/", "https://example.com/\x1b[2J", "mailto:a@example.com",
	} {
		if got, _, err := pageURL(bad); err == nil {
			t.Errorf("%q is opened as %q", bad, got)
		}
	}
	for text, want := range map[string]string{
		"https://Example.COM:443/a b?x=1#/y": "https://example.com/a%20b?x=1#/y",
		"http://localhost:8080/d":            "http://localhost:8080/d",
		"https://bücher.example/\u202e":      "https://xn--bcher-kva.example/%E2%80%AE",
	} {
		if got, _, err := pageURL(text); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestReadDevice(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"device_code":"d","user_code":"u","verification_uri":"https://a.example","expires_in":60}`, "5s"},
		{`{"device_code":"d","user_code":"u","verification_uri":"https://a.example","expires_in":60,"interval":0}`, "1s"},
		{`{"device_code":"d","user_code":"u","verification_uri":"https://a.example","expires_in":60,"interval":2.5}`, "2.5s"},
		{`{"user_code":"u","verification_uri":"https://a.example","expires_in":60}`, "no device code"},
		{`{"device_code":"d","verification_uri":"https://a.example","expires_in":60}`, "no device code"},
		{`{"device_code":"d","user_code":"u","verification_uri":"https://a.example"}`, "no device code"},
		{`{"device_code":"secret","user_code":"` + strings.Repeat("u", 65) + `","verification_uri":"https://a.example","expires_in":60}`, "no device code"},
		{`{"device_code":"secret",`, "no device code"},
		{`{"device_code":"secret","user_code":"u","expires_in":60}`, "the address to enter the code at"},
	} {
		d, err := readDevice([]byte(c.text), "https://a.example")
		got := d.interval.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || strings.Contains(got, "secret") {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}
