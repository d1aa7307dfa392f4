package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"getin/client"
	"getin/client/auth"
	"getin/client/transfer/coding"
)

// versionNumber is getin's own, shown by -V and in User-Agent.
const versionNumber = "0.1"

// plan is the request that a command line asks for, the same for every URL.
type plan struct {
	method  string
	fields  []auth.Field // in the order to be sent, without Host
	header  http.Header  // the same; every request's, and changed by none
	host    string       // of -H Host, or ""
	content *content     // nil: none
	raw     bool         // --raw
	query   string       // of -G, to be added to the URL's
}

// newPlan reads the files that -d and -H name.
func newPlan(o *options, stdin *os.File) (*plan, error) {
	c, err := o.contentOf(stdin)
	if err != nil {
		return nil, err
	}
	p := &plan{method: "GET", content: c, raw: o.raw}
	if o.get && c != nil {
		if p.query, err = c.text(); err != nil {
			return nil, err
		}
		p.content = nil
	}
	switch {
	case o.method != "":
		p.method = o.method
	case o.head:
		p.method = "HEAD"
	case p.content != nil:
		p.method = "POST"
	}
	own, err := o.ownFields()
	if err != nil {
		return nil, err
	}
	p.order(o, own)
	return p, nil
}

// order puts the fields in curl's order: its own first, then the user's, then
// those that speak of the content. A field of the user's replaces one of ours.
func (p *plan) order(o *options, own []ownField) {
	var fields []auth.Field
	add := func(name, value string) {
		for _, f := range own {
			if strings.EqualFold(f.Name, name) {
				return
			}
		}
		fields = append(fields, auth.Field{Name: name, Value: value})
	}
	switch {
	case o.userAgent != "":
		add("User-Agent", o.userAgent)
	case !o.noAgent:
		add("User-Agent", "getin/"+versionNumber)
	}
	if o.json {
		add("Content-Type", "application/json")
		add("Accept", "application/json")
	} else {
		add("Accept", "*/*")
	}
	if o.compressed {
		add("Accept-Encoding", coding.Offered)
	}
	if referer := strings.TrimSuffix(o.referer, ";auto"); referer != "" {
		add("Referer", referer)
	}
	if cookies := o.cookieField(); cookies != "" {
		add("Cookie", cookies)
	}
	for _, f := range own {
		switch {
		case f.remove:
		case strings.EqualFold(f.Name, "Host"):
			p.host = f.Value
		default:
			fields = append(fields, f.Field)
		}
	}
	if p.content != nil && !o.json {
		add("Content-Type", "application/x-www-form-urlencoded")
	}
	p.fields = fields
	p.header = make(http.Header, len(fields))
	for _, f := range fields {
		p.header.Add(f.Name, f.Value)
	}
}

// ownField is one -H.
type ownField struct {
	auth.Field
	remove bool
}

// ownFields reads every -H, files among them.
func (o *options) ownFields() ([]ownField, error) {
	var all []ownField
	for _, h := range o.headers {
		list, err := readFields(h, "header")
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// readFields reads what a flag such as -H gives: one field, or "@file" with one
// a line.
func readFields(given, flag string) ([]ownField, error) {
	lines := []string{given}
	if name, ok := strings.CutPrefix(given, "@"); ok {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, &readError{err}
		}
		lines = strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
	}
	var all []ownField
	for _, line := range lines {
		if line == "" {
			continue
		}
		f, err := readField(line, flag)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// readField reads "name: value", "name:" (removes ours) and "name;" (sends an
// empty value). The value is not repeated in an error.
func readField(line, flag string) (ownField, error) {
	bad := func(why string) (ownField, error) {
		return ownField{}, &usageError{why: "flag --" + flag + ": " + why, code: exitUsage}
	}
	name, value, colon := strings.Cut(line, ":")
	empty := false
	if !colon {
		if name, empty = strings.CutSuffix(line, ";"); !empty {
			return bad("a field needs a colon")
		}
	}
	value = strings.Trim(value, " \t")
	if !isToken(name) {
		return bad(fmt.Sprintf("bad field name %q", name))
	}
	if i := strings.IndexFunc(value, isControl); i >= 0 {
		return bad("a control character in the value of " + name)
	}
	return ownField{auth.Field{Name: name, Value: value}, value == "" && !empty}, nil
}

// isControl is what RFC 9110 section 5.5 keeps out of field values: every
// control character but HTAB.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isToken reads RFC 9110 section 5.6.2: token = 1*tchar.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		alnum := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !alnum && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func checkMethod(m string) error {
	if !isToken(m) {
		return fmt.Errorf("%q is no method", m)
	}
	return nil
}

// request makes the request for one URL.
func (p *plan) request(ctx context.Context, t *target) (*http.Request, error) {
	u := *t.url
	if p.query != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += p.query
	}
	for i := 0; i < len(u.RawQuery); i++ {
		if c := u.RawQuery[i]; c <= ' ' || c == 0x7f {
			return nil, badURL("the query holds %q", c)
		}
	}
	ctx = client.WithWire(ctx, &client.Wire{Fields: p.fields, Raw: p.raw})
	r := (&http.Request{
		Method: p.method, URL: &u, Host: p.host, Header: p.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if p.content != nil {
		if err := p.content.attach(r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// carries reports whether the user set the field by hand.
func (p *plan) carries(name string) bool {
	for _, f := range p.fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// repeatable reports whether the request, once sent, can be sent again.
func (p *plan) repeatable() bool {
	return p.content == nil || p.content.open != nil || p.content.stream != nil
}
