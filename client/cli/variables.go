package cli

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"getin/client"
	"getin/client/h1"
)

// variable is one name of -w.
type variable struct {
	name   string
	number bool // in %{json}
	text   func(*writeOut, *record) string
}

// variables are curl's, as far as they have a meaning here, in the order of their
// names.
var variables = []variable{
	{"content_type", false, func(_ *writeOut, r *record) string { return r.responseField("Content-Type") }},
	{"errormsg", false, func(_ *writeOut, r *record) string { return errorText(r.err) }},
	{"exitcode", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.code) }},
	{"filename_effective", false, func(_ *writeOut, r *record) string { return r.file }},
	{"http_code", true, statusText},
	{"http_connect", true, connectStatus},
	{"http_version", false, httpVersion},
	{"local_ip", false, func(_ *writeOut, r *record) string { return r.address(true) }},
	{"local_port", true, func(_ *writeOut, r *record) string { return r.port(true) }},
	{"method", false, func(_ *writeOut, r *record) string {
		return r.requestText(func(q *http.Request) string { return q.Method })
	}},
	{"num_connects", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.connects) }},
	{"num_headers", true, numHeaders},
	{"num_redirects", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.redirects) }},
	{"num_retries", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.retries) }},
	{"proxy_ssl_verify_result", true, func(_ *writeOut, r *record) string {
		return verifyResult(r.seen().ProxyUnverified)
	}},
	{"proxy_used", true, proxyUsed},
	{"redirect_url", false, redirectURL},
	{"referer", false, func(w *writeOut, r *record) string {
		return r.requestText(func(q *http.Request) string { return w.mask.Field("Referer", q.Header.Get("Referer")) })
	}},
	{"remote_ip", false, func(_ *writeOut, r *record) string { return r.address(false) }},
	{"remote_port", true, func(_ *writeOut, r *record) string { return r.port(false) }},
	{"response_code", true, statusText},
	{"scheme", false, upperScheme},
	{"size_download", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.received, 10) }},
	{"size_header", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.headSize, 10) }},
	{"size_request", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.headsSent, 10) }},
	{"size_upload", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.sent, 10) }},
	{"speed_download", true, func(_ *writeOut, r *record) string { return r.speed(r.received) }},
	{"speed_upload", true, func(_ *writeOut, r *record) string { return r.speed(r.sent) }},
	{"ssl_verify_result", true, func(_ *writeOut, r *record) string {
		return verifyResult(cmp.Or(r.seen().Unverified, r.err))
	}},
	{"time_appconnect", true, func(_ *writeOut, r *record) string { return r.until(r.times().secured) }},
	{"time_connect", true, func(_ *writeOut, r *record) string { return r.until(r.times().connected) }},
	{"time_namelookup", true, func(_ *writeOut, r *record) string { return r.until(r.times().resolved) }},
	{"time_posttransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().sent) }},
	{"time_pretransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().ready) }},
	{"time_redirect", true, func(_ *writeOut, r *record) string { return r.until(r.begun) }},
	{"time_starttransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().first) }},
	{"time_total", true, func(_ *writeOut, r *record) string { return r.until(r.ended) }},
	{"url", false, func(w *writeOut, r *record) string { return w.mask.TypedURL(r.target.text) }},
	{"url_effective", false, effectiveURL},
	{"urlnum", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.before + r.number) }},
}

