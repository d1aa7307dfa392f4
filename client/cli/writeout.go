package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"strconv"
	"strings"
	"time"
)

// writeOut is a format of -w, read once.
//
//	format   = *( "%" "%" / "%{" name "}" / "%header{" name "}" / "\" char / text )
type writeOut struct {
	format string
	mask   *mask
}

// newWriteOut reads the format, which may be in a file: "@name", "@-".
func newWriteOut(format string, m *mask, stdin io.Reader) (*writeOut, error) {
	if name, ok := strings.CutPrefix(format, "@"); ok {
		b, err := readNamed(name, stdin)
		if err != nil {
			return nil, err
		}
		format = string(b)
	}
	return &writeOut{format, m}, nil
}

// write writes what the format says of the record. The first unknown name is
// an error, after everything else was written.
func (w *writeOut) write(r *record, stdout, stderr io.Writer) error {
	to := stdout
	var unknown error
	for f := w.format; f != ""; {
		token, rest := nextToken(f)
		f = rest
		name, isVariable := strings.CutPrefix(token, "%{")
		field, isField := strings.CutPrefix(token, "%header{")
		name, field = strings.TrimSuffix(name, "}"), strings.TrimSuffix(field, "}")
		switch {
		case isField:
			_, _ = io.WriteString(to, w.field(r, field))
		case !isVariable:
			_, _ = io.WriteString(to, unescape(token))
		case name == "stdout":
			to = stdout
		case name == "stderr":
			to = stderr
		case name == "onerror":
			if r.code == exitOK {
				return unknown
			}
		default:
			text, ok := w.variable(r, name)
			if !ok && unknown == nil {
				unknown = fmt.Errorf("--write-out: unknown variable %q", name)
			}
			_, _ = io.WriteString(to, text)
		}
	}
	return unknown
}

// nextToken cuts the next variable, escape or stretch of text off the format.
func nextToken(f string) (token, rest string) {
	if f[0] == '\\' || strings.HasPrefix(f, "%%") {
		n := min(2, len(f))
		return f[:n], f[n:]
	}
	if strings.HasPrefix(f, "%{") || strings.HasPrefix(f, "%header{") {
		if end := strings.IndexByte(f, '}'); end >= 0 {
			return f[:end+1], f[end+1:]
		}
	}
	n := strings.IndexAny(f[1:], `%\`)
	if n < 0 {
		return f, ""
	}
	return f[:n+1], f[n+1:]
}

func unescape(token string) string {
	switch token {
	case `\n`:
		return "\n"
	case `\r`:
		return "\r"
	case `\t`:
		return "\t"
	case "%%":
		return "%"
	}
	return token
}

// field returns the first value of a response field, without line ends.
func (w *writeOut) field(r *record, name string) string {
	if r.response == nil || len(r.response.Header.Values(name)) == 0 {
		return ""
	}
	return w.mask.field(name, r.response.Header.Get(name))
}

// variable returns the text of a variable.
func (w *writeOut) variable(r *record, name string) (string, bool) {
	switch name {
	case "json":
		return w.json(r), true
	case "header_json":
		return w.headerJSON(r), true
	}
	for _, v := range variables {
		if v.name == name {
			return w.mask.text(v.text(w, r)), true
		}
	}
	return "", false
}

func (w *writeOut) json(r *record) string {
	all := map[string]any{}
	for _, v := range variables {
		text := w.mask.text(v.text(w, r))
		all[v.name] = text
		if v.number {
			all[v.name] = json.Number(text)
		}
		if text == "" {
			all[v.name] = nil
		}
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "{}"
	}
	return string(b)
}

func (w *writeOut) headerJSON(r *record) string {
	all := map[string][]string{}
	if r.response != nil {
		for name, values := range r.response.Header {
			for _, v := range values {
				name := strings.ToLower(name)
				all[name] = append(all[name], w.mask.field(name, v))
			}
		}
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return "{}"
	}
	return string(b)
}

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
	{"num_retries", true, func(*writeOut, *record) string { return "0" }},
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
