package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
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
	{"proxy_used", true, proxyUsed},
	{"redirect_url", false, redirectURL},
	{"referer", false, func(w *writeOut, r *record) string {
		return r.requestText(func(q *http.Request) string { return w.mask.field("Referer", q.Header.Get("Referer")) })
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
	{"ssl_verify_result", true, verifyResult},
	{"time_appconnect", true, func(_ *writeOut, r *record) string { return r.until(r.times().secured) }},
	{"time_connect", true, func(_ *writeOut, r *record) string { return r.until(r.times().connected) }},
	{"time_namelookup", true, func(_ *writeOut, r *record) string { return r.until(r.times().resolved) }},
	{"time_posttransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().sent) }},
	{"time_pretransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().ready) }},
	{"time_redirect", true, func(_ *writeOut, r *record) string { return r.until(r.begun) }},
	{"time_starttransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().first) }},
	{"time_total", true, func(_ *writeOut, r *record) string { return r.until(r.ended) }},
	{"url", false, func(w *writeOut, r *record) string { return w.mask.url(r.target.url) }},
	{"url_effective", false, func(w *writeOut, r *record) string {
		return r.requestText(func(q *http.Request) string { return w.mask.url(q.URL) })
	}},
	{"urlnum", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.number) }},
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
		text = u.RawQuery
		if !w.mask.off {
			text = maskQuery(text)
		}
	case "user", "password", "options", "fragment", "zoneid":
	default:
		return "", false
	}
	return w.mask.text(text), true
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

// verifyResult is 0 for a certificate that is trusted, or OpenSSL's number for
// why it is not (X509_V_ERR in x509_vfy.h).
func verifyResult(_ *writeOut, r *record) string {
	var (
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case r.wire == nil || r.wire.Unverified == nil:
		return "0"
	case errors.As(r.wire.Unverified, &host):
		return "62"
	case errors.As(r.wire.Unverified, &invalid) && invalid.Reason == x509.Expired:
		return "10"
	}
	return "20" // its issuer is not known
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
	return w.mask.url(to)
}

func (r *record) responseField(name string) string {
	if r.response == nil {
		return ""
	}
	return r.response.Header.Get(name)
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
