package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"getin/client"
	"getin/client/auth"
	"getin/prompt"
)

// lineCells bounds a line of -v, in terminal cells: longer than any head that is
// accepted.
const lineCells = 1 << 20

// verbose writes the lines of -v: ">" for what is sent, "<" for what came, "*"
// for what was decided. A nil one writes nothing. Secrets are masked, and what a
// server wrote is cleaned for a terminal. It may be used by many goroutines at
// once.
type verbose struct {
	mu   sync.Mutex
	to   io.Writer
	mask *mask
}

func (v *verbose) line(mark, format string, args ...any) {
	if v == nil {
		return
	}
	text := prompt.Clean(v.mask.text(fmt.Sprintf(format, args...)), lineCells)
	v.mu.Lock()
	defer v.mu.Unlock()
	_, _ = fmt.Fprintln(v.to, strings.TrimRight(mark+" "+text, " ")) // nowhere to say that stderr is closed
}

func (v *verbose) request(r *http.Request) {
	if v == nil {
		return
	}
	v.line(">", "%s %s HTTP/1.1", r.Method, v.mask.requestURI(r.URL))
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	v.line(">", "Host: %s", host)
	for _, f := range fieldsOf(r) {
		v.line(">", "%s: %s", f.Name, v.mask.field(f.Name, f.Value))
	}
	switch {
	case r.ContentLength > 0:
		v.line(">", "Content-Length: %d", r.ContentLength)
	case r.Body != nil && r.Body != http.NoBody:
		v.line(">", "Transfer-Encoding: chunked")
	}
	v.line(">", "")
}

// fieldsOf returns the request's fields in the order to be sent.
func fieldsOf(r *http.Request) []auth.Field {
	if w := client.WireOf(r.Context()); w != nil && w.Fields != nil {
		return w.Fields
	}
	var list []auth.Field
	for name, values := range r.Header {
		for _, value := range values {
			list = append(list, auth.Field{Name: name, Value: value})
		}
	}
	return list
}

func (v *verbose) response(r *http.Response) {
	if v == nil {
		return
	}
	w := client.WireOf(r.Request.Context())
	if w == nil {
		return
	}
	v.connection(w)
	head := strings.Split(strings.TrimRight(w.Head, "\r\n"), "\n")
	for i, line := range head {
		line = strings.TrimSuffix(line, "\r")
		if name, value, ok := strings.Cut(line, ":"); ok && i > 0 {
			line = name + ": " + v.mask.field(name, strings.TrimSpace(value))
		}
		v.line("<", "%s", line)
	}
	v.line("<", "")
}

func (v *verbose) connection(w *client.Wire) {
	if w.Peer.IsValid() {
		how := "connected to"
		if w.Reused {
			how = "used the connection to"
		}
		if w.Proxied {
			how += " the proxy"
		}
		v.line("*", "%s %s from %s", how, w.Peer, w.Local)
	}
	if w.Unverified != nil {
		v.line("*", "the certificate is not verified: %v", w.Unverified)
		v.line("*", "its public key is %s", w.PeerKey)
	}
}

func (v *verbose) challenged(p *auth.Party, list []auth.Challenge, err error) {
	for _, c := range list {
		v.line("*", "the %s asks: %s", p, c)
	}
	if err != nil {
		v.line("*", "not readable: %v", err)
	}
}

func (v *verbose) passedOver(c auth.Challenge, err error) {
	v.line("*", "%s is passed over: %v", c.Scheme, err)
}

func (v *verbose) chosen(q auth.Query, c auth.Credential) {
	why := "the strongest offered that can be answered"
	if q.Unasked {
		why = "unasked"
	}
	v.line("*", "answering with %s as %q (%s)", q.Strength, c.User, why)
}

func (v *verbose) settled(q auth.Query, o auth.Outcome) {
	v.line("*", "the answer to %s was %s", q.Space.Origin.Display(), o)
}

func (v *verbose) redirected(next *http.Request, dropped []string) {
	if v == nil {
		return
	}
	v.line("*", "redirected to %s", v.mask.url(next.URL))
	if len(dropped) > 0 {
		v.line("*", "not sent along: %s", strings.Join(dropped, ", "))
	}
}

func (v *verbose) retried(r *http.Response) {
	v.line("*", "once more, because of %d", r.StatusCode)
}
