package h1

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// appendHead appends the head of the request to b (RFC 9112 sections 3 and 5),
// the framing fields where curl has them: behind the user's own, before the
// Content-Type that curl adds.
//
//	request-line = method SP request-target SP HTTP-version
func appendHead(b []byte, req *http.Request, w *Wire, r *route, p *payload) ([]byte, error) {
	target := requestTarget(req, w, r)
	if !isToken(req.Method) {
		return nil, fault(BadRequest, "the method %q is none", req.Method)
	}
	if !validTarget(target) {
		return nil, fault(BadRequest, "the URL has white space or a control character")
	}
	host := hostField(req, r)
	if !validTarget(host) {
		return nil, fault(BadRequest, "the host %q has white space or a control character", host)
	}
	b = append(b, req.Method...)
	b = append(b, ' ')
	b = append(b, target...)
	b = append(b, " HTTP/1."...)
	if r.old {
		b = append(b, '0')
	} else {
		b = append(b, '1')
	}
	b = append(b, "\r\nHost: "...)
	b = append(b, host...)
	b = append(b, "\r\n"...)
	fields := w.Fields
	if fields == nil {
		fields = fieldsOf(req.Header)
	}
	before := framingPlace(fields)
	for i, f := range fields {
		if i == before {
			b = p.appendFraming(b, req.Method)
		}
		if engineOwn(f.Name) || r.tunnel && strings.EqualFold(f.Name, "Proxy-Authorization") {
			continue
		}
		if !validField(f) {
			return nil, fault(BadRequest, "the field %q has a name or a value that no field can have", f.Name)
		}
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, "\r\n"...)
	}
	if before == len(fields) {
		b = p.appendFraming(b, req.Method)
	}
	if r.absolute() {
		for _, f := range r.proxyFields {
			if !validField(f) {
				return nil, fault(BadRequest, "the field %q for the proxy has a name or a value that no field can have", f.Name)
			}
			b = append(b, f.Name+": "+f.Value+"\r\n"...)
		}
	}
	if req.Close {
		b = append(b, "Connection: close\r\n"...)
	}
	return append(b, "\r\n"...), nil
}

// engineOwn tells the fields that say where a request goes and where it ends.
func engineOwn(name string) bool {
	switch len(name) {
	case len("Host"), len("Content-Length"), len("Transfer-Encoding"):
		return strings.EqualFold(name, "Host") || strings.EqualFold(name, "Content-Length") ||
			strings.EqualFold(name, "Transfer-Encoding")
	}
	return false
}

// framingPlace returns the index of the field before which the framing goes.
func framingPlace(fields []Field) int {
	n := len(fields)
	if n > 0 && strings.EqualFold(fields[n-1].Name, "Expect") {
		n--
	}
	if n > 0 && strings.EqualFold(fields[n-1].Name, "Content-Type") {
		n--
	}
	return n
}

// appendFraming appends what tells the end of the body (RFC 9112 section 6;
// section 8.6 of RFC 9110 wants a length where a method expects content).
func (p *payload) appendFraming(b []byte, method string) []byte {
	switch {
	case p.body == nil && (method == "POST" || method == "PUT" || method == "PATCH"):
		return append(b, "Content-Length: 0\r\n"...)
	case p.body == nil:
		return b
	case p.length < 0:
		return append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, p.length, 10)
	return append(b, "\r\n"...)
}

// requestTarget returns the target in absolute-form towards a proxy, else in
// origin-form (RFC 9112 section 3.2), unless the caller has set one.
func requestTarget(req *http.Request, w *Wire, r *route) string {
	if w.Target != "" {
		return w.Target
	}
	if r.absolute() {
		u := *req.URL
		u.User, u.Fragment, u.RawFragment = nil, "", ""
		return u.String()
	}
	return req.URL.RequestURI()
}

// fieldsOf returns the fields of a header map, in curl's order for those that
// curl sends by itself, the others sorted.
func fieldsOf(h http.Header) []Field {
	var fields []Field
	add := func(name string) {
		for _, v := range h[name] {
			fields = append(fields, Field{name, v})
		}
	}
	first := []string{"Proxy-Authorization", "Authorization", "User-Agent", "Accept"}
	last := []string{"Content-Type", "Expect"}
	var others []string
	for name := range h {
		if !slices.Contains(first, name) && !slices.Contains(last, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	for _, name := range slices.Concat(first, others, last) {
		add(name)
	}
	return fields
}

// validField tells whether a field can be sent as it is: a token for a name,
// and a value without CR, LF, NUL or another control but a tab. Anything else
// might begin a field, or a request, of its own.
func validField(f Field) bool { return isToken(f.Name) && httpguts.ValidHeaderFieldValue(f.Value) }

// isToken reads RFC 9110 section 5.6.2.
//
//	token = 1*tchar
func isToken(s string) bool {
	for i := range len(s) {
		if !isTchar(s[i]) {
			return false
		}
	}
	return s != ""
}

// isTchar:
//
//	tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
func isTchar(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c > ' ' && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// validTarget tells whether the text can stand in a request line. Octets beyond
// ASCII go as they are, as in curl.
func validTarget(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return s != ""
}
