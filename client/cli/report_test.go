package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/client/h1"
	"getin/client/transfer"
)

func unanswered(reason error, sent bool) error {
	u := &url.URL{Scheme: "http", Host: "h.example", Path: "/x"}
	return &client.Unanswered{Party: auth.Server, Target: u, Sent: sent, Reason: reason}
}

// Every end has one code, one line and at most one hint.
func TestReport(t *testing.T) {
	cleartext := &refusal{
		auth.Concern{Risk: auth.ClearText, Query: auth.Query{Target: "http://h.example/x"}},
		fmt.Errorf("%w: the password would go unencrypted", auth.ErrNotAllowed),
	}
	for _, test := range []struct {
		err  error
		code int
		want string
	}{
		{nil, exitOK, ""},
		{unanswered(auth.ErrNobody, false), exitLogin, "401: nothing was sent: nobody to ask\ngetin: hint: run it once"},
		{unanswered(auth.ErrDeclined, true), exitLogin, "401: the user or password was refused\n"},
		{unanswered(auth.ErrDeclined, false), exitLogin, "401: nothing was sent: declined\n"},
		{unanswered(auth.ErrRefusedBefore, false), exitLogin, "was refused before\ngetin: hint: --ask"},
		{unanswered(client.ErrNoChallenge, false), exitLogin, "does not say how to log in\ngetin: hint: \"-u"},
		{unanswered(client.ErrOwnHeader, false), exitLogin, "set by hand were refused\ngetin: hint: -H"},
		{unanswered(fmt.Errorf("%w: locked", auth.ErrStore), false), exitAuth, "credential store: locked\ngetin: hint: --no-store"},
		{unanswered(cleartext, false), exitAuth, "unencrypted\ngetin: hint: try https://h.example/x; --allow-cleartext"},
		{auth.ErrServerUnverified, exitAuth, "did not prove"},
		{client.ErrBodySpent, exitRewind, "hint: put the data into a file"},
		{client.ErrTooManyRedirects, exitRedirects, "too many"},
		{fmt.Errorf("%w to %q: %w", client.ErrRedirect, "ftp://h/", auth.ErrOrigin), exitProtocol, "ftp"},
		{&h1.Error{Kind: h1.HostName, Err: errors.New("no such host")}, exitHostName, "no such host\n"},
		{&h1.Error{Kind: h1.Certificate, Err: errors.New("bad")}, exitCertificate, "hint: --cacert"},
		{&transfer.WriteError{Name: "f", Err: io.ErrShortWrite}, exitWrite, "writing f"},
		{&writeError{io.ErrClosedPipe}, exitWrite, "writing the output"},
		{&readError{io.ErrClosedPipe}, exitRead, "closed pipe"},
		{&statusError{url: "u", status: "404 Not Found", hint: "look"}, exitStatus, "u: 404 Not Found\ngetin: hint: look\n"},
		{&usageError{why: "no", code: exitUsage}, exitUsage, "getin: no\n"},
		{auth.ErrCanceled, exitInterrupted, "interrupted"},
		{fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), exitPartial, "unexpected EOF"},
		{errors.New("strange"), exitReceive, "strange"},
	} {
		var b bytes.Buffer
		r := newReport(&System{Stderr: &b}, defaults().runOptions, nil)
		code := r.fail(context.Background(), test.err)
		if code != test.code || !strings.Contains(b.String(), test.want) || (test.err == nil) != (b.Len() == 0) {
			t.Errorf("%v: exit %d, want %d; %q, want %q in it", test.err, code, test.code, &b, test.want)
		}
		if n := strings.Count(b.String(), "\n"); n > 2 || test.err != nil && !strings.HasPrefix(b.String(), "getin: ") {
			t.Errorf("%v: %q", test.err, &b)
		}
	}
}

// SECURITY F2, F4: a server's text is escaped and its secrets are masked,
// whatever error carries it.
func TestF2_R16_ReportCleansAndMasks(t *testing.T) {
	var b bytes.Buffer
	m := &mask.Mask{}
	m.Add(auth.Credential{Secret: auth.NewSecret("hunter2")})
	r := newReport(&System{Stderr: &b}, defaults().runOptions, m)
	r.fail(context.Background(), errors.New("they said \x1b[2Jhunter2\n\u202eand more"))
	if want := `getin: they said \x1b[2J[masked]\n\u202eand more` + "\n"; b.String() != want {
		t.Errorf("%q, want %q", &b, want)
	}
}

func TestStatusHints(t *testing.T) {
	for _, test := range []struct {
		code       int
		name       string
		value      string
		identified bool
		want       string
	}{
		{403, "", "", true, "--account"},
		{403, "", "", false, ""},
		{404, "", "", true, ""},
		{405, "Allow", "GET", false, "allowed are GET"},
		{405, "", "", false, ""},
		{413, "", "", false, "body is too large for this server: 1234 octets"},
		{414, "", "", false, "URL is too long for this server: 18 octets"},
		{428, "", "", false, "--etag-compare"},
		{431, "", "", false, "longest field is X-Long, 6 octets"},
		{426, "Upgrade", "h2c", false, "wants h2c"},
		{429, "Retry-After", "120", false, "again after 120"},
		{451, "Link", `<https://a.example/>; rel="blocked-by"`, false, "blocked by https://a.example/"},
		{451, "Link", `<https://a.example/>; rel=next, <https://b.example/>; rel=blocked-by`, false, "blocked by https://b.example/"},
		{418, "", "", false, ""},
	} {
		resp := &http.Response{
			StatusCode: test.code, Header: http.Header{},
			Request: &http.Request{
				URL: &url.URL{Scheme: "http", Host: "a.example", Path: "/x"}, ContentLength: 1234,
				Header: http.Header{"X-Long": {"longer"}, "A": {"b"}},
			},
		}
		if test.name != "" {
			resp.Header.Set(test.name, test.value)
		}
		got := statusHint(resp, test.identified)
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%d %s: %q, want %q in it", test.code, test.value, got, test.want)
		}
	}
}
