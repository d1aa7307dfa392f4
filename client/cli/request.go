package cli

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"slices"
	"strings"

	"getin/client"
	"getin/client/auth"
	"getin/client/transfer/coding"
)

// versionNumber is getin's own, shown by -V and in User-Agent.
const versionNumber = "0.1"

// plan is the request that a command line asks for, the same for every URL but
// for what -T puts there.
type plan struct {
	method  string
	upload  string       // the method when -T puts something there
	fields  []auth.Field // in the order to be sent, without Host
	header  http.Header  // the same; every request's, and changed by none
	host    string       // of -H Host, or ""
	content *content     // nil: none
	raw     bool         // --raw
	input   *content     // standard input, for -T; nil: no -T reads it
	query   string       // of -G and --url-query, to be added to the URL's
	target  string       // of --request-target, or ""
	ranges  string       // of -r, when a request has a body
	resume  bool         // -C: a body is sent from the octet on, -1 being the first
	from    int64
	chunked bool     // a body is sent in chunks, whatever is known of its length
	signed  []string // names of the user's fields, for a signature; nil: nobody signs
	expects bool     // a long body may be offered first: not with -H 'Expect:'
}

// newPlan reads the files that flags name for a request, but for those of -T.
func newPlan(o *options, stdin *os.File) (*plan, error) {
	if err := o.checkBody(); err != nil {
		return nil, err
	}
	own, err := o.ownFields(stdin)
	if err != nil {
		return nil, err
	}
	p := &plan{target: o.target, ranges: o.ranges, resume: o.resume, from: o.resumeFrom, raw: o.raw, expects: !removed(own, "Expect")}
	p.chunked = strings.EqualFold(valueOf(own, "Transfer-Encoding"), "chunked")
	if p.query, err = o.queryText(stdin); err != nil {
		return nil, err
	}
	if !o.get || len(o.form.parts) > 0 {
		if p.content, err = o.contentOf(stdin, valueOf(own, "Content-Type")); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(o.uploads, isInput) {
		p.input = fromLive(stdin)
	}
	if o.signer != nil {
		p.signed = signedNames(o, own)
	}
	p.method, p.upload = o.method, o.method
	if o.method == "" {
		p.method, p.upload = p.usual(o), http.MethodPut
	}
	return p, p.order(o, own)
}

// usual is the method when the user names none.
func (p *plan) usual(o *options) string {
	switch {
	case o.head:
		return http.MethodHead
	case p.content != nil:
		return http.MethodPost
	}
	return http.MethodGet
}

// order puts the fields in curl's order: its own first, then the user's, then
// those that speak of the content. A field of the user's replaces one of ours.
func (p *plan) order(o *options, own []ownField) error {
	var fields []auth.Field
	add := func(name, value string) {
		if !slices.ContainsFunc(own, func(f ownField) bool { return strings.EqualFold(f.Name, name) }) {
			fields = append(fields, auth.Field{Name: name, Value: value})
		}
	}
	if o.ranges != "" && p.content == nil {
		add("Range", "bytes="+o.ranges)
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
	if c := o.unless; c.field != "" {
		add(c.field, c.when.UTC().Format(http.TimeFormat))
	}
	formed := p.content != nil && len(o.form.parts) > 0 && !removed(own, "Content-Type")
	for _, f := range own {
		switch {
		case f.remove:
		case strings.EqualFold(f.Name, "Host"):
			p.host = cmp.Or(p.host, f.Value) // the first, as in curl
		case formed && strings.EqualFold(f.Name, "Content-Type"): // goes with its boundary, below
		default:
			fields = append(fields, f.Field)
		}
	}
	if tag, compared, err := o.etagField(); err != nil {
		return err
	} else if compared {
		fields = append(fields, tag)
	}
	switch {
	case formed:
		fields = append(fields, auth.Field{Name: "Content-Type", Value: p.content.mime})
	case p.content != nil && p.content.mime != "":
		add("Content-Type", p.content.mime)
	}
	p.fields, p.header = fields, headerOf(fields)
	return nil
}

func headerOf(fields []auth.Field) http.Header {
	h := make(http.Header, len(fields))
	for _, f := range fields {
		h.Add(f.Name, f.Value)
	}
	return h
}

// request makes the request for one URL; upload is what -T puts there, or "".
func (p *plan) request(ctx context.Context, t *target, upload string) (*http.Request, error) {
	body, err := p.body(upload)
	if err != nil {
		return nil, err
	}
	u := t.url
	if upload != "" || u.RawQuery != "" || p.query != "" {
		own := *u
		u = &own
		if upload != "" && !isInput(upload) {
			nameUpload(u, upload)
		}
		if err := p.addQuery(u); err != nil {
			return nil, err
		}
	}
	outline := &client.Outline{Fields: p.fields, Target: p.target, Raw: p.raw, Signed: p.signed}
	r := (&http.Request{
		Method: p.method, URL: u, Host: p.host, Header: p.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(client.WithOutline(ctx, outline))
	if upload != "" {
		r.Method = p.upload
	}
	if body == nil {
		return r, nil
	}
	ranges, whole := p.ranges, body.size
	if p.resume {
		if body, ranges, err = body.rest(p.from); err != nil {
			return nil, err
		}
	}
	if ranges != "" {
		outline.Fields = p.withContentRange(ranges, whole)
		r.Header = headerOf(outline.Fields)
	}
	if err := body.attach(r); err != nil {
		return nil, err
	}
	if p.chunked && r.Body != http.NoBody {
		r.ContentLength = -1
	}
	return r, nil
}

// repeatable reports whether the request, once sent, can be sent again.
func (p *plan) repeatable(upload string) bool {
	switch {
	case upload == "":
		return p.content == nil || p.content.open != nil || !p.content.taken.Load()
	case isInput(upload):
		return p.input.open != nil || !p.input.taken.Load()
	}
	return true
}
