package har

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"getin/client/cli/mask"
)

// json returns the entry as it is written: masked, like everything that is shown.
func (e *round) json(why string) *Entry {
	j := &Entry{
		Started: e.started.Format(timeFormat), Timings: e.timings(),
		Request: e.requestJSON(), Response: e.responseJSON(), Server: e.server, Port: e.port, Comment: e.archive.mask.Text(why),
	}
	j.Time = j.Timings.Sum()
	return j
}

func (e *round) timings() Timings {
	t := Timings{Blocked: -1, DNS: span(e.started, e.dialing), SSL: span(e.connected, e.secured)}
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

func (e *round) requestJSON() Request {
	m := e.archive.mask
	lines := m.Head(e.sent.head)
	method, rest, _ := strings.Cut(lines[0], " ")
	r := Request{
		Method: method, URL: m.URL(e.request.URL), Version: rest[strings.LastIndexByte(rest, ' ')+1:],
		Headers: pairsOf(lines), Cookies: []Cookie{}, Query: pairs(m, e.request.URL.RawQuery),
		HeadSize: len(e.sent.head), BodySize: e.sent.size,
	}
	if e.sent.head == "" { // it never came to that
		r.Method, r.Version, r.HeadSize, r.BodySize = e.request.Method, "HTTP/1.1", -1, -1
	}
	for _, c := range cookiesIn(e.sent.head, "Cookie") {
		r.Cookies = append(r.Cookies, Cookie{Name: m.Text(c.Name), Value: m.Hidden(c.Value)})
	}
	if e.sent.size == 0 {
		return r
	}
	r.Post = &Post{MimeType: mask.MediaType(e.sent.head)}
	text, ok := e.sent.shown()
	if ok && strings.HasPrefix(r.Post.MimeType, "application/x-www-form-urlencoded") {
		r.Post.Params = pairs(m, text)
	}
	r.Post.Text = text
	return r
}

func (e *round) responseJSON() Response {
	m := e.archive.mask
	lines := m.Head(e.received.head)
	version, rest, _ := strings.Cut(lines[0], " ")
	status, text, _ := strings.Cut(rest, " ")
	r := Response{
		Text: text, Version: version, Headers: pairsOf(lines), Cookies: []Cookie{},
		Content:  Content{Size: e.received.size, MimeType: mask.MediaType(e.received.head)},
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
		r.Redirect = m.Field("Location", mask.FieldIn(e.received.head, "Location"))
	}
	for _, c := range cookiesIn(e.received.head, "Set-Cookie") {
		h := Cookie{
			Name: m.Text(c.Name), Value: m.Hidden(c.Value), Path: m.Text(c.Path), Domain: m.Text(c.Domain), HTTPOnly: c.HttpOnly, Secure: c.Secure,
		}
		if !c.Expires.IsZero() {
			h.Expires = c.Expires.Format(timeFormat)
		}
		r.Cookies = append(r.Cookies, h)
	}
	return r
}

// pairsOf returns the fields in the lines of a head, which are masked already.
func pairsOf(lines []string) []Pair {
	list := []Pair{}
	for _, line := range lines[1:] {
		if name, value, ok := strings.Cut(line, ":"); ok {
			list = append(list, Pair{name, strings.TrimSpace(value)})
		}
	}
	return list
}

// pairs returns the pairs of a query or a form.
func pairs(m *mask.Mask, query string) []Pair {
	list := []Pair{}
	for _, p := range m.Pairs(query) {
		list = append(list, Pair(p))
	}
	return list
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
