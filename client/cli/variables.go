package cli

import (
	"fmt"
	"net/http"
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

// variables are curl's, as far as they have a meaning here.
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
	{"num_headers", true, numHeaders},
	{"num_redirects", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.redirects) }},
	{"num_retries", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.retries) }},
	{"redirect_url", false, redirectURL},
	{"remote_ip", false, func(_ *writeOut, r *record) string { return r.address(false) }},
	{"remote_port", true, func(_ *writeOut, r *record) string { return r.port(false) }},
	{"response_code", true, statusText},
	{"scheme", false, func(_ *writeOut, r *record) string {
		return r.requestText(func(q *http.Request) string { return q.URL.Scheme })
	}},
	{"size_download", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.received, 10) }},
	{"size_header", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.headSize, 10) }},
	{"size_upload", true, func(_ *writeOut, r *record) string { return strconv.FormatInt(r.sent, 10) }},
	{"speed_download", true, func(_ *writeOut, r *record) string { return r.speed(r.received) }},
	{"speed_upload", true, func(_ *writeOut, r *record) string { return r.speed(r.sent) }},
	{"time_appconnect", true, func(_ *writeOut, r *record) string { return r.until(r.times().secured) }},
	{"time_connect", true, func(_ *writeOut, r *record) string { return r.until(r.times().connected) }},
	{"time_namelookup", true, func(_ *writeOut, r *record) string { return r.until(r.times().resolved) }},
	{"time_pretransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().ready) }},
	{"time_starttransfer", true, func(_ *writeOut, r *record) string { return r.until(r.times().first) }},
	{"time_total", true, func(_ *writeOut, r *record) string { return r.until(r.ended) }},
	{"url", false, func(w *writeOut, r *record) string { return w.mask.url(r.target.url) }},
	{"url_effective", false, func(w *writeOut, r *record) string {
		return r.requestText(func(q *http.Request) string { return w.mask.url(q.URL) })
	}},
	{"urlnum", true, func(_ *writeOut, r *record) string { return strconv.Itoa(r.number) }},
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
type moments struct{ resolved, connected, secured, ready, first time.Time }

func (r *record) times() moments {
	w := r.wire
	if w == nil {
		return moments{}
	}
	m := moments{w.NameResolved, w.Connected, w.Secured, w.Secured, w.FirstByte}
	for _, t := range []time.Time{w.Connected, w.Start} {
		if m.ready.IsZero() {
			m.ready = t
		}
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