// part returns a part of a URL, for "url.NAME" and "urle.NAME". There is never a
// user in it.
func (w *writeOut) part(u *url.URL, name string) (text string, ok bool) {
	switch name {
	case "scheme":
		text = u.Scheme
	case "host":
		text = u.Hostname()
		if strings.Contains(text, ":") {
			text = "[" + text + "]"
		}
	case "port":
		if text = u.Port(); text == "" {
			text = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
	case "path":
		text = u.EscapedPath()
	case "query":
		text = w.mask.Query(u.RawQuery)
	case "user", "password", "options", "fragment", "zoneid":
	default:
		return "", false
	}
	return w.mask.Text(text), true
}

// upperScheme is in capitals, as in curl, and empty before there is a connection.
func upperScheme(_ *writeOut, r *record) string {
	if r.wire == nil || r.response == nil && r.wire.Connected.IsZero() {
		return ""
	}
	return strings.ToUpper(r.request.URL.Scheme)
}

func proxyUsed(_ *writeOut, r *record) string {
	if r.wire != nil && r.wire.Proxied {
		return "1"
	}
	return "0"
}

// verifyResult is 0 for a certificate that nothing is wrong with, or OpenSSL's
// number for what is (X509_V_ERR in x509_vfy.h).
func verifyResult(why error) string {
	var (
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(why, &host):
		return "62"
	case errors.As(why, &invalid) && invalid.Reason == x509.Expired:
		return "10"
	case errors.As(why, &unknown) && unknown.Cert != nil && bytes.Equal(unknown.Cert.RawIssuer, unknown.Cert.RawSubject):
		return "18"
	case errors.As(why, &invalid), errors.As(why, &unknown):
		return "20" // its issuer is not known
	}
	return "0"
}

// connectStatus is that of a proxy's last answer to CONNECT.
func connectStatus(_ *writeOut, r *record) string {
	var refused *h1.ConnectError
	if errors.As(r.err, &refused) {
		return fmt.Sprintf("%03d", refused.Response.StatusCode)
	}
	return fmt.Sprintf("%03d", r.connectStatus)
}

// effectiveURL is the URL of the last request. The fragment of what was typed is
// no part of any.
func effectiveURL(w *writeOut, r *record) string {
	if r.request == nil {
		return ""
	}
	text := w.mask.URL(r.request.URL)
	if typed := r.target.typed; r.redirects == 0 && typed != nil && typed.Fragment != "" {
		text += "#" + w.mask.Query(typed.EscapedFragment())
	}
	return text
}

func statusText(_ *writeOut, r *record) string {
	if r.response == nil {
		return "000"
	}
	return fmt.Sprintf("%03d", r.response.StatusCode)
}

func httpVersion(_ *writeOut, r *record) string {
	if r.response == nil {
		return "0"
	}
	return strings.TrimSuffix(strings.TrimPrefix(r.response.Proto, "HTTP/"), ".0")
}

func numHeaders(_ *writeOut, r *record) string {
	n := 0
	if r.response != nil {
		for _, values := range r.response.Header {
			n += len(values)
		}
	}
	return strconv.Itoa(n)
}

// redirectURL is where -L would have gone on to.
func redirectURL(w *writeOut, r *record) string {
	if r.response == nil || r.response.StatusCode/100 != 3 {
		return ""
	}
	to, err := r.response.Location()
	if err != nil {
		return ""
	}
	return w.mask.URL(to)
}

func (r *record) responseField(name string) string {
	if r.response == nil {
		return ""
	}
	return r.response.Header.Get(name)
}

// seen is what the last request was on the wire; before there was one nothing.
func (r *record) seen() *client.Wire {
	if r.wire == nil {
		return &client.Wire{}
	}
	return r.wire
}

// requestText asks the last request sent; before one was sent there is none.
func (r *record) requestText(of func(*http.Request) string) string {
	if r.request == nil {
		return ""
	}
	return of(r.request)
}

func (r *record) address(local bool) string {
	if r.wire == nil {
		return ""
	}
	a := r.wire.Peer
	if local {
		a = r.wire.Local
	}
	if !a.IsValid() {
		return ""
	}
	return a.Addr().String()
}

func (r *record) port(local bool) string {
	if r.wire == nil {
		return "0"
	}
	if local {
		return strconv.Itoa(int(r.wire.Local.Port()))
	}
	return strconv.Itoa(int(r.wire.Peer.Port()))
}

// moments are the points in time of the last request.
type moments struct{ resolved, connected, secured, ready, sent, first time.Time }

func (r *record) times() moments {
	w := r.wire
	if w == nil {
		return moments{}
	}
	m := moments{w.NameResolved, w.Connected, w.Secured, w.Secured, w.Sent, w.FirstByte}
	for _, t := range []time.Time{w.Connected, w.Start} {
		if m.ready.IsZero() {
			m.ready = t
		}
	}
	if w.Reused && r.past != nil {
		m.resolved, m.connected, m.secured = r.past.resolved, r.past.connected, r.past.secured
	}
	return m
}

// until is the time from the start, in seconds with six digits; 0 for what did
// not happen.
func (r *record) until(t time.Time) string {
	if t.IsZero() || t.Before(r.started) {
		return "0.000000"
	}
	return fmt.Sprintf("%.6f", t.Sub(r.started).Seconds())
}

// speed is in octets a second.
func (r *record) speed(octets int64) string {
	took := r.ended.Sub(r.started).Seconds()
	if took <= 0 {
		return "0"
	}
	return strconv.FormatInt(int64(float64(octets)/took), 10)
}
