package cli

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"getin/client"
	"getin/client/auth"
	"getin/client/transfer"
)

// part is what a transfer has of its body before a try: of an earlier run (-C),
// or of the tries before. A nil part is none.
type part struct {
	transfer.Part
	path   string // of the file; "" is a stream, from which nothing can be taken back
	offset bool   // of -C with a number: the file is gone on with wherever it ends
	own    bool   // this run has written it
}

// errNoRanges: curl's exit code 33.
var errNoRanges = errors.New("cannot go on at the offset: the server sends the whole")

// uselessError is a status that brings no rest.
type uselessError struct{ status string }

func (e *uselessError) Error() string { return "cannot go on: the server answers " + e.status }

// begin finds what there is already, for -C, before anything is sent.
func (f *fetcher) begin(rec *record, sets []string) {
	o := f.options
	if !o.resume || o.resumeFrom == 0 || rec.upload != "" || f.plan.method != http.MethodGet || f.plan.carries("Range") {
		return
	}
	path := f.sink(rec, nil, sets).Path
	there, ok := transfer.Part{}, false
	if path != "" {
		there, ok = transfer.Recall(path)
	}
	switch {
	case o.resumeFrom < 0 && ok, ok && there.From == o.resumeFrom:
		rec.part = &part{Part: there, path: path}
	case o.resumeFrom > 0:
		rec.part = &part{Part: transfer.Part{From: o.resumeFrom}, path: path, offset: true}
	}
}

// ask makes the request one for the rest of the part. With a Range of the user's
// own there is no part.
func (p *part) ask(req *http.Request) {
	if p != nil && p.From > 0 {
		askFor(req, p.Part, -1)
	}
}

// askFor makes the request one for what follows the part, up to and with the
// octet last; -1 is to the end.
func askFor(req *http.Request, p transfer.Part, last int64) {
	outline := client.OutlineOf(req.Context())
	req.Header = maps.Clone(req.Header) // the plan's own until now, for every request
	var fields []auth.Field
	p.Ask(last, func(name, value string) {
		req.Header.Set(name, value)
		fields = append(fields, auth.Field{Name: name, Value: value})
	})
	// In curl's place: before User-Agent.
	outline.Fields = slices.Concat(fields, outline.Fields)
}

// forget makes the next try one for the whole.
func (p *part) forget() {
	if p != nil {
		p.From = 0
	}
}

// atEnd reports whether the response is a 416 to the request for the rest, which
// is no failure.
func (p *part) atEnd(resp *http.Response) bool {
	return p != nil && p.From > 0 && resp.StatusCode == http.StatusRequestedRangeNotSatisfiable
}

// restarts reports whether the part may be given up for the whole.
func (p *part) restarts() bool { return p != nil && p.path != "" && !p.offset }

// lost reports whether octets have gone out that no other try can be joined to.
func (p *part) lost() bool {
	return p != nil && p.own && p.path == "" && p.From == 0
}

// join puts the response behind the part, by setting up the sink. done tells
// that there is nothing to deliver.
func (f *fetcher) join(rec *record, resp *http.Response, sink *transfer.Sink) (done bool, err error) {
	p := rec.part
	if p == nil {
		return false, nil
	}
	if p.path != "" {
		sink.Path, sink.Exists = p.path, transfer.Overwrite
	}
	if p.From == 0 {
		return false, nil
	}
	j, err := p.Judge(resp)
	if err != nil {
		return false, err
	}
	rec.judged = j
	switch j.Verdict {
	case transfer.Rest:
		sink.From, sink.Append = p.From, p.offset
		f.doubt(p, j)
		return false, nil
	case transfer.Complete:
		f.doubt(p, j)
		rec.file = p.path
		return true, f.verifyFile(rec)
	case transfer.Whole:
		if !p.restarts() {
			return false, errNoRanges
		}
		f.report.notice("getin: %s: the server sends the whole; starting over", p.path)
		p.From = 0
		return false, nil
	case transfer.Changed:
		return false, transfer.ErrOtherVersion
	}
	if resp.StatusCode == http.StatusNotModified {
		return true, nil
	}
	return false, &uselessError{fmt.Sprintf("%d %s", resp.StatusCode, statusName(resp.StatusCode))}
}

// doubt tells what could not be verified of a part that is gone on with.
func (f *fetcher) doubt(p *part, j transfer.Judged) {
	switch {
	case !j.Unverified || p.path == "" || p.offset:
	case j.Verdict == transfer.Complete:
		f.report.notice("getin: %s: taken for complete; nothing tells of which version it is", p.path)
	default:
		f.report.notice("getin: %s: gone on at octet %d; nothing tells whether it is of the same version", p.path, p.From)
	}
}

// keep notes what there is of a body that did not come to its end: for the next
// try, and beside the file for another run.
func (f *fetcher) keep(rec *record, resp *http.Response, sink *transfer.Sink) {
	if sink.Written() == 0 {
		return // what was there before is there still
	}
	next := &part{path: sink.Name(), own: true}
	usable := resp.Request.Method == http.MethodGet && !f.options.include && !f.plan.carries("Range") && !sink.Append &&
		!resp.Uncompressed
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPartialContent && sink.From > 0 {
		next.Version = transfer.VersionOf(resp)
		if v := next.Version; v.IfRange() == "" && rec.part != nil {
			next.Version = rec.part.Version
		}
	}
	if usable && next.Version.IfRange() != "" {
		next.From = sink.From + sink.Written()
		if next.path != "" {
			transfer.Remember(next.path, next.Version, false)
		}
	}
	rec.part = next
}

// isRangeError: the rest of a part cannot be had. curl's exit code 33.
func isRangeError(err error) bool {
	var useless *uselessError
	return errors.Is(err, transfer.ErrRange) || errors.Is(err, errNoRanges) || errors.Is(err, errEncodedRest) ||
		errors.Is(err, transfer.ErrOtherVersion) || errors.As(err, &useless)
}
