package cli

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// json returns the entry as it is written: masked, like everything that is shown.
func (e *harEntry) json(err error) *harEntryJSON {
	j := &harEntryJSON{
		Started: e.started.Format(harTime), Timings: e.timings(),
		Request: e.requestJSON(), Response: e.responseJSON(), Server: e.server, Port: e.port,
	}
	j.Time = j.Timings.sum()
	if err != nil {
		j.Comment = e.har.mask.text(errorText(err))
	}
	return j
}

func (e *harEntry) timings() harTimings {
	t := harTimings{Blocked: -1, DNS: span(e.started, e.dialing), SSL: span(e.connected, e.secured)}
	if t.Connect = span(e.dialing, later(e.connected, e.secured)); e.dialing.IsZero() {
		t.Blocked = span(e.started, e.sending) // until a connection was free
	}
	sent := later(e.sending, e.uploaded)
	if !e.first.IsZero() && sent.After(e.first) {
		sent = e.first // answered before all was sent
	}
	t.Send = max(span(e.sending, sent), 0)
	t.Wait = max(span(sent, e.first), 0)
	t.Receive = max(span(e.first, e.ended), 0)
	return t
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (e *harEntry) requestJSON() harRequest {
	m := e.har.mask
	lines := m.head(e.sent.head)
	method, rest, _ := strings.Cut(lines[0], " ")
	r := harRequest{
		Method: method, URL: m.url(e.request.URL), Version: rest[strings.LastIndexByte(rest, ' ')+1:],
		Headers: pairsOf(lines), Cookies: []harCookie{}, Query: m.queryPairs(e.request.URL.RawQuery),
		HeadSize: len(e.sent.head), BodySize: e.sent.size,
	}
	if e.sent.head == "" { // it never came to that
		r.Method, r.Version, r.HeadSize, r.BodySize = e.request.Method, "HTTP/1.1", -1, -1
	}
	for _, c := range cookiesIn(e.sent.head, "Cookie") {
		r.Cookies = append(r.Cookies, harCookie{Name: m.text(c.Name), Value: m.hidden(c.Value)})
	}
	if e.sent.size == 0 {
		return r
	}
	r.Post = &harPost{MimeType: mediaTypeOf(e.sent.head)}
	text, ok := e.sent.shown()
	if ok && strings.HasPrefix(r.Post.MimeType, "application/x-www-form-urlencoded") {
		r.Post.Params = m.queryPairs(text)
		return r
	}
	r.Post.Text = &text
	return r
}

func (e *harEntry) responseJSON() harResponse {
	m := e.har.mask
	lines := m.head(e.received.head)
	version, rest, _ := strings.Cut(lines[0], " ")
	status, text, _ := strings.Cut(rest, " ")
	r := harResponse{
		Text: text, Version: version, Headers: pairsOf(lines), Cookies: []harCookie{},
		Content:  harContent{Size: e.received.size, MimeType: mediaTypeOf(e.received.head)},
		HeadSize: len(e.received.head), BodySize: e.received.size,
	}
	r.Status, _ = strconv.Atoi(status) // 0: no answer
	if e.received.head == "" {
		r.Version, r.HeadSize, r.BodySize = "HTTP/1.1", -1, -1
	}
	if r.Content.MimeType == "" {
		r.Content.MimeType = "x-unknown"
	}
	if text, ok := e.received.shown(); ok {
		r.Content.Text = text
	}
	if r.Status/100 == 3 {
		r.Redirect = m.field("Location", fieldIn(e.received.head, "Location"))
	}
	for _, c := range cookiesIn(e.received.head, "Set-Cookie") {
		h := harCookie{
			Name: m.text(c.Name), Value: m.hidden(c.Value), Path: m.text(c.Path), Domain: m.text(c.Domain), HTTPOnly: c.HttpOnly, Secure: c.Secure,
		}
		if !c.Expires.IsZero() {
			h.Expires = c.Expires.Format(harTime)
		}
		r.Cookies = append(r.Cookies, h)
	}
	return r
}

// hidden is shown in place of a value that is a secret by its place.
func (m *mask) hidden(value string) string {
	if m.off {
		return value
	}
	return masked
}

// pairsOf returns the fields in the lines of a head, which are masked already.
func pairsOf(lines []string) []harPair {
	list := []harPair{}
	for _, line := range lines[1:] {
		if name, value, ok := strings.Cut(line, ":"); ok {
			list = append(list, harPair{name, strings.TrimSpace(value)})
		}
	}
	return list
}

// queryPairs returns the pairs of a query or a form, decoded and masked.
func (m *mask) queryPairs(query string) []harPair {
	list := []harPair{}
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescaped(name), unescaped(value)
		if maskedNames[strings.ToLower(name)] && value != "" {
			value = m.hidden(value)
		}
		list = append(list, harPair{m.text(name), m.text(value)})
	}
	return list
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// fieldIn returns the value of a head's first field of the name, or "".
func fieldIn(head, name string) string {
	for line := range strings.Lines(head) {
		if n, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// cookiesIn reads the cookies of a head's fields of the name: Cookie or
// Set-Cookie.
func cookiesIn(head, name string) []*http.Cookie {
	h := http.Header{}
	for line := range strings.Lines(head) {
		if n, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			h.Add(name, strings.TrimSpace(value))
		}
	}
	if name == "Cookie" {
		return (&http.Request{Header: h}).Cookies()
	}
	return (&http.Response{Header: h}).Cookies()
}
