package cli

import (
	"fmt"
	"net/http"
	"strings"
)

// judge tells what a status means: an error with --fail, else a line for what
// the client did wrong.
func (f *fetcher) judge(rec *record, resp *http.Response, failed bool) error {
	if resp.StatusCode < 400 {
		return nil
	}
	e := &statusError{
		url:    f.mask.URL(resp.Request.URL),
		status: fmt.Sprintf("%d %s", resp.StatusCode, statusName(resp.StatusCode)),
		hint:   f.hint(rec, resp),
	}
	if failed {
		return e
	}
	if resp.StatusCode < 500 {
		f.report.notice("getin: %v", e)
		if e.hint != "" {
			f.report.notice("getin: hint: %s", e.hint)
		}
	}
	return nil
}

// hint adds to statusHint what is remembered of the origin.
func (f *fetcher) hint(rec *record, resp *http.Response) string {
	hint := statusHint(resp, rec.answered)
	if resp.StatusCode != http.StatusForbidden && (resp.StatusCode != http.StatusNotFound || rec.answered) {
		return hint
	}
	names := f.accountsAt(resp)
	switch {
	case len(names) == 0:
		return hint
	case resp.StatusCode == http.StatusForbidden:
		return strings.TrimPrefix(hint+"; stored are "+strings.Join(names, ", "), "; ")
	}
	return "some servers hide what needs a login; for this one " + strings.Join(names, ", ") + " is stored"
}
